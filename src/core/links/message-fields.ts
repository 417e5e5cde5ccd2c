import type { DeviceId, FactId, RosterHash, SessionId } from '../base/brands.js';
import { LIMITS } from '../base/limits.js';
import { compareBy, compareInTurn, compareNumbers, compareText } from '../base/ordering.js';
import {
  bytes,
  characters,
  hex32,
  hexOf,
  integer,
  nullable,
  oneOfOrOther,
  signature64,
  where,
  type Shape,
} from '../base/shape.js';
import { list, row, setOf, type RowShape, type ShapesOf } from '../base/shape-groups.js';
import { BLOB_SHAPES } from './blob-messages.js';
import { CODE_SHAPES, isWholeCodePart } from './code-messages.js';
import {
  BYE_REASONS,
  type FactRun,
  type FrontierItem,
  type KeyEnvelope,
  type KnownMessage,
  type PayloadPartMessage,
  type RunSignature,
  type SeqRange,
  type SeqSignature,
} from './message-kinds.js';
import { LEAVING_SHAPES } from './leaving-messages.js';
import { SHARED_SHAPES } from './shared-messages.js';
import { GAPS_MAX, type Gap } from './leaving-out.js';
import { REACHED_BYTES_MAX } from './reach.js';
import {
  BASE_PREFIX_BYTES,
  HEADS_DIGEST_BYTES,
  STEP_BYTES,
  type HeadsDigest,
  type Step,
} from './step.js';

/**
 * What one message may hold; what exceeds it is malformed, and who has more sends more messages.
 *
 * Source: the threats of floods and crafted updates in SECURITY.md.
 */
export const MESSAGE_LIMITS = {
  messageBytesMax: LIMITS.updateBytesMax,
  /** In all lists of one message together; what is allowed below comes to half of it at most. */
  itemsMax: 500_000,
  /** Facts of all runs of one message together, and signatures of one update. */
  factsMax: LIMITS.factsPerUpdateMax,
  sessionsMax: LIMITS.sessionsPerUpdateMax,
  wantedFactsMax: 10_000,
  rosterChainMax: 1_000,
  completionsMax: 256,
  completionBytesMax: 2 * LIMITS.factBytesMax,
  envelopesMax: 256,
  envelopeBytesMax: 2 * 1024,
  standingHeadsMax: LIMITS.headsPerMessageMax,
  stateVectorBytesMax: 256 * 1024,
  proofsMax: 16,
  proofBytesMax: LIMITS.equivocationFactsMax * 1024,
  partsMax: 4_096,
} as const;

/** How many parts a payload of that many bytes is sent in; at least one. */
export const payloadPartCount = (totalBytes: number): number =>
  Math.max(1, Math.ceil(totalBytes / LIMITS.payloadPartBytes));

type Kind = KnownMessage['kind'];
type Body<K extends Kind> = Omit<Extract<KnownMessage, { readonly kind: K }>, 'kind'>;
interface BodyField<T> {
  readonly code: number;
  readonly field: RowShape<T>;
}

const whole = integer(0, LIMITS.integerMax);
const session = hex32<SessionId>();
const bySession = compareBy((item: { readonly session: SessionId }) => item.session, compareText);
const bySeq = compareBy((item: { readonly seq: number }) => item.seq, compareNumbers);
const idSet = <T extends string>(countMax: number): Shape<readonly T[]> =>
  setOf(hex32<T>(), compareText, countMax);
const body = <K extends Kind>(code: number, shapes: ShapesOf<Body<K>>): BodyField<Body<K>> => ({
  code,
  field: row<Body<K>>(shapes),
});

const completions = (countMax: number): Shape<readonly Uint8Array[]> =>
  list(bytes(1, MESSAGE_LIMITS.completionBytesMax), countMax);

const envelopes = setOf(
  row<KeyEnvelope>({
    device: hex32<DeviceId>(),
    roster: hex32<RosterHash>(),
    envelope: bytes(1, MESSAGE_LIMITS.envelopeBytesMax),
  }),
  compareInTurn<KeyEnvelope>(
    compareBy((item) => item.device, compareText),
    compareBy((item) => item.roster, compareText),
  ),
  MESSAGE_LIMITS.envelopesMax,
);

const frontier = setOf(
  row<FrontierItem>({ session, seq: whole, fact: hex32<FactId>() }),
  bySession,
  MESSAGE_LIMITS.sessionsMax,
);

const runSignature = row<RunSignature>({ session, seq: whole, signature: signature64 });
const run = where(
  row<FactRun>({
    session,
    firstSeq: whole,
    facts: list(bytes(1, LIMITS.factBytesMax), MESSAGE_LIMITS.factsMax, 1),
    signatures: setOf(
      row<SeqSignature>({ seq: whole, signature: signature64 }),
      bySeq,
      MESSAGE_LIMITS.factsMax,
    ),
  }),
  ({ firstSeq, facts, signatures }) =>
    firstSeq + facts.length - 1 <= LIMITS.integerMax &&
    signatures.every(({ seq }) => seq >= firstSeq && seq < firstSeq + facts.length),
);
const runs = where(
  list(run, MESSAGE_LIMITS.sessionsMax),
  (all) => all.reduce((count, one) => count + one.facts.length, 0) <= MESSAGE_LIMITS.factsMax,
);

const range = where(
  row<SeqRange>({ session, fromSeq: whole, toSeq: whole }),
  ({ fromSeq, toSeq }) => fromSeq <= toSeq,
);

/** A reason that this version does not know reads as 'other'. */
const byeReason = oneOfOrOther(BYE_REASONS, 'other', LIMITS.reasonCharactersMax);

