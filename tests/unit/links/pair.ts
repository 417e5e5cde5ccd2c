import {
  startPairing,
  stepPairing,
  type PairingEvent,
  type PairingInput,
  type PairingState,
  type PairingStep,
} from '../../../src/core/links/pairing.js';
import type { PairingRole } from '../../../src/core/links/pairing-protocol.js';
import { pairingKey } from '../../../src/core/links/rooms.js';
import { alice, bob, channelOf, filled, id, type Person } from './samples.js';

export const KEY = pairingKey(filled(16, 6));

export interface PairOptions {
  readonly inviterKey?: Uint8Array;
  readonly newcomerKey?: Uint8Array;
  readonly inviter?: Person;
  readonly newcomer?: Person;
  /** Whom each side's channel really leads to. */
  readonly inviterPeer?: Person;
  readonly newcomerPeer?: Person;
  readonly inviterName?: string;
  readonly newcomerName?: string;
  readonly nonceByte?: number;
  readonly inviterInitiates?: boolean;
}

interface Side {
  state: PairingState;
  readonly events: PairingEvent[];
}

/** Two sides with an inbox each; bytes move only when delivered. */
export const createPair = (options: PairOptions = {}) => {
  const inviter = options.inviter ?? alice;
  const newcomer = options.newcomer ?? bob;
  const initiates = options.inviterInitiates ?? true;
  const inboxes: Record<PairingRole, Uint8Array[]> = { inviter: [], newcomer: [] };
  const other = (role: PairingRole): PairingRole => (role === 'inviter' ? 'newcomer' : 'inviter');
  const begun = {
    inviter: startPairing(
      {
        role: 'inviter',
        device: inviter.device,
        encryptionKey: id(0xe1),
        name: options.inviterName ?? 'Ada’s laptop',
      },
      channelOf(inviter, options.inviterPeer ?? newcomer, initiates),
      options.inviterKey ?? KEY,
      filled(32, options.nonceByte ?? 11),
    ),
    newcomer: startPairing(
      {
        role: 'newcomer',
        device: newcomer.device,
        encryptionKey: id(0xe2),
        name: options.newcomerName ?? 'Ada’s phone',
      },
      channelOf(newcomer, options.newcomerPeer ?? inviter, !initiates),
      options.newcomerKey ?? KEY,
      filled(32, 12),
    ),
  };
  const sides: Record<PairingRole, Side> = {
    inviter: { state: begun.inviter.state, events: [] },
    newcomer: { state: begun.newcomer.state, events: [] },
  };
  const take = (role: PairingRole, step: PairingStep): void => {
    sides[role].state = step.state;
    inboxes[other(role)].push(...step.send);
    if (step.event !== null) sides[role].events.push(step.event);
  };
  take('inviter', begun.inviter);
  take('newcomer', begun.newcomer);

  const input = (role: PairingRole, given: PairingInput) => {
    const result = stepPairing(sides[role].state, given);
    if (result.ok) take(role, result.value);
    return result;
  };
  const deliver = (role: PairingRole): boolean => {
    const bytes = inboxes[role].shift();
    if (bytes === undefined) return false;
    input(role, { kind: 'received', bytes });
    return true;
  };
  const settle = (): void => {
    while (deliver('inviter') || deliver('newcomer')) continue;
  };
  return { sides, inboxes, input, deliver, settle };
};

export type Pair = ReturnType<typeof createPair>;

/** Both people confirmed. */
export const createConfirmedPair = (): Pair => {
  const pair = createPair();
  pair.settle();
  pair.input('newcomer', { kind: 'words', areSame: true });
  pair.input('inviter', { kind: 'words', areSame: true });
  pair.settle();
  return pair;
};

export const OFFER = {
  chain: [filled(100, 1), filled(101, 2)],
  record: filled(200, 3),
  envelope: filled(80, 4),
};

/** The newcomer has the offer and has consented to it. */
export const createConsentedPair = (): Pair => {
  const pair = createConfirmedPair();
  pair.input('inviter', { kind: 'offer', offer: OFFER });
  pair.settle();
  pair.input('newcomer', { kind: 'consent', signature: filled(64, 5) });
  pair.settle();
  return pair;
};
