import type { FactId, Hash } from '../base/brands.js';
import {
  canonicalFault,
  decodeCanonical,
  encodeCanonical,
  type DecodeError,
} from '../base/canonical.js';
import { DOMAINS } from '../base/domains.js';
import { hexToBytes, isHexOf, messageOf, sha256, sha256Hex } from '../base/hash.js';
import { LIMITS } from '../base/limits.js';
import { newestHex } from '../base/repeated-hex.js';
import { assert, err, ok, type Result } from '../base/result.js';
import { encodeBody, parseBody, type Body } from './bodies.js';
import {
  envelopeToCanonical,
  parseEnvelope,
  type Envelope,
  type EnvelopeError,
} from './envelope.js';
import { readEnvelope } from './envelope-reader.js';

/**
 * A well-formed statement, not yet known to be authentic.
 *
 * `id` is the SHA-256 of the envelope's bytes, which name the SHA-256 of the body's. The byte
 * fields are views of `bytes` and are never changed.
 */
export interface Fact {
  readonly id: FactId;
  readonly envelope: Envelope;
  readonly envelopeBytes: Uint8Array;
  readonly bodyBytes: Uint8Array;
  /** What is stored and carried: canonical [envelope, body]. */
  readonly bytes: Uint8Array;
}

export type FactError =
  | { readonly kind: 'too-large'; readonly bytes: number; readonly bytesMax: number }
  | {
      readonly kind: 'not-canonical';
      readonly part: 'fact' | 'envelope' | 'body';
      readonly reason: DecodeError;
    }
  | EnvelopeError
  /** Not an array of two byte strings. */
  | { readonly kind: 'not-a-fact' }
  /** The body is another than the envelope names. */
  | { readonly kind: 'foreign-body'; readonly id: FactId };

/**
 * Reads a fact from foreign bytes (rules F1 to F3).
 *
 * The body must be canonical and the one that the envelope names; its schema is up to parseBody.
 * Limits: LIMITS.factBytesMax for all of it.
 * Errors: FactError, the first that is found.
 */
export const parseFact = (foreign: Uint8Array): Result<Fact, FactError> => {
  const bytesMax = LIMITS.factBytesMax;
  if (foreign.length > bytesMax) return err({ kind: 'too-large', bytes: foreign.length, bytesMax });
  return readFact(ownBytes(foreign));
};

/**
 * The same for bytes that whoever asks keeps as they are: the fact is a view of them.
 *
 * For facts of a row of our own store, where nearly all of the row is kept: ten thousand buffers of
 * their own would be as many more for the collector of garbage.
 */
export const parseKeptFact = (bytes: Uint8Array): Result<Fact, FactError> => {
  const bytesMax = LIMITS.factBytesMax;
  if (bytes.length > bytesMax) return err({ kind: 'too-large', bytes: bytes.length, bytesMax });
  return readFact(bytes);
};

const readFact = (bytes: Uint8Array): Result<Fact, FactError> => {
  const parts = decodeCanonical(bytes);
  if (!parts.ok) return err({ kind: 'not-canonical', part: 'fact', reason: parts.error });
  const [envelopeBytes, bodyBytes, ...rest] = Array.isArray(parts.value) ? parts.value : [];
  const isPair = envelopeBytes instanceof Uint8Array && bodyBytes instanceof Uint8Array;
  if (!isPair || rest.length > 0) return err({ kind: 'not-a-fact' });
  const read = parseEnvelopeBytes(envelopeBytes);
  if (!read.ok) return read;
  const fault = canonicalFault(bodyBytes);
  if (fault !== null) return err({ kind: 'not-canonical', part: 'body', reason: fault });
  const id = factIdOf(envelopeBytes);
  const envelope = read.value;
  if (!isHexOf(envelope.body, sha256(bodyBytes))) return err({ kind: 'foreign-body', id });
  return ok({ id, envelope, envelopeBytes, bodyBytes, bytes });
};

/** Reads an envelope that stands alone, as in a proof. */
export const parseEnvelopeBytes = (envelopeBytes: Uint8Array): Result<Envelope, FactError> => {
  const usual = envelopeBytes.length > LIMITS.factBytesMax ? null : readEnvelope(envelopeBytes);
  if (usual !== null) return ok(usual);
  const decoded = decodeCanonical(envelopeBytes, LIMITS.factBytesMax);
  if (!decoded.ok) return err({ kind: 'not-canonical', part: 'envelope', reason: decoded.error });
  return parseEnvelope(decoded.value);
};

/** What the author decides about a fact besides its body. */
export type EnvelopeFields = Omit<Envelope, 'version' | 'kind' | 'body'>;

/**
 * Writes one's own fact.
 *
 * Errors: throws when the body is not one that parseBody accepts or does not fit; people's input is
 * checked before with encodeBody.
 */
export const encodeFact = (fields: EnvelopeFields, body: Body): Fact => {
  const bodyBytes = encodeBody(body);
  assert(bodyBytes.ok, `one's own fact has a sound body (${body.kind})`);
  return sealFact(fields, body.kind, bodyBytes.value);
};

/** The fact of any kind with this body, which must be canonical; throws when it is too large. */
export const sealFact = (fields: EnvelopeFields, kind: string, bodyBytes: Uint8Array): Fact => {
  const body = sha256Hex(bodyBytes) as Hash;
  const envelope: Envelope = { ...fields, version: 1, kind, body };
  const bytes = encodeCanonical([encodeCanonical(envelopeToCanonical(envelope)), bodyBytes]);
  const fact = parseFact(bytes);
  assert(fact.ok, `one's own fact is well formed (${kind})`);
  return fact.value;
};

type ParsedBody = ReturnType<typeof parseBody>;
let lastParsed: { readonly fact: Fact; readonly body: ParsedBody } | null = null;

/**
 * The body of a fact by its kind's schema, as parseBody gives it.
 *
 * Who judges a fact and who folds it ask one after the other, so the last answer is kept: one, by
 * the fact itself, which never changes.
 */
export const bodyOf = (fact: Fact): ParsedBody => {
  if (lastParsed?.fact !== fact) {
    lastParsed = { fact, body: parseBody(fact.envelope.kind, fact.bodyBytes) };
  }
  return lastParsed.body;
};

/** The id of the fact with these envelope bytes. */
export const factIdOf = (envelopeBytes: Uint8Array): FactId =>
  newestHex(sha256(envelopeBytes)) as FactId;

/** The 32 bytes that a fact's author signs: they mean nothing but "I say this fact" (rule F1). */
export const factSigningBytes = (id: FactId): Uint8Array => messageOf(DOMAINS.fact, hexToBytes(id));

/** A view within a larger buffer would keep that buffer alive, and be stored with it. */
const ownBytes = (bytes: Uint8Array): Uint8Array =>
  bytes.constructor === Uint8Array && bytes.length === bytes.buffer.byteLength
    ? bytes
    : new Uint8Array(bytes);
