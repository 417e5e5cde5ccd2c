import { encode, rfc8949EncodeOptions, type EncodeOptions } from 'cborg';
import { assert } from './result.js';

/** What canonical bytes can say. Numbers are integers within ±(2^53 − 1). */
export type CanonicalValue =
  number | string | boolean | null | Uint8Array | readonly CanonicalValue[] | CanonicalMap;

export interface CanonicalMap {
  readonly [key: string]: CanonicalValue;
}

const LONE_SURROGATE = /\p{Surrogate}/u;

/** Whether text is free of lone surrogates, so that it has one UTF-8 form. */
export const isWellFormedText = (text: string): boolean => !LONE_SURROGATE.test(text);

const refuse = (what: string) => (): never => {
  throw new Error(`broken invariant: canonical bytes hold no ${what}`);
};

const OPTIONS: EncodeOptions = {
  ...rfc8949EncodeOptions,
  typeEncoders: {
    number: (value: number) => {
      assert(Number.isSafeInteger(value), 'canonical numbers are safe integers');
      return null;
    },
    string: (value: string) => {
      assert(isWellFormedText(value), 'canonical text is well formed');
      return null;
    },
    undefined: refuse('undefined'),
    bigint: refuse('bigint'),
    Map: refuse('Map'),
    Tagged: refuse('tag'),
  },
};

/**
 * The one way to write a value as bytes: RFC 8949 §4.2 deterministic CBOR.
 *
 * Maps are written with sorted keys whatever the order in memory.
 * Errors: throws on what canonical bytes cannot say (fractions, ill-formed text, undefined).
 * Source: rules F1 and F2; RFC 8949 §4.2.1.
 */
export const encodeCanonical = (value: CanonicalValue): Uint8Array =>
  ownBytes(encode(value, OPTIONS));

/** The encoder may hand out a Buffer within a shared pool; ours own their memory. */
const ownBytes = (bytes: Uint8Array): Uint8Array =>
  bytes.constructor === Uint8Array && bytes.length === bytes.buffer.byteLength
    ? bytes
    : new Uint8Array(bytes);

export { decodeCanonical, type DecodeError } from './canonical-reader.js';
