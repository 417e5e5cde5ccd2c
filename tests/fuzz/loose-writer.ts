import type { CanonicalMap, CanonicalValue } from '../../src/core/base/canonical.js';
import type { Chance } from './chance.js';

/**
 * Writes a value as CBOR that is mostly right: now and then a number in a longer form, a count that
 * lies, keys out of order or twice, an indefinite length, a tag, a fraction.
 */
export const writeLoosely = (value: CanonicalValue, chance: Chance): Uint8Array => {
  const bytes: number[] = [];
  write(bytes, value, chance);
  return Uint8Array.from(bytes);
};

const SLIP_ONE_IN = 40;

const write = (bytes: number[], value: CanonicalValue, chance: Chance): void => {
  if (chance.oneIn(4 * SLIP_ONE_IN)) bytes.push(chance.pick(ODDITIES)[chance.below(2)] as number);
  if (typeof value === 'number') {
    if (chance.oneIn(2 * SLIP_ONE_IN)) return writeFraction(bytes, value);
    return value < 0 ? head(bytes, 1, -1 - value, chance) : head(bytes, 0, value, chance);
  }
  if (typeof value === 'string') {
    const encoded = new TextEncoder().encode(value);
    head(bytes, 3, encoded.length, chance);
    return push(bytes, encoded, chance);
  }
  if (typeof value === 'boolean') return void bytes.push(value ? 0xf5 : 0xf4);
  if (value === null) return void bytes.push(chance.oneIn(SLIP_ONE_IN) ? 0xf7 : 0xf6);
  if (value instanceof Uint8Array) {
    head(bytes, 2, value.length, chance);
    return push(bytes, value, chance);
  }
  if (Array.isArray(value)) return writeList(bytes, value as readonly CanonicalValue[], chance);
  writeMap(bytes, value as CanonicalMap, chance);
};

/** Tags, simple values, breaks, reserved heads. */
const ODDITIES: readonly (readonly [number, number])[] = [
  [0xc0, 0xd8],
  [0xf7, 0xff],
  [0xe0, 0xf8],
  [0x1c, 0xfc],
];

const head = (bytes: number[], major: number, argument: number, chance: Chance): void => {
  const shown = chance.oneIn(SLIP_ONE_IN) ? argument + chance.pick([1, -1, 200]) : argument;
  const least = shown < 24 ? 0 : shown < 256 ? 1 : shown < 65_536 ? 2 : shown < 2 ** 32 ? 4 : 8;
  const width = chance.oneIn(SLIP_ONE_IN) ? chance.pick([1, 2, 4, 8]) : least;
  const isIndefinite = major >= 2 && chance.oneIn(4 * SLIP_ONE_IN);
  if (isIndefinite) return void bytes.push((major << 5) | 31);
  if (width === 0) return void bytes.push((major << 5) | (shown & 0x1f));
  bytes.push((major << 5) | (24 + [1, 2, 4, 8].indexOf(width)));
  for (let place = width - 1; place >= 0; place -= 1) {
    bytes.push(Math.floor(shown / 256 ** place) % 256);
  }
};

const push = (bytes: number[], content: Uint8Array, chance: Chance): void => {
  for (const byte of content) bytes.push(byte);
  if (content.length > 0 && chance.oneIn(SLIP_ONE_IN)) bytes[bytes.length - 1] = 0xed;
};

const writeFraction = (bytes: number[], value: number): void => {
  bytes.push(0xfb);
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value + 0.5);
  for (let at = 0; at < 8; at += 1) bytes.push(view.getUint8(at));
};

const writeList = (bytes: number[], list: readonly CanonicalValue[], chance: Chance): void => {
  head(bytes, 4, list.length, chance);
  for (const each of list) write(bytes, each, chance);
};

const writeMap = (bytes: number[], map: CanonicalMap, chance: Chance): void => {
  const keys = Object.keys(map).sort((a, b) => a.length - b.length || (a < b ? -1 : 1));
  if (chance.oneIn(SLIP_ONE_IN)) keys.reverse();
  if (chance.oneIn(SLIP_ONE_IN) && keys[0] !== undefined) keys.unshift(keys[0]);
  head(bytes, 5, keys.length, chance);
  for (const key of keys) {
    write(bytes, chance.oneIn(4 * SLIP_ONE_IN) ? 7 : key, chance);
    write(bytes, map[key] as CanonicalValue, chance);
  }
};
