import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type SessionId, brandHex } from '../../../src/core/base/brands.js';
import { isMatch, isPrefix, patternsOver } from '../../../src/core/base/key-pattern.js';
import { cacheMarkOf, floorMark, invalidationMark } from '../../../src/core/journal/floors.js';
import { type Marks, addMark, areSwept, joinMarks } from '../../../src/core/journal/marks.js';
import type { Register } from '../../../src/core/journal/registers.js';

const SESSIONS = ['aa', 'bb'].map((byte) => brandHex<SessionId>(byte.repeat(32)));
const KEYS = ['a', 'ab', 'abc', 'b'];
const PATTERNS = [...KEYS, 'a*', 'ab*', 'b*', '*'];

/** One invalidation; its number in its session is its place in the list of that session. */
interface Said {
  readonly session: number;
  readonly keys: readonly string[];
  readonly floor: number;
}

const said: fc.Arbitrary<Said> = fc.record({
  session: fc.nat(1),
  keys: fc.uniqueArray(fc.constantFrom(...PATTERNS), { minLength: 1, maxLength: 3 }),
  floor: fc.nat(3),
});
const history = fc.array(said, { maxLength: 9 });

/** The marks of each fact, session by session, as the fold is given them. */
const factsOf = (all: readonly Said[]): readonly (readonly Marks[])[] =>
  SESSIONS.map((session, at) =>
    all
      .filter((each) => each.session === at)
      .map(({ keys, floor }, seq) => {
        const stamp = { lamport: 1 + seq, session, seq, wallMs: 0 };
        const marks = new Map<string, Register>();
        for (const key of keys) {
          marks.set(floorMark(key), { ...stamp, value: floor });
          marks.set(invalidationMark(session, key), { ...stamp, value: seq });
        }
        return marks;
      }),
  );

const foldOf = (facts: readonly Marks[]): Marks => {
  const held = new Map<string, Register>();
  for (const marks of facts) for (const [name, mark] of marks) addMark(held, name, mark);
  return held;
};

const sorted = (held: Marks) => [...held].sort(([a], [b]) => (a < b ? -1 : 1));

/** Both sessions in the order of the picks, each in its own order. */
const mixed = (facts: readonly (readonly Marks[])[], picks: readonly boolean[]): Marks[] => {
  const [left = [], right = []] = facts.map((each) => [...each]);
  const order: Marks[] = [];
  for (let turn = 0; left.length + right.length > 0; turn += 1) {
    const [first, other] = picks[turn % picks.length] === true ? [left, right] : [right, left];
    const next = first.shift() ?? other.shift();
    if (next !== undefined) order.push(next);
  }
  return order;
};

const floorIn = (facts: readonly Said[], key: string): number =>
  Math.max(
    -1,
    ...facts
      .filter(({ keys }) => keys.some((each) => isMatch(each, key)))
      .map(({ floor }) => floor),
  );

const heldFloor = (marks: Marks, key: string): number =>
  Math.max(
    -1,
    ...[...marks].map(([name, { value }]) => {
      const mark = cacheMarkOf(name);
      return mark?.kind === 'floor' && isMatch(mark.pattern, key) ? Number(value) : -1;
    }),
  );

const picks = fc.array(fc.boolean(), { minLength: 1, maxLength: 9 });

describe('floors', () => {
  it('[F7, K1] come to the same in any order of delivery', () => {
    fc.assert(
      fc.property(history, picks, picks, (all, one, other) => {
        const facts = factsOf(all);
        const [left, right] = [one, other].map((each) => sorted(foldOf(mixed(facts, each))));
        expect(left).toEqual(right);
      }),
      { numRuns: 150 },
    );
  });

  it('[F7, K1] come to the same folded at once, or in parts that are joined in any grouping', () => {
    fc.assert(
      fc.property(
        history,
        fc.array(fc.tuple(fc.nat(9), fc.nat(9)), { maxLength: 3 }),
        (all, cuts) => {
          const facts = factsOf(all);
          const [mine = [], theirs = []] = facts;
          const parts = cuts.map(([m, t]) => foldOf([...mine.slice(0, m), ...theirs.slice(0, t)]));
          const whole = foldOf(facts.flat());
          const leftFirst = parts.reduce(joinMarks, whole);
          const rightFirst = parts.reduceRight((held, part) => joinMarks(part, held), whole);
          expect(sorted(leftFirst)).toEqual(sorted(whole));
          expect(sorted(rightFirst)).toEqual(sorted(whole));
          const [a = whole, b = whole, c = whole] = parts;
          expect(sorted(joinMarks(joinMarks(a, b), c))).toEqual(
            sorted(joinMarks(a, joinMarks(b, c))),
          );
          expect(sorted(joinMarks(a, b))).toEqual(sorted(joinMarks(b, a)));
          expect(joinMarks(a, a)).toBe(a);
          for (const held of [...parts, whole, leftFirst]) expect(areSwept(held)).toBe(true);
        },
      ),
      { numRuns: 150 },
    );
  });

  it('[K1] that were swept say of every key what they said before, and never fall', () => {
    fc.assert(
      fc.property(history, said, (all, next) => {
        const before = foldOf(factsOf(all).flat());
        const after = foldOf(factsOf([...all, next]).flat());
        for (const key of KEYS) {
          expect(heldFloor(before, key)).toBe(floorIn(all, key));
          expect(heldFloor(after, key)).toBe(floorIn([...all, next], key));
          expect(heldFloor(after, key)).toBeGreaterThanOrEqual(heldFloor(before, key));
        }
      }),
      { numRuns: 150 },
    );
  });

  it('[K1] below one for all keys leave the state', () => {
    const [session] = SESSIONS as [SessionId];
    const all: Said[] = KEYS.map((key) => ({ session: 0, keys: [key], floor: 2 }));
    const held = foldOf(factsOf([...all, { session: 0, keys: ['*'], floor: 2 }]).flat());
    expect([...held.keys()].sort()).toEqual([floorMark('*'), invalidationMark(session, '*')]);
    const above = foldOf(factsOf([...all, { session: 0, keys: ['*'], floor: 1 }]).flat());
    expect([...above.keys()].filter((name) => cacheMarkOf(name)?.kind === 'floor').length).toBe(5);
  });

  it('[K1] reach what their pattern covers and nothing else', () => {
    const text = fc.stringMatching(/^[ab]{0,4}$/);
    fc.assert(
      fc.property(text, text, (stem, key) => {
        expect(isMatch(`${stem}*`, key)).toBe(key.startsWith(stem));
        expect(isMatch(stem, key)).toBe(stem === key);
        for (const pattern of patternsOver(key)) expect(isMatch(pattern, key)).toBe(true);
        expect(patternsOver(key).length).toBe(key.length + 1);
        expect(patternsOver(`${stem}*`).length).toBe(stem.length);
        expect(patternsOver(`${stem}*`).every((each) => isPrefix(each))).toBe(true);
      }),
    );
  });
});
