import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DeviceId, FactId, RosterHash, SessionId } from '../../../src/core/base/brands.js';
import { encodeBody } from '../../../src/core/facts/bodies.js';
import { isStrictlySorted, compareText } from '../../../src/core/base/ordering.js';
import {
  ballotFault,
  encodePromise,
  type BallotPromise,
} from '../../../src/core/authority/ballot.js';
import { nameableClosing } from '../../../src/core/authority/closing-room.js';
import {
  encodeRosterCompletion,
  sortedShares,
  type RosterCompletion,
} from '../../../src/core/authority/roster-completion.js';
import { fittingCompletion, fittingPromises } from '../../../src/core/authority/roster-fitting.js';
import {
  encodeRosterRecord,
  majorityOf,
  rosterHashOf,
  type RosterRecord,
} from '../../../src/core/authority/roster.js';
import type { Frontier } from '../../../src/core/journal/frontier.js';
import {
  ACCOUNT,
  byDevice,
  hexOf,
  memberFrom,
  standaloneRecord,
  alice,
} from '../../unit/authority/people.js';

const SIGNATURE = new Uint8Array(64).fill(7);
const ROUND = 2 ** 20;

/** Members of any number with names of any script. Their signatures are taken for good. */
const recordWith = (count: number, name: string): RosterRecord => {
  const members = Array.from({ length: count }, (_, index) => ({
    ...memberFrom(alice),
    device: hexOf<DeviceId>(`device ${index}`),
    encryptionKey: hexOf<never>(`box ${index}`),
    name,
  }));
  const threshold = majorityOf(count);
  return standaloneRecord([alice], {
    members: byDevice(members),
    admin: members[0]?.device as DeviceId,
    ...{ governanceThreshold: threshold, snapshotThreshold: threshold },
  });
};

/** What follows it without its last member, closing these sessions. */
const without = (before: RosterRecord, closing: RosterRecord['closing'] = []): RosterRecord => {
  const members = before.members.filter(({ device }) => device !== before.members.at(-1)?.device);
  const threshold = majorityOf(members.length);
  return {
    ...before,
    ...{ epoch: before.epoch + 1, previous: rosterHashOf(before), members, closing },
    ...{ governanceThreshold: threshold, snapshotThreshold: threshold },
    admin: members[0]?.device as DeviceId,
  };
};

const promisesOf = (
  before: RosterRecord,
  voted: RosterRecord | null,
  count: number,
): BallotPromise[] =>
  before.members.slice(0, count).map(({ device }, index) => ({
    previous: rosterHashOf(before),
    ...{ round: ROUND, proposer: before.members[0]?.device as DeviceId, signer: device },
    last:
      voted === null
        ? null
        : { round: ROUND - 1 - index, proposer: device, record: rosterHashOf(voted) },
    signature: SIGNATURE,
  }));

const completionOf = (
  before: RosterRecord,
  record: RosterRecord,
  hasVoted: boolean,
  voters: number,
): RosterCompletion => ({
  record,
  ...{ round: ROUND, proposer: before.members[0]?.device as DeviceId, consents: [] },
  votes: sortedShares(
    before.members.slice(0, voters).map(({ device }) => ({ signer: device, signature: SIGNATURE })),
  ),
  promises: promisesOf(before, hasVoted ? record : null, voters),
});

const proposalOf = (record: RosterRecord, promises: readonly BallotPromise[], sealed: number) =>
  encodeBody({
    kind: 'roster.proposed',
    record: encodeRosterRecord(record),
    envelopes: record.members
      .slice(0, sealed)
      .map(({ device }) => ({ device, envelope: new Uint8Array(92) })),
    consents: [],
    comment: '本'.repeat(280),
    ...{ expires: 2 ** 45, round: ROUND, promises: promises.map(encodePromise) },
  });

const isOneFact = (completion: RosterCompletion): boolean =>
  encodeBody({ kind: 'roster.completed', completion: encodeRosterCompletion(completion) }).ok;

const sessions = fc
  .array(fc.record({ seq: fc.nat(500), covered: fc.integer({ min: -1, max: 600 }) }), {
    minLength: 60,
    maxLength: 200,
    size: 'max',
  })
  .map((all) => {
    const covered: Map<SessionId, { readonly seq: number }> = new Map();
    const points = all.map(({ seq, covered: upTo }, index) => {
      const session = hexOf<SessionId>(`session ${index}`);
      if (upTo >= 0) covered.set(session, { seq: Math.min(upTo, seq) });
      return { session, seq, id: hexOf<FactId>(`fact ${index}`) };
    });
    points.sort((a, b) => compareText(a.session, b.session));
    return { points, covered: covered as unknown as Frontier };
  });
