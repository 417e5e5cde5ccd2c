import type {
  BlobId,
  DeviceId,
  Digest,
  FactId,
  Hash,
  HeadId,
  PayloadId,
  RosterHash,
  SessionId,
  StatementHash,
} from '../base/brands.js';
import type { CanonicalValue } from '../base/canonical.js';
import { decodeCanonical, encodeCanonical, type DecodeError } from '../base/canonical.js';
import { isDay } from '../base/day.js';
import { isKeyPattern } from '../base/key-pattern.js';
import { LIMITS } from '../base/limits.js';
import { compareBy, compareText } from '../base/ordering.js';
import { err, ok, type Result } from '../base/result.js';
import * as shape from '../base/shape.js';
import { list, map, row, sortedList } from '../base/shape-groups.js';
import { isKnownKind, type Kind } from './kinds.js';
import { UPGRADE_BODIES } from './upgrade-bodies.js';

/** A day of the calendar that there is, `YYYY-MM-DD`, whatever the time zone. */
const day = shape.where(shape.text(10, 10), isDay);

/** The place of a fact: its session and its number there. */
const place = row({ session: shape.hex32<SessionId>(), seq: shape.unsigned });

const label = shape.text(1, LIMITS.labelCharactersMax);
const labels = sortedList(label, compareText, LIMITS.labelsMax);
const title = shape.text(0, LIMITS.titleCharactersMax);
const content = shape.textOfBytes(LIMITS.textBytesMax);
const remark = shape.text(0, LIMITS.reasonCharactersMax);
const purpose = shape.text(1, LIMITS.purposeCharactersMax);
const signature = shape.bytes(64, 64);
const encoded = shape.bytes(1, LIMITS.factBytesMax);

/** Keys of cached values, and patterns over them; at least one. */
const cacheKeys = shape.where(
  sortedList(
    shape.where(shape.text(1, LIMITS.cacheKeyUnitsMax), isKeyPattern),
    compareText,
    LIMITS.cacheKeysPerFactMax,
  ),
  (keys) => keys.length > 0,
);

const byDevice = compareBy((entry: { device: DeviceId }) => entry.device, compareText);
const bySession = compareBy((entry: { session: SessionId }) => entry.session, compareText);
const device = shape.hex32<DeviceId>();

/** A blob's key under an epoch's content key, as RFC 3394 wraps 32 bytes. */
const wrapped = row({ blob: shape.hex32<BlobId>(), wrap: shape.bytes(40, 40) });
const byBlob = compareBy((entry: { blob: BlobId }) => entry.blob, compareText);

const approved = map({
  statement: shape.hex32<StatementHash>(),
  signature,
  comment: remark,
  bundle: shape.nullable(shape.hex32<Hash>()),
});

const abandoned = map({
  statement: shape.hex32<StatementHash>(),
  cause: shape.oneOf('withdrawn', 'expired', 'superseded'),
});

const BODIES = {
  'session.opened': map({
    nonce: shape.hex32<Hash>(),
    head: shape.nullable(shape.hex32<HeadId>()),
  }),
  'record.created': map({ title, text: content, labels }),
  'record.edited': map({ record: place }, { title, text: content, add: labels, remove: labels }),
  'record.removed': map({ record: place }),
  'roster.proposed': map({
    record: encoded,
    envelopes: sortedList(row({ device, envelope: encoded }), byDevice),
    consents: sortedList(row({ device, signature }), byDevice),
    comment: remark,
    expires: shape.unsigned,
    round: shape.unsigned,
    promises: list(encoded),
  }),
  'roster.promised': map({ promise: encoded }),
  'roster.approved': approved,
  'roster.refused': map({ statement: shape.hex32<StatementHash>(), reason: remark }),
  'roster.vetoed': map({ statement: shape.hex32<StatementHash>(), reason: remark }),
  'roster.abandoned': abandoned,
  'roster.completed': map({ completion: encoded }),
  'snapshot.proposed': map({
    proposal: shape.hex32<Hash>(),
    epoch: shape.unsigned,
    roster: shape.hex32<RosterHash>(),
    predecessors: sortedList(shape.hex32<HeadId>(), compareText),
    index: shape.unsigned,
    advance: sortedList(
      row({
        session: shape.hex32<SessionId>(),
        seq: shape.unsigned,
        id: shape.hex32<FactId>(),
      }),
      bySession,
    ),
    quarantine: sortedList(place, bySession),
    lamport: shape.unsigned,
    digest: shape.hex32<Digest>(),
    payload: shape.hex32<PayloadId>(),
    fold: shape.unsigned,
    comment: remark,
    expires: shape.unsigned,
  }),
  'snapshot.approved': approved,
  'snapshot.refused': map({
    statement: shape.hex32<StatementHash>(),
    reason: remark,
    differs: list(remark),
  }),
  'snapshot.abandoned': abandoned,
  'snapshot.completed': map({ completion: encoded }),
  'equivocation.shown': map({ proof: encoded }),
  'cache.invalidated': map({ keys: cacheKeys, floor: shape.unsigned }),
  'record.attached': map({
    record: place,
    blob: shape.hex32<BlobId>(),
    name: shape.text(1, LIMITS.fileNameCharactersMax),
    type: shape.text(0, LIMITS.fileTypeCharactersMax),
    bytes: shape.integer(0, LIMITS.blobBytesMax),
  }),
  'record.detached': map({ record: place, blob: shape.hex32<BlobId>() }),
  'blobs.wrapped': map({ epoch: shape.unsigned, wraps: sortedList(wrapped, byBlob, 100) }),
  'device.reported': map({
    persisted: shape.nullable(shape.flag),
    installed: shape.flag,
    quota: shape.nullable(shape.unsigned),
    used: shape.nullable(shape.unsigned),
    backup: shape.nullable(shape.unsigned),
    receipt: shape.nullable(
      row({ head: shape.hex32<HeadId>(), facts: shape.unsigned, bytes: shape.unsigned }),
    ),
  }),
  'lease.taken': map({ purpose, until: shape.unsigned }),
  'lease.released': map({ purpose }),
  ...UPGRADE_BODIES,
  /** One rule of the account by its name; null: as an account begins. What it says is for views. */
  'policy.changed': map({
    name: shape.text(1, LIMITS.policyNameUnitsMax),
    value: shape.nullable(shape.text(1, LIMITS.policyValueUnitsMax)),
  }),
  /** When a record is to be looked at again; null: no longer. */
  'record.dated': map({ record: place, date: shape.nullable(day) }),
} as const satisfies Readonly<Record<Kind, unknown>>;