/** A row of which the whole has to hold besides. */
const sound = <T>(field: RowShape<T>, holds: (value: T) => boolean): RowShape<T> => ({
  ...field,
  parse: where(field, holds).parse,
});

const payloadPart = row<Body<'payloadPart'>>({
  payload: hex32(),
  part: whole,
  parts: whole,
  totalBytes: integer(0, LIMITS.payloadBytesMax),
  bytes: bytes(0, LIMITS.payloadPartBytes),
});
const isWholePart = (message: Omit<PayloadPartMessage, 'kind'>): boolean => {
  const { part, parts, totalBytes, bytes } = message;
  if (parts !== payloadPartCount(totalBytes) || part >= parts) return false;
  const from = part * LIMITS.payloadPartBytes;
  return bytes.length === Math.min(totalBytes - from, LIMITS.payloadPartBytes);
};

const step = hexOf<Step>(STEP_BYTES);
const reached = bytes(0, REACHED_BYTES_MAX);
const news = {
  base: bytes(BASE_PREFIX_BYTES, BASE_PREFIX_BYTES),
  update: bytes(1, LIMITS.updateBytesMax),
  gaps: list(row<Gap>({ at: whole, word: whole }), GAPS_MAX),
  signature: signature64,
} as const;
const domain = characters(0, LIMITS.nameCharactersMax);
const beat = { n: whole, wallMs: whole };

/** The codes and bodies of all messages; a code is never given a second meaning. */
export const BODY_FIELDS: { readonly [K in Kind]: BodyField<Body<K>> } = {
  heads: body<'heads'>(1, {
    rosterCount: whole,
    rosterTip: hex32(),
    epoch: whole,
    standingHeads: idSet(MESSAGE_LIMITS.standingHeadsMax),
    heldPayloads: idSet(MESSAGE_LIMITS.standingHeadsMax),
    base: hex32(),
    stateVector: nullable(bytes(0, MESSAGE_LIMITS.stateVectorBytesMax)),
    frontier,
    factSet: hex32(),
    wallMs: whole,
    name: characters(0, LIMITS.nameCharactersMax),
  }),
  rosterChain: body<'rosterChain'>(2, { completions: completions(MESSAGE_LIMITS.rosterChainMax) }),
  envelopes: body<'envelopes'>(3, { envelopes }),
  completions: body<'completions'>(4, { completions: completions(MESSAGE_LIMITS.completionsMax) }),
  wantPayload: body<'wantPayload'>(5, {
    payload: hex32(),
    part: integer(0, payloadPartCount(LIMITS.payloadBytesMax) - 1),
  }),
  payloadPart: { code: 6, field: sound(payloadPart, isWholePart) },
  carrierUpdate: body<'carrierUpdate'>(7, {
    base: hex32(),
    update: bytes(1, LIMITS.updateBytesMax),
    signatures: setOf(
      runSignature,
      compareInTurn<RunSignature>(bySession, bySeq),
      MESSAGE_LIMITS.factsMax,
    ),
  }),
  runs: body<'runs'>(8, { runs }),
  wantRuns: body<'wantRuns'>(9, { ranges: list(range, MESSAGE_LIMITS.sessionsMax) }),
  wantFacts: body<'wantFacts'>(10, { facts: idSet(MESSAGE_LIMITS.wantedFactsMax) }),
  share: body<'share'>(11, {
    statement: hex32(),
    signer: hex32(),
    signature: signature64,
  }),
  evidence: body<'evidence'>(12, {
    proofs: list(bytes(1, MESSAGE_LIMITS.proofBytesMax), MESSAGE_LIMITS.proofsMax),
  }),
  parts: body<'parts'>(13, {
    statement: hex32(),
    domain,
    hashes: list(hex32(), MESSAGE_LIMITS.partsMax),
  }),
  wantParts: body<'wantParts'>(14, { statement: hex32(), domain }),
  ping: body<'ping'>(15, beat),
  pong: body<'pong'>(16, beat),
  bye: body<'bye'>(17, { reason: byeReason }),
  standing: body<'standing'>(18, { frontier, factSet: hex32() }),
  blobHave: body<'blobHave'>(20, BLOB_SHAPES.blobHave),
  wantIndex: body<'wantIndex'>(21, BLOB_SHAPES.wantIndex),
  blobIndex: body<'blobIndex'>(22, BLOB_SHAPES.blobIndex),
  wantChunk: body<'wantChunk'>(23, BLOB_SHAPES.wantChunk),
  blobChunk: body<'blobChunk'>(24, BLOB_SHAPES.blobChunk),
  compare: body<'compare'>(25, {
    step,
    rest: nullable(hexOf<HeadsDigest>(HEADS_DIGEST_BYTES)),
    reached,
  }),
  news: body<'news'>(26, { ...news, step, reached }),
  beat: body<'beat'>(27, { ...beat, step }),
  wantCode: body<'wantCode'>(28, CODE_SHAPES.wantCode),
  codePart: {
    code: 29,
    field: sound(row<Body<'codePart'>>(CODE_SHAPES.codePart), isWholeCodePart),
  },
  wantShared: body<'wantShared'>(30, SHARED_SHAPES.wantShared),
  sharedValue: body<'sharedValue'>(31, SHARED_SHAPES.sharedValue),
  leavingAsked: body<'leavingAsked'>(32, LEAVING_SHAPES.leavingAsked),
  leavingAnswered: body<'leavingAnswered'>(33, LEAVING_SHAPES.leavingAnswered),
  leavingOver: body<'leavingOver'>(34, LEAVING_SHAPES.leavingOver),
};

/** Which message a code means. */
export const KIND_BY_CODE: ReadonlyMap<number, Kind> = new Map(
  (Object.keys(BODY_FIELDS) as Kind[]).map((kind) => [BODY_FIELDS[kind].code, kind]),
);