const members = fc.integer({ min: 2, max: 16 });

describe('the room that a record has', () => {
  it('[A4, C9] whatever sessions a device opened, the record that takes it out can be put forward, promised and completed', () => {
    fc.assert(
      fc.property(members, sessions, fc.boolean(), (count, { points, covered }, hasVoted) => {
        const before = recordWith(count, 'A phone in the hall');
        const ground = { record: without(before), deciders: before, newcomers: 0, brokenWords: 0 };
        const closing = nameableClosing(points, { ...ground, covered });
        const record = without(before, closing);
        expect(isStrictlySorted(closing, (a, b) => compareText(a.session, b.session))).toBe(true);
        expect(closing.length).toBeGreaterThanOrEqual(Math.min(points.length, 8));
        expect(proposalOf(record, [], count).ok).toBe(true);
        const needed = before.governanceThreshold;
        expect(proposalOf(record, promisesOf(before, hasVoted ? record : null, needed), 0).ok).toBe(
          true,
        );
        expect(isOneFact(completionOf(before, record, hasVoted, needed))).toBe(true);
      }),
      { numRuns: 60 },
    );
  });

  it('[A4] of sessions that do not all fit those stay that went on since the base', () => {
    fc.assert(
      fc.property(sessions, ({ points, covered }) => {
        const before = recordWith(3, 'A phone');
        const ground = { record: without(before), deciders: before, newcomers: 0, brokenWords: 0 };
        const closing = new Set(nameableClosing(points, { ...ground, covered }));
        const rest = points.filter((point) => !closing.has(point));
        const newIn = ({ session, seq }: (typeof points)[number]): number =>
          seq - (covered.get(session)?.seq ?? -1);
        const left = Math.max(0, ...rest.filter(({ session }) => covered.has(session)).map(newIn));
        for (const point of closing) {
          if (newIn(point) === 0) expect(rest.every((each) => newIn(each) === 0)).toBe(true);
          else if (covered.has(point.session)) expect(newIn(point)).toBeGreaterThanOrEqual(left);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('[C4, C9] however many voted and promised, one fact completes it, with as many as it takes', () => {
    fc.assert(
      fc.property(members, fc.integer({ min: 0, max: 4_000 }), (count, less) => {
        const before = recordWith(count, 'A phone');
        const record = without(before);
        const whole = completionOf(before, record, true, count);
        const fits = (each: RosterCompletion): boolean =>
          encodeRosterCompletion(each).length <= encodeRosterCompletion(whole).length - less;
        const predecessor = { account: ACCOUNT, record: before };
        const said = fittingCompletion(whole, predecessor, fits);
        const needed = before.governanceThreshold;
        const least = completionOf(before, record, true, needed);
        if (less === 0) expect(said).toBe(whole);
        if (said === null) {
          expect(fits(least)).toBe(false);
          return;
        }
        expect(fits(said)).toBe(true);
        expect(said.votes.length).toBeGreaterThanOrEqual(needed);
        expect(said.promises.length).toBeGreaterThanOrEqual(needed);
        // Who leaves is heard only where there is room.
        const isHeard = said.votes.some(({ signer }) => signer === before.members.at(-1)?.device);
        if (said.votes.length < count - 1) expect(isHeard).toBe(false);
      }),
      { numRuns: 60 },
    );
  });

  it('[A3, C9] fewer promises are said only where all are too many, and they leave the same record', () => {
    fc.assert(
      fc.property(members, fc.nat(16), fc.nat(16), (count, votedFor, most) => {
        const before = recordWith(count, 'A phone');
        const record = rosterHashOf(without(before));
        const promises = promisesOf(before, without(before), count).map((promise, index) =>
          index < votedFor || promise.last === null
            ? promise
            : { ...promise, last: { ...promise.last, record: hexOf<RosterHash>(`${index}`) } },
        );
        const vote = { round: ROUND, proposer: promises[0]?.proposer as DeviceId, record };
        const ground = { hash: rosterHashOf(before), record: before };
        const said = fittingPromises(promises, vote, ground, (some) => some.length <= most);
        if (most >= count) expect(said).toBe(promises);
        if (said === null) return;
        expect(said.length).toBeLessThanOrEqual(most);
        if (said === promises) return;
        expect(ballotFault(vote, ground, said)).toBe(null);
      }),
      { numRuns: 60 },
    );
  });
});
