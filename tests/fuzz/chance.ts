/** Draws that one seed decides: the same seed gives the same draws, everywhere. */
export interface Chance {
  /** 0 to 2^32 − 1. */
  readonly word: () => number;
  /** 0 to count − 1; 0 for a count of 0. */
  readonly below: (count: number) => number;
  readonly oneIn: (count: number) => boolean;
  readonly pick: <T>(items: readonly T[]) => T;
  readonly bytes: (length: number) => Uint8Array;
}

/**
 * Creates the draws of one run, from the seed of the campaign, the door's name and the run's number.
 *
 * Each run has draws of its own, so that any of them can be repeated without those before it.
 * Source: sfc32 (PractRand), 32-bit words.
 */
export const createChance = (seed: number, name: string, run: number): Chance => {
  let a = seed | 0;
  let b = hashOfText(name);
  let c = run | 0;
  let counter = Math.floor(run / 2 ** 32) + 1;
  const word = (): number => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return sum >>> 0;
  };
  for (let turn = 0; turn < 12; turn += 1) word();
  const below = (count: number): number => (count < 2 ? 0 : word() % count);
  return {
    word,
    below,
    oneIn: (count) => below(count) === 0,
    pick: (items) => items[below(items.length)] as never,
    bytes: (length) => {
      const bytes = new Uint8Array(length);
      for (let at = 0; at < length; at += 1) bytes[at] = word() >>> 13;
      return bytes;
    },
  };
};

const hashOfText = (text: string): number => {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  }
  return hash;
};
