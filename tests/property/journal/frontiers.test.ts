import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DeviceId, FactId, SessionId } from '../../../src/core/base/brands.js';
import {
  advanceOf,
  dominates,
  joinFrontiers,
  largestLamport,
  seqIn,
  type Frontier,
  type SessionTip,
} from '../../../src/core/journal/frontier.js';
import { joinStates } from '../../../src/core/journal/state.js';
import { idNamed } from '../../unit/facts/fixtures.js';
import { bytesOf, lengths, prefixOf, sayings, sessionsOf, stateOf } from './accounts.js';

const SESSIONS = ['a', 'b', 'c', 'd'].map((name) => idNamed<SessionId>(name));

/** Tips of one history: the place tells the rest, but for the branch that a liar may give. */
const tipAt = (session: SessionId, seq: number, branch: number): SessionTip => ({
  author: idNamed<DeviceId>(`author ${session}`),
  seq,
  id: idNamed<FactId>(`${session} ${seq} ${branch}`),
  lamport: seq * 2 + 1,
  epoch: 0,
});
const frontierOf = (branches: number): fc.Arbitrary<Frontier> =>
  fc
    .uniqueArray(fc.tuple(fc.constantFrom(...SESSIONS), fc.nat(6), fc.nat(branches)), {
      selector: ([session]) => session,
    })
    .map((tips) => new Map(tips.map(([session, seq, br]) => [session, tipAt(session, seq, br)])));

const honest = frontierOf(0);
const forked = frontierOf(1);
const same = (left: Frontier, right: Frontier): void =>
  expect(new Map([...left].sort())).toEqual(new Map([...right].sort()));

describe('frontiers', () => {
  it('[F7] join in any order, grouping and repetition', () => {
    fc.assert(
      fc.property(forked, forked, forked, (a, b, c) => {
        same(joinFrontiers(a, b), joinFrontiers(b, a));
        same(joinFrontiers(joinFrontiers(a, b), c), joinFrontiers(a, joinFrontiers(b, c)));
        same(joinFrontiers(a, a), a);
      }),
    );
  });

  it('[F6, F7] name of two branches that stand equally far the fact with the lesser id', () => {
    fc.assert(
      fc.property(fc.constantFrom(...SESSIONS), fc.nat(6), fc.nat(6), (session, seq, other) => {
        const [one, two] = [tipAt(session, seq, 0), tipAt(session, other, 1)];
        const joined = joinFrontiers(new Map([[session, one]]), new Map([[session, two]]));
        const lesser = one.id < two.id ? one : two;
        const further = seq > other ? one : two;
        expect(joined.get(session)).toEqual(seq === other ? lesser : further);
      }),
    );
  });

  it('[F7] the join dominates both, and whatever dominates both dominates it', () => {
    fc.assert(
      fc.property(honest, honest, honest, (a, b, c) => {
        const joined = joinFrontiers(a, b);
        expect(dominates(joined, a) && dominates(joined, b)).toBe(true);
        if (dominates(c, a) && dominates(c, b)) expect(dominates(c, joined)).toBe(true);
      }),
    );
  });

  it('[F7] dominance is an order: reflexive, transitive, and both ways only when equal', () => {
    fc.assert(
      fc.property(honest, honest, honest, (a, b, c) => {
        expect(dominates(a, a)).toBe(true);
        if (dominates(a, b) && dominates(b, c)) expect(dominates(a, c)).toBe(true);
        if (dominates(a, b) && dominates(b, a)) same(a, b);
        expect(dominates(a, b)).toBe(bytesLess(b, a));
      }),
    );
  });

  it('[S3] a cut is its predecessors with the advance on top, and the advance is the least', () => {
    fc.assert(
      fc.property(honest, honest, (before, more) => {
        const cut = joinFrontiers(before, more);
        const advance = advanceOf(cut, before);
        const back = new Map(before);
        for (const { session, seq } of advance) back.set(session, tipAt(session, seq, 0));
        same(back, cut);
        for (const { session, seq } of advance) expect(seq).toBeGreaterThan(seqIn(before, session));
        const sessions = advance.map((entry) => entry.session);
        expect(sessions).toEqual([...new Set(sessions)].sort());
      }),
    );
  });

  it('[S1] the largest lamport is that of some tip, and no tip has a larger one', () => {
    fc.assert(
      fc.property(honest, (frontier) => {
        const all = [...frontier.values()].map((tip) => tip.lamport);
        expect(largestLamport(frontier)).toBe(Math.max(0, ...all));
      }),
    );
  });
});

const bytesLess = (lower: Frontier, upper: Frontier): boolean =>
  SESSIONS.every((session) => seqIn(lower, session) <= seqIn(upper, session));

describe('states', () => {
  it('[F7] only grow: what is joined in stays in, whatever is joined later', () => {
    fc.assert(
      fc.property(sayings, lengths, lengths, lengths, (said, left, right, later) => {
        const sessions = sessionsOf(said);
        const [a, b, c] = [left, right, later].map((cut) => stateOf(prefixOf(sessions, cut))) as [
          never,
          never,
          never,
        ];
        const joined = joinStates(a, b);
        expect(bytesOf(joinStates(a, joined))).toBe(bytesOf(joined));
        const all = joinStates(joined, c);
        expect(bytesOf(joinStates(all, a))).toBe(bytesOf(all));
        expect(dominates(all.frontier, joined.frontier)).toBe(true);
      }),
      { numRuns: 100 },
    );
  });

  it('[F7] of a longer prefix absorb those of a shorter one', () => {
    fc.assert(
      fc.property(sayings, lengths, lengths, (said, cut, more) => {
        const sessions = sessionsOf(said);
        const further = cut.map((count, index) => count + (more[index] ?? 0));
        const [less, all] = [cut, further].map((each) => stateOf(prefixOf(sessions, each))) as [
          never,
          never,
        ];
        expect(bytesOf(joinStates(less, all))).toBe(bytesOf(all));
        expect(bytesOf(joinStates(all, less))).toBe(bytesOf(all));
      }),
      { numRuns: 150 },
    );
  });
});
