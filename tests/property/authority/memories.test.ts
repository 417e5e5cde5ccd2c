import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DeviceId, RosterHash, StatementHash } from '../../../src/core/base/brands.js';
import { compareBytes } from '../../../src/core/base/hash.js';
import {
  BALLOT_ROUND_MAX,
  compareBallots,
  encodePromise,
  parsePromise,
  valueForced,
  type BallotVote,
} from '../../../src/core/authority/ballot.js';
import {
  encodeBallotMemory,
  freshMemory,
  mayPromise,
  mayVote,
  parseBallotMemory,
} from '../../../src/core/authority/ballot-memory.js';
import {
  encodeStatement,
  rosterStatement,
  shortCodeOf,
  snapshotStatement,
  statementHashOf,
  type SnapshotSubject,
} from '../../../src/core/authority/statement.js';
import {
  ACCOUNT,
  GENESIS,
  alice,
  bob,
  hexOf,
  recordOf,
  subjectOf,
  memberFrom,
} from '../../unit/authority/people.js';

const DEVICES = ['a', 'b', 'c'].map((name) => hexOf<DeviceId>(name));
const VALUES = ['x', 'y'].map((name) => hexOf<RosterHash>(name));
const PREVIOUS = hexOf<RosterHash>('previous');
const ballot = fc.record({ round: fc.nat(5), proposer: fc.constantFrom(...DEVICES) });
const vote: fc.Arbitrary<BallotVote> = fc.record({
  ...{ round: fc.nat(5), proposer: fc.constantFrom(...DEVICES) },
  record: fc.constantFrom(...VALUES),
});
const asked = fc.array(
  fc.oneof(
    ballot.map((each) => ({ kind: 'promise' as const, ballot: each })),
    vote.map((each) => ({ kind: 'vote' as const, vote: each })),
  ),
  { maxLength: 25 },
);

describe('the memory of ballots', () => {
  it('[A3] never goes back, and never votes for two records in one ballot', () => {
    fc.assert(
      fc.property(asked, (questions) => {
        let memory = freshMemory(PREVIOUS);
        const votes: BallotVote[] = [];
        for (const question of questions) {
          const before = memory;
          if (question.kind === 'promise') {
            const answer = mayPromise(memory, question.ballot);
            if (!answer.ok) continue;
            expect(answer.value.last).toEqual(before.lastVote);
            memory = answer.value.next;
          } else {
            const answer = mayVote(memory, question.vote);
            if (!answer.ok) continue;
            memory = answer.value;
            votes.push(question.vote);
          }
          const [held, now] = [before.promised, memory.promised];
          if (held !== null && now !== null)
            expect(compareBallots(now, held)).toBeGreaterThanOrEqual(0);
        }
        for (const one of votes) {
          for (const other of votes) {
            if (compareBallots(one, other) === 0) expect(one.record).toBe(other.record);
          }
        }
      }),
      { numRuns: 400 },
    );
  });

  it('[A3] after a promise there is no vote below it, and the promise states the last vote', () => {
    fc.assert(
      fc.property(asked, ballot, vote, (questions, promised, later) => {
        let memory = freshMemory(PREVIOUS);
        for (const question of questions) {
          const next =
            question.kind === 'vote'
              ? mayVote(memory, question.vote)
              : mayPromise(memory, question.ballot);
          if (next.ok) memory = 'next' in next.value ? next.value.next : next.value;
        }
        const answer = mayPromise(memory, promised);
        if (!answer.ok) return;
        expect(answer.value.last).toEqual(memory.lastVote);
        if (compareBallots(later, promised) < 0) {
          expect(mayVote(answer.value.next, later).ok).toBe(false);
        }
      }),
      { numRuns: 400 },
    );
  });

  it('[A3] comes back from its bytes', () => {
    fc.assert(
      fc.property(fc.option(ballot), fc.option(vote), (promised, lastVote) => {
        const memory = { previous: PREVIOUS, promised, lastVote };
        expect(parseBallotMemory(encodeBallotMemory(memory))).toEqual({ ok: true, value: memory });
      }),
    );
  });
});

const promise = fc
  .record({
    round: fc.integer({ min: 1, max: BALLOT_ROUND_MAX }),
    ...{ proposer: fc.constantFrom(...DEVICES), signer: fc.constantFrom(...DEVICES) },
    last: fc.option(vote),
    signature: fc.uint8Array({ minLength: 64, maxLength: 64 }),
  })
  .map((each) => ({ ...each, previous: PREVIOUS }));

