import { describe, expect, it } from 'vitest';
import type { AdmittedCompletion } from '../../../src/core/authority/completion.js';
import { type RosterRecord, rosterHashOf } from '../../../src/core/authority/roster.js';
import { undoesPast } from '../../../src/core/authority/undone-past.js';
import type { HeadId } from '../../../src/core/base/brands.js';
import { type Person, alice, bob, carol, headBy, recordOf, standaloneRecord } from './people.js';

/*
 *   1 (bob, carol) <- 2 (alice, bob) <- 3 (bob, carol) <- 4 (bob, carol)
 */
const THREE = standaloneRecord([alice, bob, carol]);
const heads: AdmittedCompletion[] = [];
for (const signers of [
  [bob, carol],
  [alice, bob],
  [bob, carol],
  [bob, carol],
]) {
  const predecessors = heads.slice(-1).map(({ head }) => head);
  heads.push(headBy(THREE, signers, { predecessors, index: heads.length + 1 }));
}
const headAt = (index: number): HeadId => (heads[index - 1] as AdmittedCompletion).head;

/** Asked of who holds the payloads of some snapshots, and whose base is one of them. */
const undoes = (record: RosterRecord, base: number, held: readonly number[]): boolean =>
  undoesPast(record, {
    completions: new Map(heads.map((each) => [each.head, each])),
    base: [headAt(base)],
    isHeld: (head) => held.some((index) => headAt(index) === head),
    recordAt: (roster) => (roster === rosterHashOf(THREE) ? THREE : null),
  });
const listOf = (
  people: readonly Person[],
  named: readonly number[],
  changes: Partial<RosterRecord> = {},
): RosterRecord => recordOf(people, THREE, { heads: named.map(headAt), ...changes });

describe('snapshots that fall with a list', () => {
  it('[C2, A11] keep from a yes where what they build on is held no more', () => {
    expect(undoes(listOf([alice, bob], []), 4, [3, 4])).toBe(true);
    expect(undoes(listOf([alice, bob], [1]), 4, [3, 4])).toBe(true);
  });

  it.each<[string, RosterRecord, number, readonly number[]]>([
    ['the list names them', listOf([alice, bob], [4]), 4, [4]],
    ['it names what builds on them', listOf([alice, bob], [4]), 3, [3]],
    ['those who stay are enough', listOf([bob, carol], []), 4, [4]],
    ['what they build on is held', listOf([alice, bob], []), 4, [2, 4]],
    ['all since the first are held', listOf([alice, carol], []), 2, [1, 2]],
  ])('[C2, A11] keep from none where %s', (_, record, base, held) => {
    expect(undoes(record, base, held)).toBe(false);
  });

  it('[C2, A11] count also where more yeses are asked for, or a right to say yes is taken', () => {
    const asking = listOf([alice, bob, carol], [], { snapshotThreshold: 3 });
    expect(undoes(asking, 4, [3, 4])).toBe(true);
    expect(undoes(asking, 4, [1, 2, 3, 4])).toBe(false);
    const members = THREE.members.map((each) =>
      each.device === carol.device ? { ...each, capabilities: 0 } : each,
    );
    expect(undoes(listOf([alice, bob, carol], [], { members }), 4, [3, 4])).toBe(true);
  });
});
