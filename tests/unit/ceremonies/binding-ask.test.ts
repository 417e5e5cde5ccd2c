import { describe, expect, it } from 'vitest';
import { NEWCOMER_CAPABILITIES_MASK } from '../../../src/core/authority/capability.js';
import {
  type RosterRecord,
  encodeRosterRecord,
  rosterHashOf,
} from '../../../src/core/authority/roster.js';
import type { Hash } from '../../../src/core/base/brands.js';
import { ceremoniesIn } from '../../../src/core/ceremonies/binding-ask.js';
import type { Body } from '../../../src/core/facts/bodies.js';
import {
  ACCOUNT,
  GENESIS,
  alice,
  bob,
  byDevice,
  carol,
  hexOf,
  memberFrom,
  recordOf,
} from '../authority/people.js';
import { actBy } from './acts.js';

const before = recordOf([alice, bob, carol], GENESIS, {
  members: byDevice([
    memberFrom(alice),
    memberFrom(bob, NEWCOMER_CAPABILITIES_MASK),
    memberFrom(carol, NEWCOMER_CAPABILITIES_MASK),
  ]),
});
const activation = { package: 'upkeep', version: '2.0.0', manifest: hexOf<Hash>('manifest') };
const BINDING = recordOf([alice, bob, carol], before, { activation });
const PLAIN = recordOf([alice, bob, carol], before);
const chain = {
  account: ACCOUNT,
  recordAt: (hash: string) => (hash === rosterHashOf(before) ? before : null),
};

const putBy = (person: typeof bob, seq: number, record: RosterRecord, round: number) => {
  const body: Body = {
    ...{ kind: 'roster.proposed', record: encodeRosterRecord(record), comment: '', expires: 9 },
    ...{ envelopes: [], consents: [], promises: [], round },
  };
  return actBy(person, seq, body, { roster: rosterHashOf(before) });
};
type Acts = readonly ReturnType<typeof putBy>[];
const proposersOf = (acts: Acts, at: typeof chain = chain) =>
  [...ceremoniesIn(at, acts, new Map()).values()].map(({ proposer }) => proposer).sort();

describe('versions to bind', () => {
  it('[U4, F8] are decided on where a device asks that may, and nowhere else', () => {
    expect(proposersOf([putBy(alice, 1, BINDING, 0)])).toEqual([alice.device]);
    expect(proposersOf([putBy(bob, 1, BINDING, 1)])).toEqual([]);
    expect(proposersOf([putBy(bob, 1, PLAIN, 1)])).toEqual([bob.device]);
    expect(proposersOf([putBy(bob, 1, BINDING, 1), putBy(carol, 1, BINDING, 2)])).toEqual([]);
    const unheard = { ...chain, recordAt: () => null };
    expect(proposersOf([putBy(alice, 1, BINDING, 0)], unheard)).toEqual([]);
  });

  it('[A3, A8] are put forward again by those who may not ask, once one asked that may', () => {
    const both = [putBy(bob, 1, BINDING, 1), putBy(alice, 1, BINDING, 0)];
    const all = [alice.device, bob.device].sort();
    expect(proposersOf(both)).toEqual(all);
    expect(proposersOf([...both].reverse())).toEqual(all);
    const other = { ...activation, version: '3.0.0' };
    const another = recordOf([alice, bob, carol], before, { activation: other });
    expect(proposersOf([...both, putBy(carol, 1, another, 3)])).toEqual(all);
  });
});
