import type { StatementHash } from '../core/base/brands.js';
import type { PairingEvent, PairingSelf } from '../core/links/pairing.js';
import type { Cancel } from '../ports/clock.js';
import type { JoinOffer, Newcomer } from './join-offer.js';
import type { Doors } from './pairing-doors.js';
import type { PairingSession } from './pairing-session.js';
import type { PairingView } from './view.js';

/** One code that this device shows, and how far its pairing went. */
export interface Invitation {
  readonly self: PairingSelf;
  readonly doors: Doors;
  readonly expiry: Cancel;
  session: PairingSession | null;
  peer: Newcomer | null;
  isPeerReady: boolean;
  isConfirmed: boolean;
  offer: JoinOffer | null;
  hasConsented: boolean;
  /** The decision about it; null before one, and where it is in force already. */
  statement: StatementHash | null;
  toldMissing: string;
}

/** An invitation that nobody came to yet. */
export const newInvitation = (self: PairingSelf, doors: Doors, expiry: Cancel): Invitation => ({
  ...{ self, doors, expiry, session: null, peer: null, isPeerReady: false },
  ...{ isConfirmed: false, offer: null, hasConsented: false, statement: null, toldMissing: '' },
});

/** What either screen shows while two people compare. */
export const comparingView = (
  role: 'inviter' | 'newcomer',
  { peer, shown }: Extract<PairingEvent, { kind: 'words' }>,
): PairingView => ({
  kind: 'comparing',
  role,
  peerName: peer.name,
  words: shown.words,
  emoji: shown.emoji.map((each) => each.symbol),
  isConfirmed: false,
});
