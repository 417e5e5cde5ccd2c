import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DeviceId, RosterHash } from '../../../src/core/base/brands.js';
import {
  ballotFault,
  valueForced,
  type BallotPromise,
  type BallotVote,
} from '../../../src/core/authority/ballot.js';
import {
  freshMemory,
  mayPromise,
  mayVote,
  type BallotMemory,
} from '../../../src/core/authority/ballot-memory.js';
import { rosterHashOf } from '../../../src/core/authority/roster.js';
import {
  alice,
  bob,
  carol,
  dave,
  erin,
  hexOf,
  standaloneRecord,
} from '../../unit/authority/people.js';

const PEOPLE = [alice, bob, carol, dave, erin];
const FIVE = standaloneRecord(PEOPLE);
const previous = { hash: rosterHashOf(FIVE), record: FIVE };
const VALUES = ['red', 'green', 'blue'].map((name) => hexOf<RosterHash>(name));
const place = fc.nat({ max: 4 });

/** Proposers are honest too: one value to a ballot. One thing that may happen: a proposer starts a ballot, or a device hears of one and votes. */
const happening = fc.oneof(
  fc.record({
    kind: fc.constant('start' as const),
    proposer: place,
    value: fc.nat({ max: 2 }),
    asked: fc.subarray([0, 1, 2, 3, 4], { minLength: 1 }),
    rise: fc.integer({ min: 0, max: 2 }),
  }),
  fc.record({ kind: fc.constant('vote' as const), voter: place, ballot: fc.nat({ max: 30 }) }),
);

interface Run {
  readonly votes: readonly BallotVote[];
  readonly votersByVote: ReadonlyMap<string, ReadonlySet<DeviceId>>;
}

const run = (
  happenings: readonly (typeof happening extends fc.Arbitrary<infer T> ? T : never)[],
): Run => {
  const memories: BallotMemory[] = PEOPLE.map(() => freshMemory(previous.hash));
  const open: { vote: BallotVote; promises: BallotPromise[] }[] = [
    { vote: { round: 0, proposer: alice.device, record: VALUES[0] as RosterHash }, promises: [] },
  ];
  const votersByVote = new Map<string, Set<DeviceId>>();
  const used = new Set<string>();
  let round = 0;
  for (const each of happenings) {
    if (each.kind === 'start') {
      const ballot = { round: round + each.rise, proposer: PEOPLE[each.proposer]!.device };
      const name = `${ballot.round} ${ballot.proposer}`;
      if (ballot.round === 0 || used.has(name)) continue;
      used.add(name);
      round = ballot.round;
      const promises: BallotPromise[] = [];
      for (const index of each.asked) {
        const promised = mayPromise(memories[index]!, ballot);
        if (!promised.ok) continue;
        memories[index] = promised.value.next;
        const { last } = promised.value;
        const signer = PEOPLE[index]!.device;
        const signature = new Uint8Array(64);
        promises.push({ previous: previous.hash, ...ballot, last, signer, signature });
      }
      const record = valueForced(promises, FIVE) ?? (VALUES[each.value] as RosterHash);
      open.push({ vote: { ...ballot, record }, promises });
    } else {
      const { vote, promises } = open[each.ballot % open.length]!;
      if (ballotFault(vote, previous, promises) !== null) continue;
      const voted = mayVote(memories[each.voter]!, vote);
      if (!voted.ok) continue;
      memories[each.voter] = voted.value;
      const name = `${vote.round} ${vote.proposer} ${vote.record}`;
      const voters = votersByVote.get(name) ?? new Set<DeviceId>();
      votersByVote.set(name, voters.add(PEOPLE[each.voter]!.device));
    }
  }
  return { votes: open.map(({ vote }) => vote), votersByVote };
};

const chosenIn = ({ votes, votersByVote }: Run): ReadonlySet<RosterHash> =>
  new Set(
    votes
      .filter((vote) => {
        const voters = votersByVote.get(`${vote.round} ${vote.proposer} ${vote.record}`);
        return (voters?.size ?? 0) >= FIVE.governanceThreshold;
      })
      .map((vote) => vote.record),
  );

describe('ballots of honest devices', () => {
  it('[A3] never choose two records to follow one', () => {
    let chosenOnce = 0;
    fc.assert(
      fc.property(fc.array(happening, { minLength: 20, maxLength: 90 }), (happenings) => {
        const chosen = chosenIn(run(happenings));
        chosenOnce += chosen.size;
        expect(chosen.size).toBeLessThanOrEqual(1);
      }),
      { numRuns: 1000 },
    );
    expect(chosenOnce).toBeGreaterThan(50);
  });

  it('[A3] a split vote never freezes the account: a later round with a majority completes', () => {
    fc.assert(
      fc.property(
        fc.array(happening, { maxLength: 60 }),
        fc.subarray([0, 1, 2, 3, 4], { minLength: 3 }),
        (before, alive) => {
          const start = { kind: 'start' as const, proposer: 4, value: 2, asked: alive, rise: 1 };
          const count = before.filter((each) => each.kind === 'start').length;
          const ballots = Array.from({ length: 3 + count }, (_, ballot) => ballot);
          const votes = ballots.flatMap((ballot) =>
            alive.map((voter) => ({ kind: 'vote' as const, voter, ballot })),
          );
          expect(chosenIn(run([...before, start, ...votes])).size).toBe(1);
        },
      ),
      { numRuns: 300 },
    );
  });
});
