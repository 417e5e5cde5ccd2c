import type { Chance } from './chance.js';

/** Longest input that mutations make, but for the few that are made to be long. */
const BYTES_MAX = 12 * 1024;
const LONG_BYTES_MAX = 256 * 1024;

type Mutation = (bytes: Uint8Array, chance: Chance, other: Uint8Array) => Uint8Array;

const joined = (...parts: readonly Uint8Array[]): Uint8Array => {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
};

const changed = (bytes: Uint8Array, at: number, byte: number): Uint8Array => {
  const copy = bytes.slice();
  copy[at] = byte;
  return copy;
};

const flipBit: Mutation = (bytes, chance) => {
  const at = chance.below(bytes.length);
  return changed(bytes, at, (bytes[at] ?? 0) ^ (1 << chance.below(8)));
};

const replaceByte: Mutation = (bytes, chance) =>
  changed(bytes, chance.below(bytes.length), chance.below(256));

const cutShort: Mutation = (bytes, chance) => bytes.slice(0, chance.below(bytes.length));

const addBytes: Mutation = (bytes, chance) => joined(bytes, chance.bytes(1 + chance.below(8)));

const leaveOut: Mutation = (bytes, chance) => {
  const from = chance.below(bytes.length);
  return joined(bytes.subarray(0, from), bytes.subarray(from + 1 + chance.below(16)));
};

const repeatPart: Mutation = (bytes, chance) => {
  const from = chance.below(bytes.length);
  const part = bytes.subarray(from, from + 1 + chance.below(64));
  return joined(bytes.subarray(0, from), part, bytes.subarray(from));
};

const splice: Mutation = (bytes, chance, other) =>
  joined(bytes.subarray(0, chance.below(bytes.length)), other.subarray(chance.below(other.length)));

/** Whatever a length or a count may be, and does not fit. */
const COUNTS = ['17', '18ff', '19ffff', '1a7fffffff', '1affffffff', '1b001fffffffffffff'];
const COUNTS_BEYOND = [
  '1b0020000000000000',
  '1bffffffffffffffff',
  '1f',
  '1c',
  '1b0000000000000001',
];
const HEADS = [...COUNTS, ...COUNTS_BEYOND].map((hex) => Uint8Array.from(Buffer.from(hex, 'hex')));

/** Puts another length or value behind the major type that stands somewhere. */
const editHead: Mutation = (bytes, chance) => {
  const at = chance.below(bytes.length);
  const head = chance.pick(HEADS).slice();
  head[0] = ((bytes[at] ?? 0) & 0xe0) | (head[0] as number);
  return joined(bytes.subarray(0, at), head, bytes.subarray(at + 1));
};

/** Writes a short number somewhere in a longer form. */
const lengthenNumber: Mutation = (bytes, chance) => {
  const at = chance.below(bytes.length);
  const first = bytes[at] ?? 0;
  const longer = Uint8Array.of((first & 0xe0) | 24, first & 0x1f);
  return joined(bytes.subarray(0, at), longer, bytes.subarray(at + 1));
};

const nest: Mutation = (bytes, chance) => {
  const at = chance.oneIn(2) ? 0 : chance.below(bytes.length);
  const shells = new Uint8Array(1 + chance.below(40)).fill(chance.pick([0x81, 0xa1, 0x9f, 0xc1]));
  return joined(bytes.subarray(0, at), shells, bytes.subarray(at));
};

/** Numbers that lengths and offsets of other formats are written as. */
const editWord: Mutation = (bytes, chance) => {
  const copy = bytes.slice();
  const at = chance.below(bytes.length);
  copy.set(chance.pick([VARINT_MAX, WORD_MAX, WORD_ZERO]).subarray(0, copy.length - at), at);
  return copy;
};
const VARINT_MAX = Uint8Array.of(255, 255, 255, 255, 255, 255, 255, 15);
const WORD_MAX = Uint8Array.of(255, 255, 255, 255);
const WORD_ZERO = new Uint8Array(4);

const MUTATIONS: readonly Mutation[] = [
  ...[flipBit, flipBit, replaceByte, cutShort, addBytes, leaveOut, repeatPart, splice],
  ...[editHead, lengthenNumber, nest, editWord],
];

/** Changes bytes a few times, at random places. `other` is what may be spliced in. */
export const mutateBytes = (bytes: Uint8Array, other: Uint8Array, chance: Chance): Uint8Array => {
  let changing = bytes;
  for (let left = 1 + chance.below(3); left > 0; left -= 1) {
    const mutated = chance.pick(MUTATIONS)(changing, chance, other);
    if (mutated.length <= BYTES_MAX) changing = mutated;
  }
  return changing;
};

/** A part of the bytes over and over, where a count in front of it may have to agree. */
export const lengthenBytes = (bytes: Uint8Array, chance: Chance): Uint8Array => {
  const from = chance.below(bytes.length);
  const part = bytes.slice(from, from + 1 + chance.below(chance.oneIn(2) ? 1 : 200));
  const head = bytes.subarray(0, from);
  const room = Math.max(0, LONG_BYTES_MAX - bytes.length);
  const times = Math.floor(room / Math.max(1, part.length) / (1 + chance.below(8)));
  const middle = new Uint8Array(part.length * times);
  for (let at = 0; at < middle.length; at += part.length) middle.set(part, at);
  const count = Uint8Array.of(
    chance.pick([0x99, 0xb9, 0x59, 0x79]),
    (times >> 8) & 255,
    times & 255,
  );
  return joined(head, chance.oneIn(2) ? count : head.subarray(0, 0), middle, bytes.subarray(from));
};
