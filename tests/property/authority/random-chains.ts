import fc from 'fast-check';
import {
  brandHex,
  type AccountId,
  type DeviceId,
  type RosterHash,
} from '../../../src/core/base/brands.js';
import { parentsOf } from '../../../src/core/authority/fork.js';
import type { RosterRecord } from '../../../src/core/authority/roster.js';
import type { AdmittedTransition } from '../../../src/core/authority/transition.js';
import { GENESIS, hexOf, memberFrom, personOf } from '../../unit/authority/people.js';

export const PEOPLE = ['anna', 'bert', 'cleo', 'dora'].map(personOf);
const nameOf = (index: number): RosterHash => brandHex(index.toString(16).padStart(64, '0'));
export const ROOT = nameOf(0) as string as AccountId;

/** Everybody but the last, who may come later. */
const FOUNDERS = 7;

/** One record of a drawn chain: what it follows, who is in it, who voted for it. */
interface Draw {
  /** Places of earlier records, taken modulo their number; two or more are a merge. */
  readonly after: readonly number[];
  /** Who comes or goes; four bits. Nobody, more often than not. */
  readonly changed: number;
  readonly voters: readonly number[];
}

const draws: fc.Arbitrary<readonly Draw[]> = fc.array(
  fc.record({
    after: fc.oneof(
      { weight: 3, arbitrary: fc.array(fc.nat(9), { minLength: 1, maxLength: 1 }) },
      { weight: 1, arbitrary: fc.array(fc.nat(9), { minLength: 2, maxLength: 3 }) },
    ),
    changed: fc.oneof({ weight: 2, arbitrary: fc.constant(0) }, fc.nat(15)),
    voters: fc.subarray([0, 1, 2, 3]),
  }),
  { maxLength: 9 },
);

/** Names of it and of all before it that are held, by looking again and again. */
export const upTo = (hash: RosterHash, records: ReadonlyMap<string, RosterRecord>): Set<string> => {
  const record = records.get(hash);
  if (record === undefined) return new Set();
  return new Set([hash, ...parentsOf(record).flatMap((name) => [...upTo(name, records)])]);
};

/** Only branches that go on beside each other can be united. */
const branchesAmong = (
  names: readonly RosterHash[],
  records: ReadonlyMap<string, RosterRecord>,
): readonly RosterHash[] =>
  [...new Set(names)]
    .filter(
      (name, _, all) => !all.some((other) => other !== name && upTo(other, records).has(name)),
    )
    .sort();

const growFrom = (drawn: readonly Draw[]): readonly AdmittedTransition[] => {
  const records = new Map<string, RosterRecord>();
  const masks = [FOUNDERS];
  const founders = PEOPLE.filter((_, at) => (FOUNDERS & (1 << at)) !== 0);
  records.set(nameOf(0), { ...GENESIS, members: founders.map((each) => memberFrom(each)) });
  const transitions = [transitionOf(0, records, [])];
  for (const [place, { after, changed, voters }] of drawn.entries()) {
    const index = place + 1;
    const merges = branchesAmong(
      after.map((each) => nameOf(each % index)),
      records,
    );
    const previous = merges[0] as RosterHash;
    const mask = (masks[Number.parseInt(previous, 16)] ?? 0) ^ changed;
    masks.push(mask);
    const epoch = 1 + Math.max(...merges.map((name) => records.get(name)?.epoch ?? 0));
    const members = PEOPLE.filter((_, at) => (mask & (1 << at)) !== 0).map((each) =>
      memberFrom(each),
    );
    const isMerge = merges.length > 1;
    const record = { ...GENESIS, epoch, previous, merges: isMerge ? merges : [], members };
    records.set(nameOf(index), { ...record, commitment: hexOf(`secret ${index}`) });
    transitions.push(transitionOf(index, records, voters));
  }
  return transitions;
};

/** Who admits a record is not what a chain is about: this one is taken as admitted. */
const transitionOf = (
  index: number,
  records: ReadonlyMap<string, RosterRecord>,
  voters: readonly number[],
): AdmittedTransition => {
  const record = records.get(nameOf(index)) as RosterRecord;
  const signers = voters.map((at) => PEOPLE[at]?.device as DeviceId).sort();
  const completion = { record, round: 0, proposer: record.admin, promises: [], votes: [] };
  return {
    ...{ account: ROOT, hash: nameOf(index), record, voters: signers, newcomers: [] },
    ...{ completion: { ...completion, consents: [] }, others: [] },
  } as unknown as AdmittedTransition;
};

/** Records of one account that follow each other in all manners, merges of branches included. */
export const chains: fc.Arbitrary<readonly AdmittedTransition[]> = draws.map(growFrom);
