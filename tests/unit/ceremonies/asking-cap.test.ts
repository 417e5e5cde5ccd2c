import { expect, it } from 'vitest';
import type { StatementHash } from '../../../src/core/base/brands.js';
import { askedOf } from '../../../src/core/ceremonies/asking-cap.js';
import { type Person, alice, bob, hexOf } from '../authority/people.js';

const idOf = (name: string): StatementHash => hexOf<StatementHash>(name);
const asks = (name: string, ...people: readonly Person[]) => ({
  statement: idOf(name),
  heldBy: new Set(people.map(({ device }) => device)),
});

it('[P5] of each proposer the first so many are asked about, and nobody uses up another’s', () => {
  const open = [asks('one', alice), asks('two', alice), asks('three', alice), asks('four', bob)];
  expect(askedOf(open, 2)).toEqual(new Set(['one', 'two', 'four'].map(idOf)));
  // What is settled makes room for what waited.
  expect(askedOf(open.slice(1), 2)).toEqual(new Set(['two', 'three', 'four'].map(idOf)));
});

it('[P5] what somebody else asks for as well is asked about', () => {
  const open = [asks('one', alice), asks('two', alice, bob), asks('three', bob)];
  expect(askedOf(open, 1)).toEqual(new Set(['one', 'two'].map(idOf)));
});
