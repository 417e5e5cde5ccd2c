import type { CanonicalMap, CanonicalValue } from './canonical.js';
import { assert } from './result.js';

/** Bytes on their way; it grows, and what is written is copied out of it unless it is full. */
interface Paper {
  bytes: Uint8Array;
  at: number;
}

const FIRST_BYTES = 1024;
const UTF8 = new TextEncoder();

/** Whether text is free of lone surrogates, so that it has one UTF-8 form. */
export const isWellFormedText = (text: string): boolean => utf8Length(text) >= 0;

/** Bytes of a text's UTF-8 form; negative where a surrogate stands alone. */
const utf8Length = (text: string): number => {
  let length = text.length;
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    if (unit < 0x80) continue;
    length += unit < 0x800 ? 1 : 2;
    if (unit < 0xd800 || unit > 0xdfff) continue;
    const next = text.charCodeAt(index + 1);
    if (unit > 0xdbff || !(next >= 0xdc00 && next <= 0xdfff)) return -1;
    // Two units become four bytes.
    index += 1;
  }
  return length;
};

const WRITTEN = Symbol('canonical bytes');

/** A value whose canonical bytes are at hand: encodeCanonical writes these, without a look. */
export const asWritten = (bytes: Uint8Array): CanonicalValue =>
  ({ [WRITTEN]: bytes }) as unknown as CanonicalValue;

/**
 * The one way to write a value as bytes: RFC 8949 §4.2 deterministic CBOR.
 *
 * Maps are written with sorted keys whatever the order in memory. A property test shows that cborg
 * writes the same; this writer exists because thousands of items are written at each snapshot.
 * Errors: throws on what canonical bytes cannot say (fractions, ill-formed text, undefined).
 * Source: rules F1 and F2; RFC 8949 §4.2.1.
 */
export const encodeCanonical = (value: CanonicalValue): Uint8Array => {
  const paper: Paper = { bytes: sheet, at: 0 };
  write(paper, value);
  const isFull = paper.bytes !== sheet && paper.at === paper.bytes.length;
  return isFull ? paper.bytes : paper.bytes.slice(0, paper.at);
};

/** Paper that is used again and again, by one call after the other. */
const sheet = new Uint8Array(FIRST_BYTES);

const write = (paper: Paper, value: CanonicalValue): void => {
  switch (typeof value) {
    case 'number':
      return writeNumber(paper, value);
    case 'string':
      return writeText(paper, value);
    case 'boolean':
      return writeByte(paper, value ? 0xf5 : 0xf4);
    case 'object':
      if (value === null) return writeByte(paper, 0xf6);
      if (value instanceof Uint8Array) return writeBytes(paper, value);
      return Array.isArray(value)
        ? writeList(paper, value as readonly CanonicalValue[])
        : writeMap(paper, value as CanonicalMap);
    default:
      throw new Error(`broken invariant: canonical bytes hold no ${typeof value}`);
  }
};

/** Makes room for so many more bytes. */
const reserve = (paper: Paper, count: number): void => {
  const needed = paper.at + count;
  if (needed <= paper.bytes.length) return;
  const grown = new Uint8Array(Math.max(needed, paper.bytes.length * 2));
  grown.set(paper.bytes);
  paper.bytes = grown;
};

const writeByte = (paper: Paper, byte: number): void => {
  reserve(paper, 1);
  paper.bytes[paper.at++] = byte;
};

/** Major type and argument in their shortest form. */
const writeHead = (paper: Paper, major: number, argument: number): void => {
  reserve(paper, 9);
  const { bytes } = paper;
  const type = major << 5;
  if (argument < 24) {
    bytes[paper.at++] = type | argument;
  } else if (argument < 0x100) {
    bytes[paper.at++] = type | 24;
    bytes[paper.at++] = argument;
  } else if (argument < 0x10000) {
    bytes[paper.at++] = type | 25;
    bytes[paper.at++] = argument >>> 8;
    bytes[paper.at++] = argument & 0xff;
  } else if (argument < 0x100000000) {
    bytes[paper.at++] = type | 26;
    writeWord(paper, argument);
  } else {
    bytes[paper.at++] = type | 27;
    writeWord(paper, Math.floor(argument / 0x100000000));
    writeWord(paper, argument % 0x100000000);
  }
};

const writeWord = (paper: Paper, word: number): void => {
  for (const shift of [24, 16, 8, 0]) paper.bytes[paper.at++] = (word >>> shift) & 0xff;
};

const writeNumber = (paper: Paper, value: number): void => {
  assert(Number.isSafeInteger(value), 'canonical numbers are safe integers');
  if (value < 0) writeHead(paper, 1, -1 - value);
  else writeHead(paper, 0, value);
};

const writeBytes = (paper: Paper, value: Uint8Array): void => {
  writeHead(paper, 2, value.length);
  writeRaw(paper, value);
};

const writeRaw = (paper: Paper, value: Uint8Array): void => {
  reserve(paper, value.length);
  paper.bytes.set(value, paper.at);
  paper.at += value.length;
};

const writeText = (paper: Paper, value: string): void => {
  if (isPlain(value)) {
    writeHead(paper, 3, value.length);
    reserve(paper, value.length);
    for (let index = 0; index < value.length; index += 1) {
      paper.bytes[paper.at++] = value.charCodeAt(index);
    }
    return;
  }
  const length = utf8Length(value);
  assert(length >= 0, 'canonical text is well formed');
  writeHead(paper, 3, length);
  reserve(paper, length);
  UTF8.encodeInto(value, paper.bytes.subarray(paper.at));
  paper.at += length;
};

/** One byte a character: most keys and many texts. */
const isPlain = (text: string): boolean => {
  for (let index = 0; index < text.length; index += 1) {
    if (text.charCodeAt(index) > 0x7f) return false;
  }
  return true;
};

const writeList = (paper: Paper, value: readonly CanonicalValue[]): void => {
  writeHead(paper, 4, value.length);
  for (const each of value) write(paper, each);
};

const writeMap = (paper: Paper, value: CanonicalMap): void => {
  const written = (value as { readonly [WRITTEN]?: Uint8Array })[WRITTEN];
  if (written !== undefined) return writeRaw(paper, written);
  const prototype: unknown = Object.getPrototypeOf(value);
  const isPlainMap = prototype === Object.prototype || prototype === null;
  assert(isPlainMap, 'canonical maps are plain objects');
  const keys = Object.keys(value).sort(byEncoding);
  writeHead(paper, 5, keys.length);
  for (const key of keys) {
    writeText(paper, key);
    write(paper, value[key] as CanonicalValue);
  }
};

/** The order of the encoded keys: shorter ones first, then by their bytes. */
const byEncoding = (left: string, right: string): number => {
  if (isPlain(left) && isPlain(right)) {
    return left.length - right.length || (left < right ? -1 : 1);
  }
  const [a, b] = [UTF8.encode(left), UTF8.encode(right)];
  if (a.length !== b.length) return a.length - b.length;
  const at = a.findIndex((byte, index) => byte !== b[index]);
  return at < 0 ? 0 : (a[at] as number) - (b[at] as number);
};
