import type { DeviceId, FactId, RosterHash, SessionId } from '../base/brands.js';
import type { CanonicalValue } from '../base/canonical.js';
import { LIMITS } from '../base/limits.js';
import {
  byteString,
  identifier,
  integer,
  listOf,
  nullable,
  oneOf,
  sequenceOf,
  setOf,
  signature64,
  text,
  where,
  type Field,
  type Fields,
} from './fields.js';
import {
  BYE_REASONS,
  type ByeReason,
  type FactRun,
  type FrontierItem,
  type KeyEnvelope,
  type KnownMessage,
  type PayloadPartMessage,
  type RunSignature,
  type SeqRange,
  type SeqSignature,
} from './message-kinds.js';

/**
 * What one message may hold; what exceeds it is malformed, and who has more sends more messages.
 *
 * Source: the threats of floods and crafted updates in SECURITY.md.
 */
export const MESSAGE_LIMITS = {
  messageBytesMax: LIMITS.updateBytesMax,
  /** Facts of all runs of one message together, and signatures of one update. */
  factsMax: LIMITS.factsPerUpdateMax,
  sessionsMax: 10_000,
  wantedFactsMax: 10_000,
  rosterChainMax: 1_000,
  completionsMax: 256,
  completionBytesMax: 2 * LIMITS.factBytesMax,
  envelopesMax: 256,
  envelopeBytesMax: 2 * 1024,
  standingHeadsMax: 64,
  stateVectorBytesMax: 256 * 1024,
  proofsMax: 16,
  proofBytesMax: (LIMITS.equivocationFactsMax + 1) * LIMITS.factBytesMax,
  partsMax: 4_096,
} as const;

/** How many parts a payload of that many bytes is sent in; at least one. */
export const payloadPartCount = (totalBytes: number): number =>
  Math.max(1, Math.ceil(totalBytes / LIMITS.payloadPartBytes));

type Kind = KnownMessage['kind'];
type Body<K extends Kind> = Omit<Extract<KnownMessage, { readonly kind: K }>, 'kind'>;
interface BodyField<T> {
  readonly code: number;
  readonly field: {
    readonly read: (value: CanonicalValue) => T | undefined;
    readonly write: (value: T) => readonly CanonicalValue[];
  };
}

const whole = integer(LIMITS.integerMax);
const session = identifier<SessionId>();
const sessionOf = (item: { readonly session: SessionId }): string => item.session;
const self = <T>(item: T): T => item;
const idSet = <T extends string>(countMax: number): Field<readonly T[]> =>
  setOf(identifier<T>(), countMax, self);
const body = <K extends Kind>(code: number, fields: Fields<Body<K>>): BodyField<Body<K>> => ({
  code,
  field: sequenceOf<Body<K>>(fields),
});

const completions = (countMax: number): Field<readonly Uint8Array[]> =>
  listOf(byteString(1, MESSAGE_LIMITS.completionBytesMax), countMax);

const envelopeKey = (item: KeyEnvelope): string => item.device + item.roster;
const envelopes = setOf(
  sequenceOf<KeyEnvelope>({
    device: identifier<DeviceId>(),
    roster: identifier<RosterHash>(),
    envelope: byteString(1, MESSAGE_LIMITS.envelopeBytesMax),
  }),
  MESSAGE_LIMITS.envelopesMax,
  envelopeKey,
);

const frontier = setOf(
  sequenceOf<FrontierItem>({ session, seq: whole, fact: identifier<FactId>() }),
  MESSAGE_LIMITS.sessionsMax,
  sessionOf,
);

const runSignature = sequenceOf<RunSignature>({ session, seq: whole, signature: signature64 });
const runSignatureKey = (item: RunSignature): string =>
  item.session + item.seq.toString(16).padStart(14, '0');

const run = where(
  sequenceOf<FactRun>({
    session,
    firstSeq: whole,
    facts: listOf(byteString(1, LIMITS.factBytesMax), MESSAGE_LIMITS.factsMax, 1),
    signatures: setOf(
      sequenceOf<SeqSignature>({ seq: whole, signature: signature64 }),
      MESSAGE_LIMITS.factsMax,
      (item) => item.seq,
    ),
  }),
  ({ firstSeq, facts, signatures }) =>
    firstSeq + facts.length - 1 <= LIMITS.integerMax &&
    signatures.every(({ seq }) => seq >= firstSeq && seq < firstSeq + facts.length),
);
const runs = where(
  listOf(run, MESSAGE_LIMITS.sessionsMax),
  (all) => all.reduce((count, one) => count + one.facts.length, 0) <= MESSAGE_LIMITS.factsMax,
);

