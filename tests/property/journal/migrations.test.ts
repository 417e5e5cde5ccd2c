import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isKindOf } from '../../../src/core/facts/kinds.js';
import type { AdmittedFact } from '../../../src/core/facts/run.js';
import { digestOf } from '../../../src/core/journal/digest-tree.js';
import { FIRST_FOLD_VERSION, FOLD_VERSION } from '../../../src/core/journal/fold-version.js';
import { MIGRATIONS, migrateState } from '../../../src/core/journal/migrations.js';
import { EMPTY_STATE, type State, joinStates } from '../../../src/core/journal/state.js';
import {
  type Saying,
  bytesOf,
  foldAll,
  interleave,
  lengths,
  prefixOf,
  saying,
  sessionsOf,
  stateOf,
} from './accounts.js';

/** Much is said of days, so that every order of days, edits and removals comes up. */
const said = fc.array(
  fc
    .tuple(saying, fc.nat(2))
    .map(([each, chance]): Saying => (chance === 0 ? { ...each, kind: 'date' } : each)),
  { minLength: 4, maxLength: 30 },
);
const picks = fc.array(fc.nat(3), { minLength: 1, maxLength: 12 });

/** What a version knows of each session: it stops at the first fact of a kind that it lacks. */
const knownTo = (
  fold: number,
  sessions: readonly (readonly AdmittedFact[])[],
): readonly (readonly AdmittedFact[])[] =>
  sessions.map((facts) => {
    const end = facts.findIndex(({ envelope }) => !isKindOf(envelope.kind, fold));
    return end < 0 ? facts : facts.slice(0, end);
  });

/** All that a state holds but the fields that a format lacks. */
const without = (state: State, names: readonly string[]): string => {
  const kept = [...state.items, ...state.pending].flatMap(([key, { fields }]) =>
    [...fields].filter(([name]) => !names.includes(name)).map(([name, at]) => [key, name, at]),
  );
  const removed = [...state.pending].filter(([, { isRemoved }]) => isRemoved).map(([key]) => key);
  const rest = { ...state, items: new Map(), pending: new Map() };
  return (
    JSON.stringify([kept.sort(), [...state.items.keys()].sort(), removed.sort()]) + bytesOf(rest)
  );
};

const up = (state: State): State => migrateState(state, 1, FOLD_VERSION).state;
const down = (state: State): State => migrateState(state, FOLD_VERSION, 1).state;

describe('migrations of the state', () => {
  it('[U12] come in order, from the first format to the newest, each where one ended', () => {
    expect(MIGRATIONS.map(({ from }) => from)).toEqual(
      Array.from({ length: FOLD_VERSION - FIRST_FOLD_VERSION }, (_, at) => at + 1),
    );
    for (const { from, to, note, lossy } of MIGRATIONS) {
      expect([to, [...lossy].sort()]).toEqual([from + 1, lossy]);
      expect(note.length).toBeGreaterThan(10);
    }
    expect(() => migrateState(EMPTY_STATE, 0, 1)).toThrow();
    expect(() => migrateState(EMPTY_STATE, 1, FOLD_VERSION + 1)).toThrow();
  });

  it('[U12] up and then down is what it was, for every state of the older format', () => {
    fc.assert(
      fc.property(said, lengths, (each, counts) => {
        const state = stateOf(knownTo(1, prefixOf(sessionsOf(each), counts)));
        expect(bytesOf(down(up(state)))).toBe(bytesOf(state));
        expect(digestOf(down(up(state)))).toBe(digestOf(state));
      }),
    );
  });

  it('[U12] down and then up loses the fields that it names, and nothing else', () => {
    fc.assert(
      fc.property(said, lengths, (each, counts) => {
        const state = stateOf(prefixOf(sessionsOf(each), counts));
        const { state: older, lossy } = migrateState(state, FOLD_VERSION, 1);
        expect(lossy).toEqual(['date']);
        expect(without(up(older), lossy)).toBe(without(state, lossy));
        expect([...older.items.values()].some(({ fields }) => fields.has('date'))).toBe(false);
        expect([...older.pending.values()].some(({ fields }) => fields.has('date'))).toBe(false);
      }),
    );
  });

  it('[U12, S13] folding what the older version knows, going up, and folding on is folding anew', () => {
    fc.assert(
      fc.property(said, lengths, picks, (each, counts, order) => {
        const sessions = prefixOf(sessionsOf(each), counts);
        const known = knownTo(1, sessions);
        const rest = sessions.map((facts, at) => facts.slice(known[at]?.length));
        const before = foldAll(EMPTY_STATE, interleave(known, order));
        const after = foldAll(up(before), interleave(rest, order));
        expect(bytesOf(after)).toBe(bytesOf(stateOf(sessions)));
        expect(digestOf(after)).toBe(digestOf(stateOf(sessions)));
      }),
    );
  });

  it('[U12, F7] both ways go with the join', () => {
    fc.assert(
      fc.property(said, lengths, lengths, (each, one, other) => {
        const sessions = sessionsOf(each);
        const [a, b] = [one, other].map((cut) => stateOf(prefixOf(sessions, cut))) as [
          State,
          State,
        ];
        expect(bytesOf(down(joinStates(a, b)))).toBe(bytesOf(joinStates(down(a), down(b))));
        const [older, old] = [a, b].map(down) as [State, State];
        expect(bytesOf(up(joinStates(older, old)))).toBe(bytesOf(joinStates(up(older), up(old))));
      }),
    );
  });
});
