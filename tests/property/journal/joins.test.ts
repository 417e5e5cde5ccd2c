import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createFold } from '../../../src/core/journal/fold.js';
import { EMPTY_STATE, joinStates } from '../../../src/core/journal/state.js';
import {
  bytesOf,
  foldAll,
  interleave,
  judge,
  lengths,
  prefixOf,
  sayings,
  sessionsOf,
  stateOf,
  textOf,
} from './accounts.js';
import { expectedState } from './oracle.js';

const picks = fc.array(fc.nat(3), { minLength: 1, maxLength: 12 });

describe('folding', () => {
  it('[F7] in any order between sessions gives what the set of facts says', () => {
    fc.assert(
      fc.property(sayings, lengths, picks, (said, counts, order) => {
        const known = prefixOf(sessionsOf(said), counts);
        const state = foldAll(EMPTY_STATE, interleave(known, order));
        expect(bytesOf(state)).toBe(textOf(expectedState(known.flat())));
      }),
      { numRuns: 250 },
    );
  });

  it('[F7] says which items changed, and no others differ', () => {
    fc.assert(
      fc.property(sayings, picks, fc.nat(20), (said, order, at) => {
        const facts = interleave(sessionsOf(said), order);
        const fold = createFold(EMPTY_STATE);
        facts.slice(0, at).forEach((fact) => fold.apply(fact, judge(fact)));
        fold.takeTouched();
        const before = new Map(fold.state().items);
        facts.slice(at).forEach((fact) => fold.apply(fact, judge(fact)));
        const touched = fold.takeTouched();
        const keys = new Set([...before.keys(), ...fold.state().items.keys()]);
        for (const key of keys) {
          if (before.get(key) !== fold.state().items.get(key)) expect(touched).toContain(key);
        }
        expect(fold.takeTouched()).toEqual([]);
      }),
    );
  });
});

describe('joining states', () => {
  const three = fc.tuple(lengths, lengths, lengths);

  it('[F7] is commutative, associative and idempotent', () => {
    fc.assert(
      fc.property(sayings, three, (said, cuts) => {
        const sessions = sessionsOf(said);
        const [a, b, c] = cuts.map((cut) => stateOf(prefixOf(sessions, cut))) as [
          never,
          never,
          never,
        ];
        expect(bytesOf(joinStates(a, b))).toBe(bytesOf(joinStates(b, a)));
        expect(bytesOf(joinStates(joinStates(a, b), c))).toBe(
          bytesOf(joinStates(a, joinStates(b, c))),
        );
        expect(bytesOf(joinStates(a, a))).toBe(bytesOf(a));
        expect(bytesOf(joinStates(joinStates(a, b), b))).toBe(bytesOf(joinStates(a, b)));
        expect(bytesOf(joinStates(a, EMPTY_STATE))).toBe(bytesOf(a));
      }),
      { numRuns: 200 },
    );
  });

  it('[F7] equals folding the union of the facts', () => {
    fc.assert(
      fc.property(sayings, lengths, lengths, (said, left, right) => {
        const sessions = sessionsOf(said);
        const joined = joinStates(
          stateOf(prefixOf(sessions, left)),
          stateOf(prefixOf(sessions, right)),
        );
        const union = left.map((count, index) => Math.max(count, right[index] ?? 0));
        expect(bytesOf(joined)).toBe(textOf(expectedState(prefixOf(sessions, union).flat())));
      }),
      { numRuns: 250 },
    );
  });

  it('[F6, F7] keeps its laws where standing cuts hold different branches of one session', () => {
    fc.assert(
      fc.property(sayings, sayings, sayings, three, (one, other, third, cuts) => {
        // The branches share only their openings: what follows has equal stamps and other content.
        const [a, b, c] = [one, other, third].map((said, index) =>
          stateOf(prefixOf(sessionsOf(said), cuts[index] ?? [])),
        ) as [never, never, never];
        expect(bytesOf(joinStates(a, b))).toBe(bytesOf(joinStates(b, a)));
        expect(bytesOf(joinStates(joinStates(a, b), c))).toBe(
          bytesOf(joinStates(a, joinStates(b, c))),
        );
        expect(bytesOf(joinStates(joinStates(a, b), a))).toBe(bytesOf(joinStates(a, b)));
      }),
      { numRuns: 200 },
    );
  });
});
