import type { AccountId, DeviceId, FactId, Hash, RosterHash, SessionId } from '../base/brands.js';
import type { CanonicalValue } from '../base/canonical.js';
import { bytesToHex, hexToBytes } from '../base/hash.js';
import { repeatedHex } from '../base/repeated-hex.js';
import { err, ok, type Result } from '../base/result.js';

/** Longest name of a kind, in UTF-16 code units. */
const KIND_CHARACTERS_MAX = 64;

/**
 * What is signed of a fact (rule F1): who says it, where it stands, and the hash of what it says.
 *
 * `prev` is the id of the session's previous fact, null only at seq 0. `lamport` never falls along
 * a session. `wallMs` is what the author's clock claimed, in ms since 1970, and proves nothing.
 * `epoch` and `roster` name the roster record that the author acted under.
 */
export interface Envelope {
  readonly version: 1;
  readonly account: AccountId;
  readonly session: SessionId;
  readonly author: DeviceId;
  readonly seq: number;
  readonly prev: FactId | null;
  readonly lamport: number;
  readonly wallMs: number;
  readonly epoch: number;
  readonly roster: RosterHash;
  readonly kind: string;
  readonly body: Hash;
}

export type EnvelopeError =
  | { readonly kind: 'unsupported-version'; readonly version: number }
  /** The named field is missing or not of its shape; 'envelope' when it is no array of twelve. */
  | { readonly kind: 'malformed'; readonly field: keyof Envelope | 'envelope' };

const PLACES = 12;

/** The array that an envelope's bytes encode, in the order of rule F1. */
export const envelopeToCanonical = (envelope: Envelope): CanonicalValue => [
  envelope.version,
  hexToBytes(envelope.account),
  hexToBytes(envelope.session),
  hexToBytes(envelope.author),
  envelope.seq,
  envelope.prev === null ? null : hexToBytes(envelope.prev),
  envelope.lamport,
  envelope.wallMs,
  envelope.epoch,
  hexToBytes(envelope.roster),
  envelope.kind,
  hexToBytes(envelope.body),
];

/** Reads a decoded envelope; errors name the first field at fault. */
export const parseEnvelope = (value: CanonicalValue): Result<Envelope, EnvelopeError> => {
  if (!Array.isArray(value) || value.length === 0) return malformed('envelope');
  const places = value as readonly CanonicalValue[];
  const version = places[0];
  if (!isUnsigned(version)) return malformed('version');
  if (version !== 1) return err({ kind: 'unsupported-version', version });
  if (places.length !== PLACES) return malformed('envelope');
  const [, account, session, author, seq, prev, lamport, wallMs, epoch, roster, kind, body] =
    places;
  if (!isId(account)) return malformed('account');
  if (!isId(session)) return malformed('session');
  if (!isId(author)) return malformed('author');
  if (!isUnsigned(seq)) return malformed('seq');
  if (seq === 0 ? prev !== null : !isId(prev)) return malformed('prev');
  if (!isUnsigned(lamport)) return malformed('lamport');
  if (!isUnsigned(wallMs)) return malformed('wallMs');
  if (!isUnsigned(epoch)) return malformed('epoch');
  if (!isId(roster)) return malformed('roster');
  if (!isKindName(kind)) return malformed('kind');
  if (!isId(body)) return malformed('body');
  return ok({
    version,
    account: repeatedHex(account) as AccountId,
    session: repeatedHex(session) as SessionId,
    author: repeatedHex(author) as DeviceId,
    seq,
    prev: isId(prev) ? (bytesToHex(prev) as FactId) : null,
    lamport,
    wallMs,
    epoch,
    roster: repeatedHex(roster) as RosterHash,
    kind,
    body: bytesToHex(body) as Hash,
  });
};

const malformed = (
  field: keyof Envelope | 'envelope',
): { readonly ok: false; readonly error: EnvelopeError } => err({ kind: 'malformed', field });

const isId = (value: CanonicalValue | undefined): value is Uint8Array =>
  value instanceof Uint8Array && value.length === 32;

const isUnsigned = (value: CanonicalValue | undefined): value is number =>
  typeof value === 'number' && value >= 0;

/** Whether a value may be the name of a kind, known or not. */
export const isKindName = (value: CanonicalValue | undefined): value is string =>
  typeof value === 'string' && value.length > 0 && value.length <= KIND_CHARACTERS_MAX;