const range = where(
  sequenceOf<SeqRange>({ session, fromSeq: whole, toSeq: whole }),
  ({ fromSeq, toSeq }) => fromSeq <= toSeq,
);

/** A reason that this version does not know reads as 'other'. */
const byeReason: Field<ByeReason> = {
  read: (value) =>
    oneOf(BYE_REASONS).read(value) ??
    (text(1, LIMITS.reasonCharactersMax).read(value) === undefined ? undefined : 'other'),
  write: self,
};

const payloadPart = sequenceOf<Body<'payloadPart'>>({
  payload: identifier(),
  part: whole,
  parts: whole,
  totalBytes: integer(LIMITS.payloadBytesMax),
  bytes: byteString(0, LIMITS.payloadPartBytes),
});
const isWholePart = (message: Omit<PayloadPartMessage, 'kind'>): boolean => {
  const { part, parts, totalBytes, bytes } = message;
  if (parts !== payloadPartCount(totalBytes) || part >= parts) return false;
  const from = part * LIMITS.payloadPartBytes;
  return bytes.length === Math.min(totalBytes - from, LIMITS.payloadPartBytes);
};

const domain = text(0, LIMITS.nameCharactersMax);
const beat = { n: whole, wallMs: whole };

/** The codes and bodies of all messages; a code is never given a second meaning. */
export const BODY_FIELDS: { readonly [K in Kind]: BodyField<Body<K>> } = {
  heads: body<'heads'>(1, {
    rosterCount: whole,
    rosterTip: identifier(),
    epoch: whole,
    standingHeads: idSet(MESSAGE_LIMITS.standingHeadsMax),
    heldPayloads: idSet(MESSAGE_LIMITS.standingHeadsMax),
    base: identifier(),
    stateVector: nullable(byteString(0, MESSAGE_LIMITS.stateVectorBytesMax)),
    frontier,
    factSet: identifier(),
    wallMs: whole,
    name: text(0, LIMITS.nameCharactersMax),
  }),
  rosterChain: body<'rosterChain'>(2, { completions: completions(MESSAGE_LIMITS.rosterChainMax) }),
  envelopes: body<'envelopes'>(3, { envelopes }),
  completions: body<'completions'>(4, { completions: completions(MESSAGE_LIMITS.completionsMax) }),
  wantPayload: body<'wantPayload'>(5, {
    payload: identifier(),
    part: integer(payloadPartCount(LIMITS.payloadBytesMax) - 1),
  }),
  payloadPart: { code: 6, field: { ...payloadPart, read: where(payloadPart, isWholePart).read } },
  carrierUpdate: body<'carrierUpdate'>(7, {
    base: identifier(),
    update: byteString(1, LIMITS.updateBytesMax),
    signatures: setOf(runSignature, MESSAGE_LIMITS.factsMax, runSignatureKey),
  }),
  runs: body<'runs'>(8, { runs }),
  wantRuns: body<'wantRuns'>(9, { ranges: listOf(range, MESSAGE_LIMITS.sessionsMax) }),
  wantFacts: body<'wantFacts'>(10, { facts: idSet(MESSAGE_LIMITS.wantedFactsMax) }),
  share: body<'share'>(11, {
    statement: identifier(),
    signer: identifier(),
    signature: signature64,
  }),
  evidence: body<'evidence'>(12, {
    proofs: listOf(byteString(1, MESSAGE_LIMITS.proofBytesMax), MESSAGE_LIMITS.proofsMax),
  }),
  parts: body<'parts'>(13, {
    statement: identifier(),
    domain,
    hashes: listOf(identifier(), MESSAGE_LIMITS.partsMax),
  }),
  wantParts: body<'wantParts'>(14, { statement: identifier(), domain }),
  ping: body<'ping'>(15, beat),
  pong: body<'pong'>(16, beat),
  bye: body<'bye'>(17, { reason: byeReason }),
};

/** Which message a code means. */
export const KIND_BY_CODE: ReadonlyMap<number, Kind> = new Map(
  (Object.keys(BODY_FIELDS) as Kind[]).map((kind) => [BODY_FIELDS[kind].code, kind]),
);
