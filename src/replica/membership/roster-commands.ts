import type { DeviceId, StatementHash } from '../../core/base/brands.js';
import { err } from '../../core/base/result.js';
import { type Capability, isCapability, maskOf } from '../../core/authority/capability.js';
import { checkDeviceName } from '../../core/authority/device-name.js';
import type { RosterChange } from '../../core/authority/roster-plan.js';
import { memberOf } from '../../core/authority/roster.js';
import type { Done, Replica } from '../commands.js';
import type { Context } from '../context.js';
import { onFetched } from '../loop/fetched-part.js';
import { REMOVAL_REASONS } from './membership-view.js';
import type { RosterService } from './roster-service.js';

/** The commands that ask for another roster. */
export interface RosterCommands {
  readonly devices: Pick<
    Replica['devices'],
    'rename' | 'remove' | 'setCapabilities' | 'setThresholds' | 'rotateKeys' | 'mergeFork'
  >;
  readonly admin: Replica['admin'];
}

/** Asks for changes of the roster; each takes the yeses of others (rules A1, A8 and A10). */
export const createRosterCommands = (
  context: Context,
  rosters: RosterService,
  then: <T>(command: () => Done<T>) => Done<T>,
): RosterCommands => {
  const ask = async (
    change: RosterChange,
    comment = '',
    needed: Capability = 'roster_change',
  ): Done<StatementHash> => {
    const drafted = await onFetched(import('./roster-draft.js'), ({ draftRecord }) =>
      draftRecord(context, change, needed),
    );
    return drafted.ok ? rosters.propose(drafted.value, [], comment) : drafted;
  };

  const isMember = (device: DeviceId): boolean => {
    const tip = context.holdings?.chain().tip;
    return tip !== undefined && memberOf(tip, device) !== null;
  };

  return {
    devices: {
      rename: (device, name) =>
        then(async () => {
          const checked = checkDeviceName(name);
          return checked.ok ? ask({ rename: [{ device, name: checked.value }] }) : checked;
        }),
      remove: (device, reason, admin) =>
        then(async () => {
          if (!REMOVAL_REASONS.includes(reason))
            return err({ kind: 'ill-formed', field: 'reason' });
          const change = { remove: [device], ...(admin === undefined ? {} : { admin }) };
          return ask(change, reason);
        }),
      setCapabilities: (device, names) =>
        then(async () => {
          const known = names.filter(isCapability);
          if (known.length < names.length)
            return err({ kind: 'ill-formed', field: 'capabilities' });
          return ask({ capabilities: [{ device, mask: maskOf(known) }] });
        }),
      setThresholds: (thresholds) => then(async () => ask({ thresholds })),
      mergeFork: (remove) =>
        onFetched(import('./merge-draft.js'), ({ draftMerge }) =>
          then(async () => {
            const drafted = await draftMerge(context, remove);
            return drafted.ok ? rosters.propose(drafted.value, [], '') : drafted;
          }),
        ),
      rotateKeys: () => then(async () => ask({})),
    },
    admin: {
      replace: (device) =>
        then(async () => {
          if (!isMember(device)) return err({ kind: 'unknown-device' });
          return ask({ admin: device }, '', 'admin_replace');
        }),
    },
  };
};
