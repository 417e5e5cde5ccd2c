import { err, ok } from '../../core/base/result.js';
import type { Done, Replica } from '../commands.js';
import type { Context } from '../context.js';
import type { Pairing } from '../pairing/pairing.js';
import type { PairingSides } from '../pairing/pairing-sides.js';
import type { PendingJoins } from '../pairing/pending-join.js';
import { canConnect } from '../links/meeting-rooms.js';
import { createRosterCommands } from './roster-commands.js';
import type { RosterParts } from './roster-parts.js';

/**
 * Commands on devices and the admin: pairing from either side, changes of the roster, the key on
 * paper.
 */
export const createDeviceCommands = (
  context: Context,
  { rosters, recovery, newcomers }: Pick<RosterParts, 'rosters' | 'recovery' | 'newcomers'>,
  pairing: Pairing,
  pendingJoins: PendingJoins,
  then: <T>(command: () => Done<T>) => Done<T>,
): Pick<Replica, 'devices' | 'admin'> => {
  const { devices, admin } = createRosterCommands(context, rosters, then);
  /** The code comes before the command’s turn, so that nobody waits for a file in the queue. */
  const paired = async <T>(command: (sides: PairingSides) => Done<T>): Done<T> => {
    if (!canConnect(context)) return err({ kind: 'pairing', reason: 'no-connections' });
    const sides = await pairing.fetch();
    return sides === null ? err({ kind: 'busy' }) : then(() => command(sides));
  };
  return {
    admin,
    devices: {
      invite: (replaces) => paired(({ inviter }) => inviter.invite(false, replaces ?? null)),
      inviteOffline: () => paired(({ inviter }) => inviter.invite(true, null)),
      takeAnswer: (code) => paired(({ inviter }) => inviter.takeAnswer(code)),
      join: (code, deviceName) => paired(({ newcomer }) => newcomer.join(code, deviceName)),
      confirmWords: (areSame, replaces) =>
        paired(async ({ inviter, newcomer }) => {
          if (inviter.isActive()) return inviter.confirm(areSame, replaces ?? null);
          newcomer.confirm(areSame);
          return ok(undefined);
        }),
      cancelPairing: () =>
        then(async () => {
          const sides = pairing.sides();
          sides?.inviter.cancel();
          const isPending = context.pending !== null;
          const left = isPending
            ? await pendingJoins.forget()
            : ((await sides?.newcomer.cancel()) ?? ok(undefined));
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
