import type { RosterMatter } from '../../core/ceremonies/matter.js';
import { announcementOf } from '../../core/upgrades/binding.js';
import { bindingBlocker } from '../../core/upgrades/switch-guard.js';
import type { Context } from '../context.js';
import { isRepeated } from '../membership/roster-ballots.js';
import { createUpgradeReader } from './upgrade-reading.js';
import type { ApproveBlocker } from '../view.js';

/** Why this device does not vote for a record now because of the bundle that it names. */
export type BindingCheck = (matter: RosterMatter) => ApproveBlocker | null;

/**
 * Each voter looks for itself whether the bundle that a record would make binding has locked in
 * (rule U4): what its proposer says of that counts for nothing.
 *
 * Null for every other record, and where votes have to be repeated: it may have been chosen
 * already, and the account must be able to go on (rule A3).
 */
export const createBindingCheck = (context: Context): BindingCheck => {
  const read = createUpgradeReader(context);
  return (matter) => {
    const { holdings } = context;
    const { activation } = matter.record;
    if (holdings === null || activation === null || isRepeated(holdings, matter)) return null;
    const { state, devices } = read(holdings);
    const upgrade = announcementOf(activation, state.upgrades);
    if (upgrade?.body.package !== activation.package) {
      return { kind: 'upgrade-blocked', blocker: null };
    }
    // Who may ask, and that one decision is open, was seen to before this one was taken up.
    const asked = { devices, mayActivate: true, isForked: false, isAsked: false };
    const blocker = bindingBlocker(upgrade, asked);
    return blocker === null ? null : { kind: 'upgrade-blocked', blocker };
  };
};
