import { describe, expect, it } from 'vitest';
import { EMPTY_STATE, itemKeyOf, joinStates, type Act } from '../../../src/core/journal/state.js';
import { ROSTER, alice, sessionNamed } from '../facts/fixtures.js';

const dot = { session: sessionNamed('twice told'), seq: 3 };
const act = (word: number): Act => ({
  ...{ dot, author: alice.device, kind: 'roster.refused', roster: ROSTER },
  ...{ lamport: 7, wallMs: 1_700_000_000_000, body: Uint8Array.of(word) },
});
const having = (one: Act) => ({ ...EMPTY_STATE, acts: new Map([[itemKeyOf(dot), one]]) });

describe('two states that were told two things in one place', () => {
  it('[C10, F6] join to the greater one, whichever comes first', () => {
    const [less, greater] = [having(act(1)), having(act(2))];
    expect(joinStates(less, greater).acts).toEqual(greater.acts);
    expect(joinStates(greater, less).acts).toEqual(greater.acts);
    expect(joinStates(less, having(act(1))).acts).toEqual(less.acts);
  });
});
