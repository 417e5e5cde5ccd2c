/** What canonical bytes can say. Numbers are integers within ±(2^53 − 1). */
export type CanonicalValue =
  number | string | boolean | null | Uint8Array | readonly CanonicalValue[] | CanonicalMap;

export interface CanonicalMap {
  readonly [key: string]: CanonicalValue;
}

export { asWritten, encodeCanonical, isWellFormedText } from './canonical-writer.js';
export { canonicalFault, decodeCanonical, type DecodeError } from './canonical-reader.js';
export { type TakeItem, decodingCanonical } from './canonical-turns.js';
