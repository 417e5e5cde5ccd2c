import type { Result } from '../../../src/core/base/result.js';

/** Values kept at most; past that all are forgotten, which costs time and changes nothing. */
const KEPT_MAX = 20_000;

interface Read<T> {
  readonly bytes: Uint8Array;
  readonly value: T;
}

/**
 * A reader that reads equal bytes once: all devices of a simulation and all their lives read the
 * same bytes, and what was read never changes. What does not read is read each time.
 */
export const rememberEqual = <T, E>(
  read: (bytes: Uint8Array) => Result<T, E>,
): ((bytes: Uint8Array) => Result<T, E>) => {
  const heldByMark = new Map<number, Read<T>[]>();
  /** Rows and facts in memory are never changed, and most are asked about many times. */
  const heldByBytes = new WeakMap<Uint8Array, Result<T, E>>();
  let kept = 0;
  return (bytes) => {
    const known = heldByBytes.get(bytes);
    if (known !== undefined) return known;
    const mark = markOf(bytes);
    const held = heldByMark.get(mark);
    for (const each of held ?? []) {
      if (!isSame(each.bytes, bytes)) continue;
      const again = okOf(each.value);
      heldByBytes.set(bytes, again);
      return again;
    }
    const found = read(bytes);
    if (!found.ok) return found;
    heldByBytes.set(bytes, found);
    if (kept >= KEPT_MAX) {
      heldByMark.clear();
      kept = 0;
    }
    kept += 1;
    // A view of a message would be other bytes once the message were changed.
    heldByMark.set(mark, [...(held ?? []), { bytes: bytes.slice(), value: found.value }]);
    return found;
  };
};

const okOf = <T>(value: T): { readonly ok: true; readonly value: T } => ({ ok: true, value });

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
