import type { CanonicalMap, CanonicalValue } from '../../src/core/base/canonical.js';
import type { Chance } from './chance.js';

/**
 * Writes a value as CBOR that is mostly right: now and then a number in a longer form, a count that
 * lies, keys out of order or twice, an indefinite length, a tag, a fraction.
 */
export const writeLoosely = (value: CanonicalValue, chance: Chance): Uint8Array => {
  const paper = createPaper();
  write(paper, value, chance);
  return paper.written();
};

/** Bytes that grow: a list of numbers would take eight times the room. */
interface Paper {
  readonly push: (byte: number) => void;
  readonly pushAll: (content: Uint8Array) => void;
  readonly changeLast: (byte: number) => void;
  readonly written: () => Uint8Array;
}

const createPaper = (): Paper => {
  let bytes = new Uint8Array(1024);
  let at = 0;
  const pushAll = (content: Uint8Array): void => {
    if (at + content.length > bytes.length) {
      const grown = new Uint8Array(Math.max(at + content.length, bytes.length * 2));
      grown.set(bytes);
      bytes = grown;
    }
    bytes.set(content, at);
    at += content.length;
  };
  return {
    push: (byte) => pushAll(Uint8Array.of(byte)),
    pushAll,
    changeLast: (byte) => {
      bytes[at - 1] = byte;
    },
    written: () => bytes.slice(0, at),
  };
};

const SLIP_ONE_IN = 40;

const write = (paper: Paper, value: CanonicalValue, chance: Chance): void => {
  if (chance.oneIn(4 * SLIP_ONE_IN)) paper.push(chance.pick(ODDITIES)[chance.below(2)] as number);
  if (typeof value === 'number') {
    if (chance.oneIn(2 * SLIP_ONE_IN)) return writeFraction(paper, value);
    return value < 0 ? head(paper, 1, -1 - value, chance) : head(paper, 0, value, chance);
  }
  if (typeof value === 'string') {
    const encoded = new TextEncoder().encode(value);
    head(paper, 3, encoded.length, chance);
    return push(paper, encoded, chance);
  }
  if (typeof value === 'boolean') return void paper.push(value ? 0xf5 : 0xf4);
  if (value === null) return void paper.push(chance.oneIn(SLIP_ONE_IN) ? 0xf7 : 0xf6);
  if (value instanceof Uint8Array) {
    head(paper, 2, value.length, chance);
    return push(paper, value, chance);
  }
  if (Array.isArray(value)) return writeList(paper, value as readonly CanonicalValue[], chance);
  writeMap(paper, value as CanonicalMap, chance);
};

/** Tags, simple values, breaks, reserved heads. */
const ODDITIES: readonly (readonly [number, number])[] = [
  [0xc0, 0xd8],
  [0xf7, 0xff],
  [0xe0, 0xf8],
  [0x1c, 0xfc],
];

const head = (paper: Paper, major: number, argument: number, chance: Chance): void => {
  const shown = chance.oneIn(SLIP_ONE_IN) ? argument + chance.pick([1, -1, 200]) : argument;
  const least = shown < 24 ? 0 : shown < 256 ? 1 : shown < 65_536 ? 2 : shown < 2 ** 32 ? 4 : 8;
  const width = chance.oneIn(SLIP_ONE_IN) ? chance.pick([1, 2, 4, 8]) : least;
  const isIndefinite = major >= 2 && chance.oneIn(4 * SLIP_ONE_IN);
  if (isIndefinite) return void paper.push((major << 5) | 31);
  if (width === 0) return void paper.push((major << 5) | (shown & 0x1f));
  paper.push((major << 5) | (24 + [1, 2, 4, 8].indexOf(width)));
  for (let place = width - 1; place >= 0; place -= 1) {
    paper.push(Math.floor(shown / 256 ** place) % 256);
  }
};

const push = (paper: Paper, content: Uint8Array, chance: Chance): void => {
  paper.pushAll(content);
  if (content.length > 0 && chance.oneIn(SLIP_ONE_IN)) paper.changeLast(0xed);
};

const writeFraction = (paper: Paper, value: number): void => {
  paper.push(0xfb);
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value + 0.5);
  for (let at = 0; at < 8; at += 1) paper.push(view.getUint8(at));
};

const writeList = (paper: Paper, list: readonly CanonicalValue[], chance: Chance): void => {
  head(paper, 4, list.length, chance);
  for (const each of list) write(paper, each, chance);
};

const writeMap = (paper: Paper, map: CanonicalMap, chance: Chance): void => {
  const keys = Object.keys(map).sort((a, b) => a.length - b.length || (a < b ? -1 : 1));
  if (chance.oneIn(SLIP_ONE_IN)) keys.reverse();
  if (chance.oneIn(SLIP_ONE_IN) && keys[0] !== undefined) keys.unshift(keys[0]);
  head(paper, 5, keys.length, chance);
  for (const key of keys) {
    write(paper, chance.oneIn(4 * SLIP_ONE_IN) ? 7 : key, chance);
    write(paper, map[key] as CanonicalValue, chance);
  }
};
