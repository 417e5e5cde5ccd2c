import { err, ok } from '../core/base/result.js';
import type { Done, Replica } from './commands.js';
import type { Context } from './context.js';
import type { PairingInviter } from './pairing-invitation.js';
import type { PairingNewcomer } from './pairing-newcomer.js';
import type { PendingJoins } from './pending-join.js';
import { createRosterCommands } from './roster-commands.js';
import type { RosterParts } from './roster-parts.js';

/**
 * Commands on devices and the admin: pairing from either side, changes of the roster, the key on
 * paper.
 */
export const createDeviceCommands = (
  context: Context,
  { rosters, recovery, newcomers }: Pick<RosterParts, 'rosters' | 'recovery' | 'newcomers'>,
  inviter: PairingInviter,
  newcomer: PairingNewcomer,
  pendingJoins: PendingJoins,
  then: <T>(command: () => Done<T>) => Done<T>,
): Pick<Replica, 'devices' | 'admin'> => {
  const { devices, admin } = createRosterCommands(context, rosters, then);
  return {
    admin,
    devices: {
      invite: (replaces) => then(() => inviter.invite(false, replaces ?? null)),
      inviteOffline: () => then(() => inviter.invite(true, null)),
      takeAnswer: (code) => then(() => inviter.takeAnswer(code)),
      join: (code, deviceName) => then(() => newcomer.join(code, deviceName)),
      confirmWords: (areSame) =>
        then(async () => {
          if (inviter.isActive()) await inviter.confirm(areSame);
          else newcomer.confirm(areSame);
          return ok(undefined);
        }),
      cancelPairing: () =>
        then(async () => {
          inviter.cancel();
          const isPending = context.pending !== null;
          const left = await (isPending ? pendingJoins.forget() : newcomer.cancel());
          if (isPending) context.stage = 'empty';
          context.pairing = { kind: 'idle' };
          context.changed();
          return left.ok ? left : err({ kind: 'store', error: left.error });
        }),
      putAway: (roster) => then(() => newcomers.putAway(roster)),
      ...devices,
      ...recovery.commands(then),
    },
  };
};
