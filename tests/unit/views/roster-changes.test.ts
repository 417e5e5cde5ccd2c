import { describe, expect, it } from 'vitest';
import type { RosterRecord } from '../../../src/core/authority/roster.js';
import { changesOf, isAboutPaper } from '../../../src/replica/views/roster-changes.js';
import type { RosterHash } from '../../../src/core/base/brands.js';
import {
  alice,
  bob,
  carol,
  dave,
  hexOf,
  memberFrom,
  standaloneRecord,
} from '../authority/people.js';

const PAPER = { ...memberFrom(carol), storage: 'paper' } as const;
const OTHER_PAPER = { ...memberFrom(dave), storage: 'paper' } as const;
const TWO = standaloneRecord([alice, bob]);
const WITH_PAPER: RosterRecord = { ...TWO, members: [...TWO.members, PAPER] };

const isPaper = (before: RosterRecord, after: RosterRecord): boolean =>
  isAboutPaper(before, after, changesOf(before, after));

describe('what a change of the list is called', () => {
  it('[A5, C2] it is about a recovery key where one comes, or takes the place of another', () => {
    expect(isPaper(TWO, WITH_PAPER)).toBe(true);
    expect(isPaper(WITH_PAPER, { ...TWO, members: [...TWO.members, OTHER_PAPER] })).toBe(true);
    expect(isPaper(WITH_PAPER, TWO)).toBe(false);
  });

  it.each<[string, RosterRecord]>([
    ['takes a device out', { ...TWO, members: [memberFrom(alice), PAPER] }],
    ['lets a device in', { ...TWO, members: [...WITH_PAPER.members, memberFrom(dave)] }],
    ['names another admin', { ...WITH_PAPER, admin: bob.device }],
    ['asks fewer', { ...WITH_PAPER, governanceThreshold: 1 }],
    ['unites branches', { ...WITH_PAPER, merges: [hexOf<RosterHash>('another branch')] }],
  ])('[A5, C2] it is not where the same list %s', (_, after) => {
    expect(isPaper(TWO, after)).toBe(false);
  });
});
