import type { Context } from '../context.js';
import type { EpochSecrets } from '../membership/epoch-secrets.js';
import type { Holdings } from '../journal/holdings.js';
import type { PairingInviter } from './pairing-invitation.js';
import { createPairingInviter } from './pairing-inviter.js';
import { type PairingNewcomer, createPairingNewcomer } from './pairing-newcomer.js';
import type { PendingJoins } from './pending-join.js';
import type { RosterService } from '../membership/roster-service.js';

/** Both sides of a pairing on one device; at most one of them is at it. */
export interface PairingSides {
  readonly inviter: PairingInviter;
  readonly newcomer: PairingNewcomer;
}

/** What pairing stands on. */
export interface PairingParts {
  readonly rosters: RosterService;
  readonly secrets: EpochSecrets;
  readonly pendingJoins: PendingJoins;
  readonly settle: () => Promise<void>;
  readonly becameMember: (holdings: Holdings) => Promise<void>;
}

export const createPairingSides = (context: Context, parts: PairingParts): PairingSides => ({
  inviter: createPairingInviter(context, parts.rosters, parts.secrets, parts.settle),
  newcomer: createPairingNewcomer(context, parts.becameMember, parts.pendingJoins),
});
