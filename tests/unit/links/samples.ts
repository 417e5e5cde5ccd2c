import { ed25519 } from '@noble/curves/ed25519.js';
import type { AccountId, DeviceId } from '../../../src/core/base/brands.js';
import { bytesToHex } from '../../../src/core/base/hash.js';
import type { ChannelFacts, LinkParty } from '../../../src/core/links/handshake.js';
import type { KnownMessage } from '../../../src/core/links/messages.js';

/** 32 equal bytes as an identifier. */
export const id = <T extends string>(byte: number): T =>
  byte.toString(16).padStart(2, '0').repeat(32) as T;

/** So many equal bytes as a digest that is cut short. */
const part = <T extends string>(length: number, byte: number): T =>
  byte.toString(16).padStart(2, '0').repeat(length) as T;

export const filled = (length: number, byte: number): Uint8Array =>
  new Uint8Array(length).fill(byte);

export const ACCOUNT = id<AccountId>(0xac);

export interface Person {
  readonly seed: Uint8Array;
  readonly device: DeviceId;
  readonly fingerprint: Uint8Array;
}

export const person = (byte: number): Person => {
  const seed = filled(32, byte);
  const device = bytesToHex(ed25519.getPublicKey(seed)) as DeviceId;
  return { seed, device, fingerprint: filled(32, byte + 100) };
};

export const alice = person(1);
export const bob = person(2);
export const carol = person(3);

export const partyOf = (who: Person, epoch = 4): LinkParty => ({
  device: who.device,
  epoch,
  roster: id(0x40 + epoch),
  snapshotIndex: 2,
});

/** The channel from `who` to `other`, as `who` sees it. */
export const channelOf = (who: Person, other: Person, isInitiator: boolean): ChannelFacts => ({
  isInitiator,
  localFingerprint: who.fingerprint,
  remoteFingerprint: other.fingerprint,
});

export const sign = (who: Person, message: Uint8Array): Uint8Array =>
  ed25519.sign(message, who.seed);

export const isValid = (key: DeviceId, message: Uint8Array, signature: Uint8Array): boolean =>
  ed25519.verify(signature, message, Uint8Array.from(Buffer.from(key, 'hex')));

/** One message of every kind. */
export const MESSAGES: readonly KnownMessage[] = [
  {
    kind: 'heads',
    rosterCount: 5,
    rosterTip: id(1),
    epoch: 4,
    standingHeads: [id(2), id(3)],
    heldPayloads: [id(4)],
    base: id(5),
    stateVector: Uint8Array.of(1, 2, 3),
    frontier: [
      { session: id(6), seq: 0, fact: id(7) },
      { session: id(8), seq: 70_000, fact: id(9) },
    ],
    factSet: id(10),
    wallMs: 1_790_000_000_000,
    name: 'Ada’s phone',
  },
  { kind: 'standing', frontier: [{ session: id(6), seq: 1, fact: id(7) }], factSet: id(8) },
  { kind: 'rosterChain', completions: [Uint8Array.of(1), Uint8Array.of(2, 3)] },
  {
    kind: 'envelopes',
    envelopes: [
      { device: id(1), roster: id(2), envelope: filled(80, 3) },
      { device: id(1), roster: id(4), envelope: filled(80, 5) },
    ],
  },
  { kind: 'completions', completions: [Uint8Array.of(9, 9)] },
  { kind: 'wantPayload', payload: id(1), part: 3 },
  { kind: 'payloadPart', payload: id(1), part: 0, parts: 1, totalBytes: 5, bytes: filled(5, 7) },
  {
    kind: 'carrierUpdate',
    base: id(1),
    update: filled(12, 2),
    signatures: [
      { session: id(3), seq: 2, signature: filled(64, 4) },
      { session: id(3), seq: 300, signature: filled(64, 5) },
    ],
  },
  {
    kind: 'runs',
    runs: [
      {
        session: id(1),
        firstSeq: 7,
        facts: [filled(30, 1), filled(31, 2)],
        signatures: [{ seq: 8, signature: filled(64, 3) }],
      },
    ],
  },
  { kind: 'wantRuns', ranges: [{ session: id(1), fromSeq: 3, toSeq: 9 }] },
  { kind: 'wantFacts', facts: [id(1), id(2)] },
  { kind: 'share', statement: id(1), signer: id(2), signature: filled(64, 3) },
  { kind: 'evidence', proofs: [filled(40, 1)] },
  { kind: 'parts', statement: id(1), domain: 'records', hashes: [id(9), id(2)] },
  { kind: 'wantParts', statement: id(1), domain: '' },
  { kind: 'ping', n: 1, wallMs: 1_790_000_000_000 },
  { kind: 'pong', n: 1, wallMs: 1_790_000_000_001 },
  { kind: 'bye', reason: 'epoch-advanced' },
  {
    kind: 'blobHave',
    scope: 'all',
    blobs: [{ blob: id(1), ranges: [{ from: 0, count: 2 }] }],
  },
  { kind: 'wantIndex', blob: id(1) },
  { kind: 'blobIndex', blob: id(1), index: filled(40, 2) },
  { kind: 'wantChunk', blob: id(1), chunk: 3 },
  { kind: 'blobChunk', blob: id(1), chunk: 3, bytes: filled(20, 4) },
  { kind: 'compare', step: part(16, 1), rest: part(8, 2), reached: filled(6, 3) },
  {
    ...{ kind: 'news', base: filled(8, 1), update: filled(12, 2), gaps: [{ at: 6, word: 1 }] },
    ...{ signature: filled(64, 3), step: part(16, 4), reached: filled(6, 5) },
  },
  { kind: 'beat', n: 1, wallMs: 1_790_000_000_000, step: part(16, 1) },
  { kind: 'wantCode', manifest: id(1), file: id(2), part: 3 },
  {
    ...{ kind: 'codePart', manifest: id(1), file: null, part: 0 },
    ...{ totalBytes: 20, bytes: filled(20, 4) },
  },
  { kind: 'leavingAsked', record: filled(90, 2), tail: true },
  { kind: 'leavingAnswered', founding: id(3), signature: filled(64, 5) },
  { kind: 'leavingOver', founding: id(3), isFounded: false },
  { kind: 'wantShared', key: 'thumb:a' },
  {
    ...{ kind: 'sharedValue', key: 'thumb:a' },
    value: {
      ...{ maker: id(1), epoch: 3, known: [{ session: id(2), seq: 7 }] },
      ...{ signature: filled(64, 3), bytes: filled(12, 4) },
    },
  },
];
