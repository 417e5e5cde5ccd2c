import { readAscii } from './ascii.js';
import type { CanonicalValue } from './canonical.js';
import { LIMITS } from './limits.js';
import { err, ok, type Result } from './result.js';
import { isUtf8 } from './utf8.js';

/** Why bytes are not canonical; `at` is the offset in bytes of the item that is at fault. */
export type DecodeError =
  | { readonly kind: 'too-large'; readonly bytes: number; readonly bytesMax: number }
  | { readonly kind: 'truncated'; readonly at: number }
  | { readonly kind: 'trailing-bytes'; readonly at: number }
  /** An integer or a length is not in its shortest form. */
  | { readonly kind: 'not-shortest'; readonly at: number }
  /** Beyond ±(2^53 − 1). */
  | { readonly kind: 'integer-range'; readonly at: number }
  /** A tag, a fraction, an indefinite length, undefined or another simple value. */
  | { readonly kind: 'unsupported'; readonly at: number }
  | { readonly kind: 'ill-formed-text'; readonly at: number }
  | { readonly kind: 'key-not-text'; readonly at: number }
  /** A key is repeated or does not follow the one before. */
  | { readonly kind: 'key-order'; readonly at: number }
  | { readonly kind: 'too-deep'; readonly at: number }
  /** With this array or map there are more items than the reader was to make. */
  | { readonly kind: 'too-many'; readonly at: number };

type Fault = Exclude<DecodeError['kind'], 'too-large'>;

/** Where reading stands. */
export interface Reader {
  readonly bytes: Uint8Array;
  /** Whether values are made, or only looked at. */
  readonly makes: boolean;
  at: number;
  depth: number;
  /** How many more items arrays and maps may announce. */
  itemsLeft: number;
  fault: DecodeError | null;
}

/**
 * Reads canonical bytes in one pass.
 *
 * Accepts exactly what encodeCanonical writes for some value, so re-encoding gives the same bytes.
 * Byte strings are views of the input: who keeps one and changes the input changes both. Maps are
 * plain objects whose keys are all own properties.
 *
 * Limits: bytesMax bytes (default: any), LIMITS.cborDepthMax nested arrays and maps, itemsMax items
 * in all of them together (default: any): small items cost far more memory than their bytes.
 * Errors: one DecodeError, for the first fault.
 * Source: rule F2; RFC 8949 §4.2.1.
 */
export const decodeCanonical = (
  bytes: Uint8Array,
  bytesMax: number = Number.POSITIVE_INFINITY,
  itemsMax: number = Number.POSITIVE_INFINITY,
): Result<CanonicalValue, DecodeError> => {
  if (bytes.length > bytesMax) return err({ kind: 'too-large', bytes: bytes.length, bytesMax });
  const reader = createReader(bytes, true, itemsMax);
  const value = readWhole(reader);
  return reader.fault === null ? ok(value) : err(reader.fault);
};

/** Why bytes are not canonical, without making the value; null when they are. */
export const canonicalFault = (bytes: Uint8Array): DecodeError | null => {
  const reader = createReader(bytes, false);
  readWhole(reader);
  return reader.fault;
};

const readWhole = (reader: Reader): CanonicalValue => {
  const value = readItem(reader);
  endReading(reader);
  return value;
};

/** Nothing may stand behind the value. */
export const endReading = (reader: Reader): void => {
  if (reader.at < reader.bytes.length) fail(reader, 'trailing-bytes', reader.at);
};

/** Notes a fault, if it is the first. */
export const fail = (reader: Reader, kind: Fault, at: number): null => {
  reader.fault ??= { kind, at };
  return null;
};

/** Stands at the beginning. */
export const createReader = (
  bytes: Uint8Array,
  makes = true,
  itemsLeft: number = Number.POSITIVE_INFINITY,
): Reader => ({ bytes, makes, at: 0, depth: 0, itemsLeft, fault: null });

/** The value that stands here; null with a fault. */
export const readItem = (reader: Reader): CanonicalValue => {
  const start = reader.at;
  const first = reader.bytes[start];
  if (first === undefined) return fail(reader, 'truncated', start);
  if (first >= 0xc0) return readSimple(reader, first, start);
  const argument = readArgument(reader, first & 0x1f, start);
  if (reader.fault !== null) return null;
  switch (first >> 5) {
    case 0:
      return argument;
    case 1:
      return argument < LIMITS.integerMax ? -1 - argument : fail(reader, 'integer-range', start);
    case 2:
      return readBytes(reader, argument, start);
    case 3:
      return readText(reader, argument, start);
    case 4:
      return readArray(reader, argument, start);
    default:
      return readMap(reader, argument, start);
  }
};

const readSimple = (reader: Reader, first: number, start: number): CanonicalValue => {
  reader.at = start + 1;
  if (first === 0xf4) return false;
  if (first === 0xf5) return true;
  if (first === 0xf6) return null;
  return fail(reader, 'unsupported', start);
};

const WIDTHS = [1, 2, 4, 8] as const;
const LEAST = [24, 0x100, 0x10000, 0x1_0000_0000] as const;

