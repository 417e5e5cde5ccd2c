/** Numbers that one seed decides: the only source of chance in a simulation (rule X1). */
export interface Chance {
  /** Evenly spread in 0 <= x < 1. */
  readonly next: () => number;
  /** A whole number from 0 to below - 1. */
  readonly below: (below: number) => number;
  /** A whole number from min to max, both included. */
  readonly between: (min: number, max: number) => number;
  readonly happens: (probability: number) => boolean;
  /** One of them; throws when there is none. */
  readonly pick: <T>(all: readonly T[]) => T;
  /** One of them, the likelier the greater its weight; null when no weight is positive. */
  readonly weighed: <T>(all: readonly (readonly [weight: number, value: T])[]) => T | null;
  readonly bytes: (length: number) => Uint8Array;
  /** A stream of its own: what is drawn from one does not move the other. */
  readonly fork: (name: string) => Chance;
}

/** xoshiro128** over a state that a seed's text decides. Source: Blackman and Vigna, 2018. */
export const createChance = (seed: string): Chance => {
  const state = stateOf(seed);
  const next32 = (): number => {
    let [a = 0, b = 0, c = 0, d = 0] = state;
    const result = Math.imul(rotate(Math.imul(b, 5), 7), 9) >>> 0;
    const shifted = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= shifted;
    d = rotate(d, 11);
    state[0] = a;
    state[1] = b;
    state[2] = c;
    state[3] = d;
    return result;
  };
  const next = (): number => next32() / 2 ** 32;
  const below = (limit: number): number => Math.floor(next() * limit);
  return {
    next,
    below,
    between: (min, max) => min + below(max - min + 1),
    happens: (probability) => next() < probability,
    pick: (all) => {
      if (all.length === 0) throw new Error('broken invariant: nothing to pick from');
      return all[below(all.length)] as (typeof all)[number];
    },
    weighed: (all) => {
      const total = all.reduce((sum, [weight]) => sum + Math.max(0, weight), 0);
      if (total <= 0) return null;
      let left = next() * total;
      for (const [weight, value] of all) {
        left -= Math.max(0, weight);
        if (left < 0) return value;
      }
      return null;
    },
    bytes: (length) => {
      const out = new Uint8Array(length);
      for (let at = 0; at < length; at += 1) out[at] = next32() & 0xff;
      return out;
    },
    fork: (name) => createChance(`${seed}/${name}`),
  };
};

const rotate = (value: number, by: number): number => (value << by) | (value >>> (32 - by));

const stateOf = (seed: string): Int32Array => {
  const state = new Int32Array([0x9e3779b9, 0x243f6a88, 0xb7e15162, 0x5851f42d]);
  for (let at = 0; at < seed.length; at += 1) {
    const code = seed.charCodeAt(at);
    for (let word = 0; word < 4; word += 1) {
      const held = state[word] ?? 0;
      state[word] = Math.imul(held ^ (code + word * 0x61c88647), 0x85ebca6b + 2 * word);
      state[word] = (state[word] ?? 0) ^ ((state[(word + 3) % 4] ?? 0) >>> 13);
    }
  }
  return state;
};
