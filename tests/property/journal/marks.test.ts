import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type SessionId, brandHex } from '../../../src/core/base/brands.js';
import { digestOf } from '../../../src/core/journal/digest-tree.js';
import { type Marks, isGreatest, joinMarks, laterMark } from '../../../src/core/journal/marks.js';
import { EMPTY_STATE, type State, joinStates } from '../../../src/core/journal/state.js';
import { parseState, stateToCanonical } from '../../../src/core/journal/state-codec.js';

const sessions = ['aa', 'bb', 'cc'].map((byte) => brandHex<SessionId>(byte.repeat(32)));

/** One fact says one thing in one place: the value follows from name and stamp. */
const marks = fc
  .array(
    fc.record({
      name: fc.constantFrom('max/floor/a', 'max/floor/b', 'device/aa', 'device/bb'),
      lamport: fc.integer({ min: 1, max: 6 }),
      session: fc.constantFrom(...sessions),
    }),
    { maxLength: 8 },
  )
  .map((said): Marks => {
    let held: Marks = new Map();
    for (const { name, lamport, session } of said) {
      const value = isGreatest(name) ? (lamport * 5 + session.charCodeAt(0)) % 4 : `at ${lamport}`;
      held = joinMarks(
        held,
        new Map([[name, { lamport, session, seq: lamport, wallMs: 0, value }]]),
      );
    }
    return held;
  });

const stateOf = (held: Marks): State => ({
  ...EMPTY_STATE,
  frontier: new Map(
    sessions.map((session) => [
      session,
      {
        author: brandHex('dd'.repeat(32)),
        seq: 9,
        id: brandHex('ee'.repeat(32)),
        lamport: 9,
        epoch: 0,
      },
    ]),
  ),
  marks: held,
});

const sorted = (held: Marks) => [...held].sort(([a], [b]) => (a < b ? -1 : 1));

describe('marks', () => {
  it('[F7, K1] join in any order, twice or once, to the same', () => {
    fc.assert(
      fc.property(marks, marks, marks, (a, b, c) => {
        expect(sorted(joinMarks(a, b))).toEqual(sorted(joinMarks(b, a)));
        expect(sorted(joinMarks(joinMarks(a, b), c))).toEqual(
          sorted(joinMarks(a, joinMarks(b, c))),
        );
        expect(sorted(joinMarks(a, a))).toEqual(sorted(a));
        expect(joinStates(stateOf(a), stateOf(b)).marks).toEqual(joinMarks(a, b));
      }),
      { numRuns: 300 },
    );
  });

  it('[K1] of a greatest one no later word makes less', () => {
    fc.assert(
      fc.property(marks, marks, (a, b) => {
        for (const [name, mark] of b) {
          if (!isGreatest(name)) continue;
          const value = Number(laterMark(name, a.get(name), mark).value);
          expect(value).toBe(Math.max(Number(mark.value), Number(a.get(name)?.value ?? 0)));
        }
      }),
    );
  });

  it('[S4] are part of the digest and of the bytes, and none leave both as they were', () => {
    const bare = stateOf(new Map());
    expect(Object.keys(stateToCanonical(bare) as object)).not.toContain('marks');
    fc.assert(
      fc.property(marks, marks, (a, b) => {
        expect(parseState(stateToCanonical(stateOf(a)))).toEqual({ ok: true, value: stateOf(a) });
        const isSame = JSON.stringify(sorted(a)) === JSON.stringify(sorted(b));
        expect(digestOf(stateOf(a)) === digestOf(stateOf(b))).toBe(isSame);
      }),
    );
  });

  it('[F2] of facts that the state does not cover, or of no number, are refused', () => {
    const session = sessions[0] as SessionId;
    const mark = { lamport: 1, session, seq: 1, wallMs: 0, value: 3 };
    const read = (name: string, change: object) =>
      parseState(stateToCanonical(stateOf(new Map([[name, { ...mark, ...change }]])))).ok;
    expect(read('max/floor/a', {})).toBe(true);
    expect(read('max/floor/a', { seq: 10 })).toBe(false);
    expect(read('max/floor/a', { value: 'much' })).toBe(false);
    expect(read('max/floor/a', { value: -1 })).toBe(false);
    expect(read('device/aa', { value: 'much' })).toBe(true);
  });
});