/** So many members that whatever any of them voted for may have been chosen. */
const MANY = {
  members: Array.from({ length: 16 }, () => memberFrom(alice)),
  governanceThreshold: 9,
};

describe('promises', () => {
  it('[A3] come back from their bytes, unless they state a vote that is not below them', () => {
    fc.assert(
      fc.property(promise, (each) => {
        const read = parsePromise(encodePromise(each));
        const isBelow = each.last === null || compareBallots(each.last, each) < 0;
        expect(read).toEqual(
          isBelow
            ? { ok: true, value: each }
            : { ok: false, error: { kind: 'malformed', field: 'last' } },
        );
      }),
      { numRuns: 300 },
    );
  });

  it('[A3] bind to a value of the highest ballot that any of them names, in any order', () => {
    fc.assert(
      fc.property(fc.array(promise, { maxLength: 6 }), (all) => {
        const forced = valueForced(all, MANY);
        expect(valueForced([...all].reverse(), MANY)).toBe(forced);
        const stated = all.flatMap(({ last }) => (last === null ? [] : [last]));
        const highest = [...stated].sort(compareBallots).at(-1);
        expect(forced === null).toBe(highest === undefined);
        if (highest === undefined) return;
        const top = stated.filter((each) => compareBallots(each, highest) === 0);
        const countOf = (record: RosterHash): number =>
          top.filter((each) => each.record === record).length;
        const most = Math.max(...top.map(({ record }) => countOf(record)));
        const best = top.map(({ record }) => record).filter((record) => countOf(record) === most);
        expect(forced).toBe([...best].sort()[0]);
      }),
      { numRuns: 300 },
    );
  });
});

const SUBJECT = subjectOf(recordOf([alice, bob], GENESIS));
const changes: readonly Partial<SnapshotSubject>[] = [
  ...[{ account: hexOf<never>('other') }, { epoch: 9 }, { roster: hexOf<never>('other') }],
  ...[{ predecessors: [hexOf<never>('head')] }, { index: 7 }, { advance: [] }, { lamport: 1 }],
  ...[
    { quarantine: [{ session: hexOf<never>('session'), seq: 9 }] },
    { digest: hexOf<never>('d') },
  ],
  ...[{ payload: hexOf<never>('p') }, { fold: 2 }],
];

describe('statements', () => {
  it('[A6] of one changed part or more have another hash, and equal ones the same', () => {
    fc.assert(
      fc.property(fc.subarray([...changes]), fc.subarray([...changes]), (one, other) => {
        const [left, right] = [one, other].map((parts) =>
          snapshotStatement(Object.assign({}, SUBJECT, ...parts) as SnapshotSubject),
        ) as [never, never];
        const isEqual = one.length === other.length && one.every((part) => other.includes(part));
        expect(statementHashOf(left) === statementHashOf(right)).toBe(isEqual);
        expect(compareBytes(encodeStatement(left), encodeStatement(right)) === 0).toBe(isEqual);
      }),
    );
  });

  it('[A6] of a snapshot and of a roster never share a hash, nor two ballots of one record', () => {
    const about = { account: ACCOUNT, epoch: 1, roster: PREVIOUS, record: VALUES[0] as RosterHash };
    fc.assert(
      fc.property(ballot, ballot, (one, other) => {
        const [left, right] = [one, other].map((each) =>
          statementHashOf(rosterStatement({ ...about, ...each })),
        );
        expect(left === right).toBe(compareBallots(one, other) === 0);
        expect(left).not.toBe(statementHashOf(snapshotStatement(SUBJECT)));
      }),
    );
  });

  it('[C2] have short codes of their first eighty bits', () => {
    const id = fc
      .uint8Array({ minLength: 32, maxLength: 32 })
      .map((bytes) => Buffer.from(bytes).toString('hex') as StatementHash);
    fc.assert(
      fc.property(id, id, fc.nat(19), (one, other, at) => {
        expect(shortCodeOf(one).join('-')).toMatch(/^([0-9A-HJKMNP-TV-Z]{4}-?){4}$/);
        const tail = (one.slice(0, 20) + other.slice(20)) as StatementHash;
        expect(shortCodeOf(tail)).toEqual(shortCodeOf(one));
        const digit = one[at] === '0' ? '1' : '0';
        const changed = (one.slice(0, at) + digit + one.slice(at + 1)) as StatementHash;
        expect(shortCodeOf(changed)).not.toEqual(shortCodeOf(one));
      }),
    );
  });
});