/** The number that follows an item's first byte: its value or its length. */
export const readArgument = (reader: Reader, short: number, start: number): number => {
  reader.at = start + 1;
  if (short < 24) return short;
  const width = WIDTHS[short - 24];
  const least = LEAST[short - 24];
  if (width === undefined || least === undefined) return fail(reader, 'unsupported', start) ?? 0;
  if (start + 1 + width > reader.bytes.length) return fail(reader, 'truncated', start) ?? 0;
  reader.at = start + 1 + width;
  const argument = readUnsigned(reader.bytes, start + 1, width);
  if (argument > LIMITS.integerMax) return fail(reader, 'integer-range', start) ?? 0;
  if (argument < least) return fail(reader, 'not-shortest', start) ?? 0;
  return argument;
};

const readUnsigned = (bytes: Uint8Array, at: number, width: number): number => {
  let value = 0;
  for (let index = at; index < at + width; index += 1) {
    value = value * 0x100 + (bytes[index] as number);
  }
  return value;
};

const readBytes = (reader: Reader, length: number, start: number): Uint8Array | null => {
  const from = reader.at;
  if (length > reader.bytes.length - from) return fail(reader, 'truncated', start);
  reader.at = from + length;
  return reader.makes ? reader.bytes.subarray(from, from + length) : NOTHING;
};

/** Stands for every byte string that is only looked at. */
const NOTHING = new Uint8Array(0);

const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

const readText = (reader: Reader, length: number, start: number): string | null => {
  const from = reader.at;
  if (length > reader.bytes.length - from) return fail(reader, 'truncated', start);
  reader.at = from + length;
  if (!reader.makes) {
    return isUtf8(reader.bytes, from, reader.at) ? '' : fail(reader, 'ill-formed-text', start);
  }
  return (
    readAscii(reader.bytes, from, length) ??
    readUtf8(reader.bytes, from, length) ??
    fail(reader, 'ill-formed-text', start)
  );
};

const readUtf8 = (bytes: Uint8Array, from: number, length: number): string | null => {
  try {
    return UTF8.decode(bytes.subarray(from, from + length));
  } catch {
    return null;
  }
};

/** One list or map deeper; false with a fault. */
export const enter = (reader: Reader, items: number, start: number): boolean => {
  reader.depth += 1;
  reader.itemsLeft -= items;
  if (reader.itemsLeft < 0) fail(reader, 'too-many', start);
  if (reader.depth > LIMITS.cborDepthMax) fail(reader, 'too-deep', start);
  return reader.fault === null;
};

const SHORT_LIST_MAX = 64;

const readArray = (
  reader: Reader,
  length: number,
  start: number,
): readonly CanonicalValue[] | null => {
  if (!enter(reader, length, start)) return null;
  // A list that grows takes room for many more; one of any length may be announced.
  const isShort = reader.makes && length <= SHORT_LIST_MAX;
  const items = isShort ? new Array<CanonicalValue>(length) : [];
  for (let index = 0; index < length; index += 1) {
    const item = readItem(reader);
    if (reader.fault !== null) return null;
    if (isShort) items[index] = item;
    else if (reader.makes) items.push(item);
  }
  reader.depth -= 1;
  return items;
};

const readMap = (reader: Reader, length: number, start: number): CanonicalValue => {
  if (!enter(reader, 2 * length, start)) return null;
  const map: Record<string, CanonicalValue> = {};
  let previousFrom = -1;
  let previousTo = -1;
  for (let index = 0; index < length; index += 1) {
    const from = reader.at;
    const first = reader.bytes[from];
    if (first !== undefined && first >> 5 !== 3) return fail(reader, 'key-not-text', from);
    const key = readItem(reader);
    if (reader.fault !== null) return null;
    const follows = index === 0 || isBefore(reader, previousFrom, previousTo, from, reader.at);
    if (!follows) return fail(reader, 'key-order', from);
    previousFrom = from;
    previousTo = reader.at;
    const value = readItem(reader);
    if (reader.fault !== null) return null;
    if (reader.makes) setOwn(map, key as string, value);
  }
  reader.depth -= 1;
  return map;
};

/** Whether one encoded key sorts before another (RFC 8949 §4.2.1: by their encoded bytes). */
export const isBefore = (
  reader: Reader,
  leftFrom: number,
  leftTo: number,
  rightFrom: number,
  rightTo: number,
): boolean => {
  const length = Math.min(leftTo - leftFrom, rightTo - rightFrom);
  for (let index = 0; index < length; index += 1) {
    const left = reader.bytes[leftFrom + index] as number;
    const right = reader.bytes[rightFrom + index] as number;
    if (left !== right) return left < right;
  }
  return false;
};

/** `__proto__` as a key must stay data. */
export const setOwn = (
  map: Record<string, CanonicalValue>,
  key: string,
  value: CanonicalValue,
): void => {
  if (key === '__proto__') {
    const own = { value, enumerable: true, writable: true, configurable: true };
    Object.defineProperty(map, key, own);
  } else {
    map[key] = value;
  }
};
