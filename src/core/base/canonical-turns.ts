import {
  type DecodeError,
  type Reader,
  endReading,
  enter,
  fail,
  isBefore,
  readArgument,
  readItem,
  setOwn,
} from './canonical-reader.js';
import type { CanonicalValue } from './canonical.js';
import { err, ok, type Result } from './result.js';
import type { Work } from './work.js';

/** So deep in lists and maps an item is read in one go. */
const OUTER_DEPTH = 3;
/** So many items of an outer list are read before others may have a turn. */
const ITEMS_AT_ONCE = 64;

/** Whether an item of the outer list of that key was taken, and is to be left out of the value. */
export type TakeItem = (key: string, item: CanonicalValue) => boolean;

/**
 * Reads canonical bytes as decodeCanonical does, as work that can be cut between the items of outer
 * lists: a state with all its items would keep a thread for long.
 *
 * `take` is shown each of those items as soon as it is read. What it takes is held here no longer:
 * a hundred thousand of them, made into something else at the end, would all lie there twice.
 */
export function* decodingCanonical(
  bytes: Uint8Array,
  bytesMax: number,
  take: TakeItem = () => false,
): Work<Result<CanonicalValue, DecodeError>> {
  if (bytes.length > bytesMax) return err({ kind: 'too-large', bytes: bytes.length, bytesMax });
  const itemsLeft = Number.POSITIVE_INFINITY;
  const reader: Reader = { bytes, makes: true, at: 0, depth: 0, itemsLeft, fault: null };
  const value = yield* readOuter(reader, '', take);
  endReading(reader);
  return reader.fault === null ? ok(value) : err(reader.fault);
}

function* readOuter(reader: Reader, name: string, take: TakeItem): Work<CanonicalValue> {
  const start = reader.at;
  const first = reader.bytes[start] ?? 0;
  const isList = first >> 5 === 4;
  if (!isList && first >> 5 !== 5) return readItem(reader);
  const length = readArgument(reader, first & 0x1f, start);
  if (reader.fault !== null || !enter(reader, isList ? length : 2 * length, start)) return null;
  const items: CanonicalValue[] = [];
  const map: Record<string, CanonicalValue> = {};
  let before: Span | null = null;
  for (let index = 0; index < length; index += 1) {
    if (index % ITEMS_AT_ONCE === ITEMS_AT_ONCE - 1) yield;
    const from = reader.at;
    const key = isList ? null : readKey(reader, before);
    if (reader.fault !== null) return null;
    before = { from, to: reader.at };
    const isDeep = reader.depth >= OUTER_DEPTH;
    const inner = isList ? name : (key as string);
    const item = isDeep ? readItem(reader) : yield* readOuter(reader, inner, take);
    if (reader.fault !== null) return null;
    if (!isList) setOwn(map, key as string, item);
    else if (!take(name, item)) items.push(item);
  }
  reader.depth -= 1;
  return isList ? items : map;
}

/** Where an encoded key stands. */
interface Span {
  readonly from: number;
  readonly to: number;
}

/** The key that stands here, which has to follow the one before. */
const readKey = (reader: Reader, before: Span | null): CanonicalValue => {
  const from = reader.at;
  const first = reader.bytes[from];
  if (first !== undefined && first >> 5 !== 3) return fail(reader, 'key-not-text', from);
  const key = readItem(reader);
  if (reader.fault !== null) return null;
  const follows = before === null || isBefore(reader, before.from, before.to, from, reader.at);
  return follows ? key : fail(reader, 'key-order', from);
};
