/** Where a fact says that it stands: the 32 bytes of its session, as a view, and its seq. */
export interface ClaimedPlace {
  readonly session: Uint8Array;
  readonly seq: number;
}

const PAIR = 0x82;
const ENVELOPE = [0x8c, 0x01] as const;
const ID_BYTES = 32;
/** An identifier with its two bytes of head. */
const ID_ITEM_BYTES = ID_BYTES + 2;
const SESSION_AT = ENVELOPE.length + ID_ITEM_BYTES;
const SEQ_AT = ENVELOPE.length + 3 * ID_ITEM_BYTES;

/**
 * Reads only where a fact claims to stand: a few dozen bytes of it, without making anything else.
 *
 * For every well-formed fact it is what the envelope says; null for bytes that are no pair of byte
 * strings, or whose envelope does not begin as one. That the rest is sound is up to parseFact.
 * Limits: any length; the time does not grow with it. Errors: none is thrown.
 * Source: rule F1, the order of an envelope's fields; RFC 8949 §3.
 */
export const peekPlace = (fact: Uint8Array): ClaimedPlace | null => {
  if (fact[0] !== PAIR) return null;
  const envelope = byteStringAt(fact, 1);
  if (envelope === null) return null;
  const body = byteStringAt(fact, envelope.end);
  if (body === null || body.end !== fact.length) return null;
  const { start, end } = envelope;
  if (fact[start] !== ENVELOPE[0] || fact[start + 1] !== ENVELOPE[1]) return null;
  if (end < start + SEQ_AT) return null;
  for (let at = start + ENVELOPE.length; at < start + SEQ_AT; at += ID_ITEM_BYTES) {
    if (fact[at] !== 0x58 || fact[at + 1] !== ID_BYTES) return null;
  }
  const seq = unsignedAt(fact, start + SEQ_AT, end);
  if (seq === null) return null;
  const from = start + SESSION_AT + 2;
  return { session: fact.subarray(from, from + ID_BYTES), seq };
};

interface Span {
  readonly start: number;
  readonly end: number;
}

/** A byte string of less than 64 KiB, which is more than any fact has; null for anything else. */
const byteStringAt = (bytes: Uint8Array, at: number): Span | null => {
  const first = bytes[at];
  if (first === undefined || first < 0x40 || first > 0x59) return null;
  const width = first < 0x58 ? 0 : first - 0x57;
  const length = width === 0 ? first - 0x40 : numberAt(bytes, at + 1, width);
  const start = at + 1 + width;
  const end = start + length;
  return end <= bytes.length ? { start, end } : null;
};

const WIDTHS = [1, 2, 4, 8] as const;

const unsignedAt = (bytes: Uint8Array, at: number, end: number): number | null => {
  const first = bytes[at];
  if (first === undefined || at >= end || first > 0x1b) return null;
  if (first < 0x18) return first;
  const width = WIDTHS[first - 0x18] ?? 1;
  if (at + 1 + width > end) return null;
  const value = numberAt(bytes, at + 1, width);
  return Number.isSafeInteger(value) ? value : null;
};

/** Big-endian; what lies beyond the bytes makes it NaN, which fails every comparison. */
const numberAt = (bytes: Uint8Array, at: number, width: number): number => {
  let value = 0;
  for (let index = at; index < at + width; index += 1) {
    value = value * 0x100 + (bytes[index] ?? Number.NaN);
  }
  return value;
};
