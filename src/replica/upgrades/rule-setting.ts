import { LIMITS } from '../../core/base/limits.js';
import { err, ok } from '../../core/base/result.js';
import {
  AGREED_CODE,
  AGREED_CODE_REQUIRED,
  readyDevicesName,
} from '../../core/journal/policy-marks.js';
import type { Done } from '../command-error.js';
import type { Context } from '../context.js';
import type { Intake } from '../journal/intake.js';
import { viewReadyRule } from './ready-rule.js';
import type { UpgradeCommands } from './upgrade-commands.js';
import type { UpgradeService } from './upgrade-service.js';
import type { AgreedCodeView } from './upgrade-view.js';

const NONCE_BYTES = 8;

/**
 * Sets the rule that only a yes from agreed code counts, or lets go of it. Whoever sets it keeps to
 * it: else its own next yes would not count.
 */
export const setAgreedCode = async (
  intake: Intake,
  { isRequired, isForeignHere, mayChange }: AgreedCodeView,
  next: boolean,
): Done => {
  if (isRequired !== next && !mayChange) {
    return err({ kind: 'not-allowed', capability: 'policy_change' });
  }
  if (isRequired === next) return ok(undefined);
  if (next && isForeignHere) return err({ kind: 'blocked', blocker: { kind: 'foreign-code' } });
  const value = next ? AGREED_CODE_REQUIRED : null;
  const done = await intake.own([{ kind: 'policy.changed', name: AGREED_CODE, value }]);
  return done.ok ? ok(undefined) : err({ kind: 'store', error: done.error });
};

/** Says how many devices have to be ready, under a name of its own, so that what was said stays. */
export const createReadyRuleSetting = (
  { holdings, ports }: Context,
  intake: Intake,
  upgrades: Pick<UpgradeService, 'read'>,
): UpgradeCommands['requireReady'] => {
  return async (devices) => {
    if (holdings === null) return err({ kind: 'no-account' });
    const isCount = Number.isInteger(devices) && (devices ?? 0) > 0;
    if (devices !== null && !(isCount && devices <= LIMITS.rosterMembersMax)) {
      return err({ kind: 'ill-formed', field: 'devices' });
    }
    const { asked, mayChange, mayLetGo } = viewReadyRule(holdings, upgrades.read(holdings));
    const may = devices === null ? mayLetGo : mayChange;
    if (!may) return err({ kind: 'not-allowed', capability: 'policy_change' });
    if (asked === devices) return ok(undefined);
    const name = readyDevicesName(ports.randomness.bytes(NONCE_BYTES));
    const value = devices === null ? null : String(devices);
    const done = await intake.own([{ kind: 'policy.changed', name, value }]);
    return done.ok ? ok(undefined) : err({ kind: 'store', error: done.error });
  };
};
