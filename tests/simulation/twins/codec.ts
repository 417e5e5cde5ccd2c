import type { Result } from '../../../src/core/base/result.js';
import { type Fact, type FactError, parseFact as read } from '../../../src/core/facts/codec.js';

export * from '../../../src/core/facts/codec.js';

/** Facts kept at most; past that all are forgotten, which costs time and changes nothing. */
const KEPT_MAX = 20_000;
const factsByMark = new Map<number, Fact[]>();
let kept = 0;

/**
 * The parseFact of the app, asked once for equal bytes: all devices of a simulation and all their
 * lives read the same facts, which never change.
 */
export const parseFact = (foreign: Uint8Array): Result<Fact, FactError> => {
  const mark = markOf(foreign);
  const held = factsByMark.get(mark) ?? [];
  for (const fact of held) if (isSame(fact.bytes, foreign)) return { ok: true, value: fact };
  const fact = read(foreign);
  if (!fact.ok) return fact;
  if (kept >= KEPT_MAX) {
    factsByMark.clear();
    kept = 0;
  }
  kept += 1;
  factsByMark.set(mark, [...held, fact.value]);
  return fact;
};

const markOf = (bytes: Uint8Array): number => {
  let mark = bytes.length;
  for (let at = 0; at < bytes.length; at += 1) {
    mark = Math.imul(mark ^ (bytes[at] as number), 0x01000193);
  }
  return mark;
};

const isSame = (left: Uint8Array, right: Uint8Array): boolean => {
  if (left.length !== right.length) return false;
  for (let at = 0; at < left.length; at += 1) if (left[at] !== right[at]) return false;
  return true;
};
