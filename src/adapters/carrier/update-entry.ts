import { LIMITS } from '../../core/base/limits.js';
import type { CarrierError } from '../../ports/carrier.js';
import { type Cursor, readByte, readNumber, skipBytes } from './update-cursor.js';

interface Span {
  readonly start: number;
  readonly end: number;
}

/** One entry of an update, as offsets: what it holds and what it stands behind. */
export interface Entry extends Span {
  readonly origin: { readonly client: number; readonly clock: number } | null;
  readonly hasRightOrigin: boolean;
  /** The name of its root; null when it has an origin, or lies within another entry. */
  readonly root: Span | null;
  /** It stands under a key, as entries of maps do. */
  readonly isInMap: boolean;
}

/** Contents of Yjs by number; 0 is a collected entry, those up to 9 are other contents. */
const DELETED = 1;
const BINARY = 3;
const LAST_KNOWN = 9;
const SKIP = 10;

const HAS_ORIGIN = 0x80;
const HAS_RIGHT_ORIGIN = 0x40;
const HAS_KEY = 0x20;
const ROOT_BY_NAME = 1;

/**
 * Reads one entry, of which only binary content of at most a fact's size is looked into.
 *
 * Takes a fixed number of steps, whatever lengths it claims.
 * Errors: `gap` for a skip, `delete-set` for a deleted entry, `not-binary` for a collected one and
 * for other content, `undecodable` for the rest.
 * Source: Yjs 13.6, Item.js (Item.write, readItemContent), GC.js, Skip.js.
 */
export const readEntry = (cursor: Cursor): Entry | CarrierError => {
  const info = readByte(cursor);
  if (cursor.isBroken) return { kind: 'undecodable' };
  const error = checkContent(info);
  if (error !== null) return error;
  const hasOrigin = (info & HAS_ORIGIN) !== 0;
  const hasRightOrigin = (info & HAS_RIGHT_ORIGIN) !== 0;
  const isInMap = (info & HAS_KEY) !== 0;
  const origin = hasOrigin ? readId(cursor) : null;
  if (hasRightOrigin) readId(cursor);
  const isAlone = !hasOrigin && !hasRightOrigin;
  const root = isAlone ? readParent(cursor) : null;
  if (isAlone && isInMap) readSpan(cursor);
  const { start, end } = readSpan(cursor);
  if (cursor.isBroken || end - start > LIMITS.factBytesMax) return { kind: 'undecodable' };
  return { start, end, origin, hasRightOrigin, root, isInMap };
};

const checkContent = (info: number): CarrierError | null => {
  const content = info & 0x1f;
  if (content === BINARY) return null;
  if (content === DELETED) return { kind: 'delete-set' };
  if (content <= LAST_KNOWN) return { kind: 'not-binary' };
  return { kind: info === SKIP ? 'gap' : 'undecodable' };
};

const readId = (cursor: Cursor): { readonly client: number; readonly clock: number } => ({
  client: readNumber(cursor),
  clock: readNumber(cursor),
});

/** A root by its name, or the entry that it lies in, which is passed over. */
const readParent = (cursor: Cursor): Span | null => {
  if (readNumber(cursor) === ROOT_BY_NAME) return readSpan(cursor);
  readId(cursor);
  return null;
};

const readSpan = (cursor: Cursor): Span => {
  const length = readNumber(cursor);
  const start = skipBytes(cursor, length);
  return { start, end: start + length };
};
