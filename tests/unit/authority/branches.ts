import type { Hash } from '../../../src/core/base/brands.js';
import type { BrokenPromise } from '../../../src/core/authority/broken-promise.js';
import { doubleVotesIn, type DoubleVote } from '../../../src/core/authority/double-vote.js';
import { forkHashOf } from '../../../src/core/authority/fork.js';
import { rosterHashOf, type RosterRecord } from '../../../src/core/authority/roster.js';
import {
  predecessorOf,
  type AdmittedTransition,
  type Predecessor,
} from '../../../src/core/authority/transition.js';
import {
  ACCOUNT,
  alice,
  bob,
  byDevice,
  carol,
  dave,
  GENESIS,
  hexOf,
  judge,
  memberFrom,
  promiseOf,
  recordOf,
  rosterCompletionOf,
  stepTo,
  type Person,
} from './people.js';

/**
 *              ┌─ ONE: new keys          (alice, bob) ─┐
 *   THREE ─────┤                                       ├─ MERGED (alice, carol)
 *              └─ TWO: carol has another name (bob, carol) ┘
 *
 * Bob voted for both in round 0, which is alice's.
 */
export const THREE = recordOf([alice, bob, carol], GENESIS);
export const ONE = recordOf([alice, bob, carol], THREE, { commitment: hexOf<Hash>('one') });
export const TWO = recordOf([alice, bob, carol], THREE, {
  members: byDevice(
    [alice, bob]
      .map((each) => memberFrom(each))
      .concat([{ ...memberFrom(carol), name: 'Carol anew' }]),
  ),
});

export const first = stepTo(GENESIS, null, [alice]);
export const three = stepTo(THREE, GENESIS, [alice]);
export const one = stepTo(ONE, THREE, [alice, bob]);
export const two = stepTo(TWO, THREE, [bob, carol]);

/** Everybody's records by name. */
export const recordsIn =
  (...records: readonly RosterRecord[]) =>
  (hash: string): RosterRecord | undefined =>
    records.find((record) => rosterHashOf(record) === hash);

/** A record that unites branches; its members are these people. */
export const mergeOf = (
  people: readonly Person[],
  tips: readonly RosterRecord[],
  changes: Partial<RosterRecord> = {},
): RosterRecord => {
  const merges = tips.map(rosterHashOf).sort();
  const epoch = Math.max(...tips.map((tip) => tip.epoch)) + 1;
  const least = tips.find((tip) => rosterHashOf(tip) === merges[0]) as RosterRecord;
  return recordOf(people, least, { merges, epoch, ...changes });
};

interface MergeParts {
  readonly votedTwice?: readonly DoubleVote[];
  readonly brokePromise?: readonly BrokenPromise[];
  readonly proposer?: Person;
  readonly promising?: readonly Person[];
  readonly round?: number;
}

export const BOB_TWICE = doubleVotesIn([one, two]);

/** Judges a merge by these voters, who promised its ballot first. */
export const judgeMerge = (
  record: RosterRecord,
  held: readonly RosterRecord[],
  voters: readonly Person[],
  parts: MergeParts = {},
) => {
  const { votedTwice = BOB_TWICE, proposer = alice, promising = voters, round = 1 } = parts;
  const predecessor = predecessorOf(ACCOUNT, record, recordsIn(...held)) as Predecessor;
  const ballot = { round, proposer: proposer.device };
  const hash = forkHashOf(record.merges);
  const promises = promising.map((each) => promiseOf(each, hash, ballot, null));
  const completion = rosterCompletionOf(record, predecessor, voters, { ...ballot, promises });
  const { brokePromise } = parts;
  return judge({ ...completion, votedTwice, ...(brokePromise && { brokePromise }) }, predecessor);
};

/** The same, admitted; throws when it is refused. */
export const mergeBy = (...args: Parameters<typeof judgeMerge>): AdmittedTransition => {
  const judged = judgeMerge(...args);
  if (!judged.ok) throw new Error(JSON.stringify(judged.error));
  return judged.value;
};

export const HELD = [GENESIS, THREE, ONE, TWO] as const;
export const MERGED = mergeOf([alice, bob, carol], [ONE, TWO]);
export const merged = mergeBy(MERGED, HELD, [alice, carol]);
export { alice, bob, carol, dave };
