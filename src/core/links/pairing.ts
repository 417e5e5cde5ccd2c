import type { DeviceId, EncryptionKey, Hash, StatementHash } from '../base/brands.js';
import { assert, err, ok, type Result } from '../base/result.js';
import type { ChannelFacts } from './handshake.js';
import { receivePairing } from './pairing-receiving.js';
import {
  chainSize,
  cutChain,
  emptyPairing,
  ending,
  ownCommitment,
  say,
  type PairingState,
  type PairingStep,
} from './pairing-state.js';
import {
  PAIRING_LIMITS,
  type PairingBye,
  type PairingMessage,
  type PairingOffer,
} from './pairing-messages.js';
import { turnFor, type PairingMessageKind, type PairingRole } from './pairing-protocol.js';

export type { PairingBye, PairingOffer } from './pairing-messages.js';
export type {
  PairingEnd,
  PairingEvent,
  PairingLie,
  PairingState,
  PairingStep,
} from './pairing-state.js';

/** This side of a pairing. */
export interface PairingSelf {
  readonly role: PairingRole;
  readonly device: DeviceId;
  readonly encryptionKey: EncryptionKey;
  /** What the other screen calls this device: 1 to LIMITS.nameCharactersMax characters. */
  readonly name: string;
}

/** What drives a pairing: bytes from the channel, or this device's own doing. */
export type PairingInput =
  | { readonly kind: 'received'; readonly bytes: Uint8Array }
  /** This side's person compared the words. */
  | { readonly kind: 'words'; readonly areSame: boolean }
  | { readonly kind: 'offer'; readonly offer: PairingOffer }
  | { readonly kind: 'consent'; readonly signature: Uint8Array }
  | {
      readonly kind: 'progress';
      readonly missing: readonly string[];
      readonly statement: StatementHash;
    }
  | { readonly kind: 'welcome'; readonly chain: readonly Uint8Array[] }
  | { readonly kind: 'leave'; readonly reason: PairingBye };

/** Why this device's own input did nothing; the pairing stands as it was. */
export type PairingMisuse =
  | { readonly kind: 'ended' }
  | { readonly kind: 'not-now'; readonly message: PairingMessageKind }
  | { readonly kind: 'words-unconfirmed' }
  | { readonly kind: 'too-large'; readonly bytes: number; readonly bytesMax: number };

/**
 * Opens a pairing on one channel of the pairing room with this side's commitment.
 *
 * `key` is pairingKey of the code's secret; `nonce` is 32 fresh unpredictable bytes.
 */
export const startPairing = (
  self: PairingSelf,
  channel: ChannelFacts,
  key: Uint8Array,
  nonce: Uint8Array,
): PairingStep => {
  const { role, device, encryptionKey, name } = self;
  assert(nonce.length === 32 && key.length === 32, 'a nonce and a key have 32 bytes');
  const { isInitiator, localFingerprint, remoteFingerprint } = channel;
  const reveal = { device, encryptionKey, name, nonce, localFingerprint, remoteFingerprint };
  const state = emptyPairing(role, isInitiator, key, reveal);
  return say(state, [{ kind: 'commit', commitment: ownCommitment(state) }]);
};

/**
 * Takes one input; gives the state after it, what to send in order, and what happened.
 *
 * Received bytes never give an error here: whatever is wrong with them ends the pairing, and the
 * event says why. After the end, received bytes are ignored.
 * Errors, for this device's own inputs only: as PairingMisuse says. In particular neither an offer
 * nor a consent leaves before this side's own person confirmed the words.
 */
export const stepPairing = (
  state: PairingState,
  input: PairingInput,
): Result<PairingStep, PairingMisuse> => {
  if (input.kind === 'received') return ok(receivePairing(state, input.bytes));
  if (state.end !== null) return err({ kind: 'ended' });
  switch (input.kind) {
    case 'words':
      return takeWords(state, input.areSame);
    case 'offer':
      return sayOffer(state, input.offer);
    case 'consent':
      return sayOwn(state, [{ kind: 'consent', signature: input.signature }]);
    case 'progress':
      return sayOwn(state, [input]);
    case 'welcome':
      return sayWelcome(state, input.chain);
    case 'leave':
      return ok(leave(state, input.reason));
  }
};

/** Whether this side may say that now: it is its turn, and its person confirmed the words. */
export const maySay = (state: PairingState, message: PairingMessageKind): boolean =>
  state.end === null && refusalOf(state, message) === null;

/** The hash that both screens spell; null before both sides revealed themselves. */
export const pairingTranscript = (state: PairingState): Hash | null => state.transcript;

const takeWords = (state: PairingState, areSame: boolean): Result<PairingStep, PairingMisuse> => {
  if (state.transcript === null) return err({ kind: 'not-now', message: 'ready' });
  if (!areSame) return ok(leave(state, 'words-differ'));
  const confirmed: PairingState = { ...state, isConfirmed: true };
  return ok(maySay(confirmed, 'ready') ? say(confirmed, [{ kind: 'ready' }]) : say(confirmed, []));
};

const sayOffer = (
  state: PairingState,
  { chain, record, envelope }: PairingOffer,
): Result<PairingStep, PairingMisuse> => {
  const { recordBytesMax, envelopeBytesMax } = PAIRING_LIMITS;
  if (record.length > recordBytesMax) return err(tooLarge(record.length, recordBytesMax));
  if (envelope.length > envelopeBytesMax) return err(tooLarge(envelope.length, envelopeBytesMax));
  return sayChain(state, chain, (completions) => ({
    kind: 'offer',
    completions,
    record,
    envelope,
  }));
};

const sayWelcome = (
  state: PairingState,
  chain: readonly Uint8Array[],
): Result<PairingStep, PairingMisuse> => {
  const said = sayChain(state, chain, (completions) => ({ kind: 'welcome', completions }));
  return said.ok ? ok(ending(said.value, { kind: 'welcomed' })) : said;
};

/** The chain in as many messages as it takes, the last part within the message that it is for. */
const sayChain = (
  state: PairingState,
  chain: readonly Uint8Array[],
  last: (completions: readonly Uint8Array[]) => PairingMessage,
): Result<PairingStep, PairingMisuse> => {
  const size = chainSize(chain);
  if (!size.isWithin) return err(tooLarge(size.bytes, PAIRING_LIMITS.chainBytesMax));
  const message = last([]).kind;
  const refused = refusalOf(state, message);
  if (refused !== null) return err(refused);
  const groups = cutChain(chain);
  const before = groups
    .slice(0, -1)
    .map((completions): PairingMessage => ({ kind: 'chain', completions }));
  return sayOwn(state, [...before, last(groups.at(-1) ?? [])]);
};

const sayOwn = (
  state: PairingState,
  messages: readonly PairingMessage[],
): Result<PairingStep, PairingMisuse> => {
  const refused = messages
    .map(({ kind }) => refusalOf(state, kind))
    .find((refusal) => refusal !== null);
  return refused ? err(refused) : ok(say(state, messages));
};

const refusalOf = (state: PairingState, message: PairingMessageKind): PairingMisuse | null => {
  const turn = turnFor(state.history, `${state.role} ${message}`);
  if (turn === null) return { kind: 'not-now', message };
  return turn.needsWords && !state.isConfirmed ? { kind: 'words-unconfirmed' } : null;
};

const leave = (state: PairingState, reason: PairingBye): PairingStep =>
  ending(say(state, [{ kind: 'bye', reason }]), { kind: 'left', reason });

const tooLarge = (bytes: number, bytesMax: number): PairingMisuse => ({
  kind: 'too-large',
  bytes,
  bytesMax,
});
