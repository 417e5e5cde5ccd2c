import type { Hash, StatementHash } from '../base/brands.js';
import { DOMAINS } from '../base/domains.js';
import { hashOf } from '../base/hash.js';
import { assert } from '../base/result.js';
import {
  encodePairingMessage,
  PAIRING_LIMITS,
  revealItems,
  type PairingBye,
  type PairingContext,
  type PairingMessage,
  type PairingOffer,
  type PairingReveal,
} from './pairing-messages.js';
import {
  turnFor,
  withSaid,
  type History,
  type PairingMessageKind,
  type PairingRole,
} from './pairing-protocol.js';
import type { ShortString } from './short-string.js';

/** One side of a pairing on one channel, as far as it went. */
export interface PairingState {
  readonly role: PairingRole;
  readonly isInitiator: boolean;
  readonly key: Uint8Array;
  readonly self: PairingReveal;
  readonly history: History;
  readonly sentCount: number;
  readonly receivedCount: number;
  readonly peerCommitment: Hash | null;
  readonly peer: PairingReveal | null;
  readonly transcript: Hash | null;
  /** Whether this side's own person said that the words are the same. */
  readonly isConfirmed: boolean;
  /** Completions that came ahead of the offer or welcome that they belong to. */
  readonly heldChain: readonly Uint8Array[];
  readonly end: PairingEnd | null;
}

/** How a pairing ended. */
export type PairingEnd =
  | { readonly kind: 'welcomed' }
  | { readonly kind: 'left'; readonly reason: PairingBye }
  | { readonly kind: 'peer-left'; readonly reason: PairingBye }
  /** The peer holds the code and broke the protocol. */
  | { readonly kind: 'peer-lied'; readonly lie: PairingLie }
  /** The other end lacks the code, or something stands between; the code is as good as before. */
  | { readonly kind: 'not-authentic' }
  | { readonly kind: 'newer-version'; readonly version: number };

export type PairingLie =
  | { readonly kind: 'malformed' }
  | { readonly kind: 'too-large' }
  | { readonly kind: 'unexpected'; readonly message: PairingMessageKind }
  | { readonly kind: 'broken-commitment' }
  | { readonly kind: 'other-channel' }
  | { readonly kind: 'own-device' };

/** What a received message means to this device. */
export type PairingEvent =
  /** Show these words and ask whether the other screen shows the same. */
  | { readonly kind: 'words'; readonly peer: PairingReveal; readonly shown: ShortString }
  /** The newcomer's person confirmed; an offer may go once this side's person did too. */
  | { readonly kind: 'peer-ready' }
  | { readonly kind: 'offer'; readonly offer: PairingOffer }
  | { readonly kind: 'consent'; readonly signature: Uint8Array }
  | {
      readonly kind: 'progress';
      readonly missing: readonly string[];
      readonly statement: StatementHash;
    }
  | { readonly kind: 'welcome'; readonly chain: readonly Uint8Array[] }
  | { readonly kind: 'ended'; readonly end: PairingEnd };

export interface PairingStep {
  readonly state: PairingState;
  /** Messages for the channel, in order. */
  readonly send: readonly Uint8Array[];
  readonly event: PairingEvent | null;
}

export const emptyPairing = (
  role: PairingRole,
  isInitiator: boolean,
  key: Uint8Array,
  self: PairingReveal,
): PairingState => ({
  role,
  isInitiator,
  key,
  self,
  history: new Map(),
  sentCount: 0,
  receivedCount: 0,
  peerCommitment: null,
  peer: null,
  transcript: null,
  isConfirmed: false,
  heldChain: [],
  end: null,
});

/** Says messages that the protocol allows now; saying anything else is a broken invariant. */
export const say = (state: PairingState, messages: readonly PairingMessage[]): PairingStep => {
  let after = state;
  const send: Uint8Array[] = [];
  for (const message of messages) {
    const said = `${state.role} ${message.kind}` as const;
    assert(turnFor(after.history, said) !== null, 'a side keeps to the protocol');
    send.push(encodePairingMessage(message, contextOf(after, state.role, message.kind)));
    const { history, sentCount } = after;
    after = { ...after, history: withSaid(history, said), sentCount: sentCount + 1 };
  }
  return { state: after, send, event: null };
};

/** A step that ends the pairing; what it sends still goes out. */
export const ending = (step: PairingStep, end: PairingEnd): PairingStep => ({
  state: { ...step.state, end },
  send: step.send,
  event: { kind: 'ended', end },
});

/** What authenticates the sender's next message of that kind. */
export const contextOf = (
  state: PairingState,
  sender: PairingRole,
  message: PairingMessageKind,
): PairingContext => {
  const { localFingerprint, remoteFingerprint } = state.self;
  const [initiatorFingerprint, responderFingerprint] = state.isInitiator
    ? [localFingerprint, remoteFingerprint]
    : [remoteFingerprint, localFingerprint];
  return {
    key: state.key,
    sender,
    index: sender === state.role ? state.sentCount : state.receivedCount,
    initiatorFingerprint,
    responderFingerprint,
    transcript: BEFORE_TRANSCRIPT.includes(message) ? null : state.transcript,
  };
};

/** These may be said by a side that has not seen the other's reveal. */
const BEFORE_TRANSCRIPT: readonly PairingMessageKind[] = ['commit', 'reveal', 'bye'];

export const ownCommitment = (state: PairingState): Hash => commitmentOf(state.role, state.self);

/** What a role commits to before it sees anything of the other. */
export const commitmentOf = (role: PairingRole, reveal: PairingReveal): Hash =>
  hashOf<Hash>(DOMAINS.pairing, ['commit', role, revealItems(reveal)]);

/** Hash of everything that both sides committed to and revealed, alike on both ends. */
export const transcriptOf = (state: PairingState, peer: PairingReveal): Hash => {
  const isInviter = state.role === 'inviter';
  const [inviter, newcomer] = isInviter ? [state.self, peer] : [peer, state.self];
  const initiator = isInviter === state.isInitiator ? 'inviter' : 'newcomer';
  const items = [initiator, revealItems(inviter), revealItems(newcomer)];
  return hashOf<Hash>(DOMAINS.pairing, ['transcript', ...items]);
};

/** How large a chain is, and whether a pairing carries so much. */
export const chainSize = (
  chain: readonly Uint8Array[],
): { readonly bytes: number; readonly isWithin: boolean } => {
  const bytes = chain.reduce((sum, one) => sum + one.length, 0);
  const { chainBytesMax, chainCountMax, chainBytesPerMessage } = PAIRING_LIMITS;
  const isWithin =
    bytes <= chainBytesMax &&
    chain.length <= chainCountMax &&
    chain.every((one) => one.length <= chainBytesPerMessage);
  return { bytes, isWithin };
};

/** Cuts a chain into groups that each fit one message, in order. */
export const cutChain = (chain: readonly Uint8Array[]): readonly (readonly Uint8Array[])[] => {
  const groups: Uint8Array[][] = [[]];
  let bytes = 0;
  for (const completion of chain) {
    const group = groups.at(-1) as Uint8Array[];
    bytes += completion.length;
    const { chainBytesPerMessage, chainCountPerMessage } = PAIRING_LIMITS;
    if (bytes <= chainBytesPerMessage && group.length < chainCountPerMessage) {
      group.push(completion);
    } else {
      groups.push([completion]);
      bytes = completion.length;
    }
  }
  return groups;
};