/** What a fact of each known kind says; identifiers in hex, lists sorted as in the bytes. */
export type BodyOf<K extends Kind> = { readonly kind: K } & shape.Of<(typeof BODIES)[K]>;
export type Body = { [K in Kind]: BodyOf<K> }[Kind];

/** A kind of a newer version: kept and forwarded, never folded and never covered by a cut. */
export interface UnknownBody {
  readonly kind: 'unknown';
}

export type BodyError =
  | { readonly kind: 'not-canonical'; readonly reason: DecodeError }
  /** The named key is missing, not of its shape, or not known; null: the body is no map. */
  | { readonly kind: 'malformed'; readonly field: string | null }
  /** A record.edited without any change. */
  | { readonly kind: 'no-change' }
  /** A record.edited that adds and removes the same label. */
  | { readonly kind: 'contradiction'; readonly label: string };

/**
 * Reads the body of a fact by its kind's schema.
 *
 * A refused body does not stop its fact from being admitted; the fact then folds to nothing, for
 * the same reason on every replica (rule F3).
 * Limits: those of LIMITS for text, labels and lists; characters are UTF-16 code units.
 * Errors: BodyError, never for an unknown kind.
 */
export const parseBody = (
  kind: string,
  bodyBytes: Uint8Array,
): Result<Body | UnknownBody, BodyError> => {
  if (!isKnownKind(kind)) return ok({ kind: 'unknown' });
  const decoded = decodeCanonical(bodyBytes, LIMITS.factBytesMax);
  if (!decoded.ok) return err({ kind: 'not-canonical', reason: decoded.error });
  const schema = BODIES[kind];
  const fields = schema.parse(decoded.value);
  if (fields === undefined) {
    return err({ kind: 'malformed', field: shape.keyAtFault(schema, decoded.value) });
  }
  const body = { kind, ...fields } as Body;
  return body.kind === 'record.edited' ? checkEdit(body) : ok(body);
};

/** An edit changes something, and does not take back what it adds. */
const checkEdit = (body: BodyOf<'record.edited'>): Result<Body, BodyError> => {
  if (Object.keys(body).length <= 2) return err({ kind: 'no-change' });
  const removed = new Set(body.remove);
  const both = body.add?.find((added) => removed.has(added));
  return both === undefined ? ok(body) : err({ kind: 'contradiction', label: both });
};

/** The value whose canonical bytes are the body's; optional keys without a value are left out. */
export const bodyToCanonical = (body: Body): CanonicalValue =>
  (BODIES[body.kind] as unknown as shape.Shape<Body>).toCanonical(body);

/** Bytes that an envelope of a known kind and the framing of a fact take at most. */
const AROUND_BODY_BYTES_MAX = 320;

/**
 * The bytes of a body that someone is about to publish.
 *
 * Errors: `not-canonical` with `too-large` when a fact could not hold it, else as parseBody. Throws
 * on text that is not well formed and on numbers that are not integers.
 */
export const encodeBody = (body: Body): Result<Uint8Array, BodyError> => {
  const bodyBytes = encodeCanonical(bodyToCanonical(body));
  const bytesMax = LIMITS.factBytesMax - AROUND_BODY_BYTES_MAX;
  if (bodyBytes.length > bytesMax) {
    const reason = { kind: 'too-large', bytes: bodyBytes.length, bytesMax } as const;
    return err({ kind: 'not-canonical', reason });
  }
  const parsed = parseBody(body.kind, bodyBytes);
  return parsed.ok ? ok(bodyBytes) : parsed;
};
