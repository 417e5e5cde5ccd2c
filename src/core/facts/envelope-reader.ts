import type { AccountId, DeviceId, FactId, Hash, RosterHash, SessionId } from '../base/brands.js';
import { type Reader, readItem } from '../base/canonical-reader.js';
import { idHexAt } from '../base/hash.js';
import { linkedHexAt, repeatedHexAt } from '../base/repeated-hex.js';
import { type Envelope, isKindName } from './envelope.js';

const LIST_OF_TWELVE = 0x8c;
const VERSION = 1;
const BYTES_OF_ONE_LENGTH_BYTE = 0x58;
const ID_BYTES = 32;
const NULL = 0xf6;

/**
 * Reads the bytes of an envelope without making what `parseEnvelope` would throw away again: a
 * list, and a view for each id.
 *
 * Null where there is anything to find fault with: then decodeCanonical and parseEnvelope say what.
 * It gives what they give, and never where they give an error.
 */
export const readEnvelope = (bytes: Uint8Array): Envelope | null => {
  if (bytes[0] !== LIST_OF_TWELVE || bytes[1] !== VERSION) return null;
  const itemsLeft = Number.POSITIVE_INFINITY;
  const reader: Reader = { bytes, makes: true, at: 2, depth: 1, itemsLeft, fault: null };
  const account = idIn(reader);
  const session = idIn(reader);
  const author = idIn(reader);
  const seq = numberIn(reader);
  const isFirst = bytes[reader.at] === NULL;
  const prev = isFirst ? skipOne(reader) : idIn(reader);
  const lamport = numberIn(reader);
  const wallMs = numberIn(reader);
  const epoch = numberIn(reader);
  const roster = idIn(reader);
  const kind = reader.at < 0 ? null : readItem(reader);
  const body = idIn(reader);
  const isWhole = reader.at === bytes.length && reader.fault === null;
  if (!isWhole || typeof kind !== 'string' || !isKindName(kind)) return null;
  if (isFirst !== (seq === 0)) return null;
  return {
    version: VERSION,
    account: repeatedHexAt(bytes, account) as AccountId,
    session: repeatedHexAt(bytes, session) as SessionId,
    author: repeatedHexAt(bytes, author) as DeviceId,
    seq,
    prev: isFirst ? null : (linkedHexAt(bytes, prev) as FactId),
    lamport,
    wallMs,
    epoch,
    roster: repeatedHexAt(bytes, roster) as RosterHash,
    kind,
    body: idHexAt(bytes, body) as Hash,
  };
};

/** Once something is not as usual, the reader stands before the beginning, and stays there. */
const giveUp = (reader: Reader): number => {
  reader.at = -1;
  return -1;
};

/** Where the bytes of the id that stands here begin. */
const idIn = (reader: Reader): number => {
  const { bytes, at } = reader;
  const end = at + 2 + ID_BYTES;
  const isId = bytes[at] === BYTES_OF_ONE_LENGTH_BYTE && bytes[at + 1] === ID_BYTES;
  if (!isId || end > bytes.length) return giveUp(reader);
  reader.at = end;
  return at + 2;
};

const numberIn = (reader: Reader): number => {
  const value = reader.at < 0 ? null : readItem(reader);
  return typeof value === 'number' && value >= 0 ? value : giveUp(reader);
};

const skipOne = (reader: Reader): number => {
  reader.at += 1;
  return reader.at;
};
