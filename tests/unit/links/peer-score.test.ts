import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  PEER_ACTS,
  type PeerAct,
  SCORE_THRESHOLD,
  TRUST_FIRST,
  choosePeers,
  newStanding,
  noteAct,
  recoversInMs,
  scoreOf,
  standingAt,
} from '../../../src/core/links/peer-score.js';
import { fullBucket, owedMs, takeFrom } from '../../../src/core/links/token-bucket.js';

const ACTS = Object.keys(PEER_ACTS) as PeerAct[];
const conduct = fc.array(fc.tuple(fc.constantFrom(...ACTS), fc.nat(60_000)), { maxLength: 60 });
const after = (acts: readonly (readonly [PeerAct, number])[]) => {
  let nowMs = 0;
  let standing = newStanding(nowMs);
  for (const [act, passedMs] of acts) standing = noteAct(standing, act, (nowMs += passedMs));
  return { standing, nowMs };
};

describe('what is made of the conduct of a peer', () => {
  test('[N5] a newcomer starts above the threshold, and is asked beside the best', () => {
    const score = scoreOf(newStanding(0), 0, 0);
    expect(score).toEqual({ score: 75, trust: TRUST_FIRST, success: 100, load: 0 });
    expect(scoreOf(newStanding(0), 1_000, 0).score).toBeGreaterThan(SCORE_THRESHOLD);
    expect(choosePeers([75, 100, 39], (each) => each)).toEqual([100, 75]);
  });

  test('[N5] trust is half of the score, success three tenths, load two tenths, within their bounds', () => {
    fc.assert(
      fc.property(conduct, fc.nat(20), (acts, load) => {
        const { standing, nowMs } = after(acts);
        const { score, trust, success, load: busy } = scoreOf(standing, load, nowMs);
        for (const part of [score, trust, success, busy]) {
          expect(part).toBeGreaterThanOrEqual(0);
          expect(part).toBeLessThanOrEqual(100);
        }
        expect(score).toBeCloseTo(0.5 * trust + 0.3 * success + 0.2 * (100 - busy));
      }),
      // Never failed, and forgotten a little: a whole, to the last digit.
      {
        examples: [
          [
            [
              ['facts', 0],
              ['facts', 4659],
            ],
            0,
          ],
        ],
      },
    );
  });

  test('[N5] what is good never lowers a score, and what is bad never raises it', () => {
    fc.assert(
      fc.property(conduct, fc.constantFrom(...ACTS), (acts, act) => {
        const { standing, nowMs } = after(acts);
        const before = scoreOf(standing, 0, nowMs).score;
        const then = scoreOf(noteAct(standing, act, nowMs), 0, nowMs).score;
        if (PEER_ACTS[act].failed > 0) expect(then).toBeLessThanOrEqual(before + 1e-9);
        else expect(then).toBeGreaterThanOrEqual(before - 1e-9);
      }),
    );
  });

  test('[N5] who fails sinks below the threshold, recovers with time, and is asked where nobody else is', () => {
    let standing = newStanding(0);
    for (let count = 0; count < 12; count += 1) standing = noteAct(standing, 'kept-waiting', 0);
    expect(scoreOf(standing, 0, 0).score).toBeLessThan(SCORE_THRESHOLD);
    expect(scoreOf(standing, 0, 3_600_000).score).toBeGreaterThan(SCORE_THRESHOLD);
    expect(standingAt(standing, 86_400_000).trust).toBe(TRUST_FIRST);
    expect(choosePeers([10, 30, 20], (each) => each)).toEqual([30, 20, 10]);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 100 }), { minLength: 1 }), (scores) => {
        expect(choosePeers(scores, (each) => each).length).toBeGreaterThan(0);
      }),
    );
  });
});

describe('how long a score stays low', () => {
  test('[N5] is told as it comes to be, and is never for good', () => {
    fc.assert(
      fc.property(conduct, fc.nat(20), (acts, load) => {
        const { standing, nowMs } = after(acts);
        const ms = recoversInMs(standing, load, nowMs);
        expect(scoreOf(standing, load, nowMs + ms).score).toBeGreaterThanOrEqual(SCORE_THRESHOLD);
        const isLow = scoreOf(standing, load, nowMs).score < SCORE_THRESHOLD;
        expect(ms > 0).toBe(isLow);
        if (isLow) {
          const before = scoreOf(standing, load, nowMs + ms - 15_000).score;
          expect(before).toBeLessThan(SCORE_THRESHOLD);
        }
      }),
    );
  });
});

describe('an allowance', () => {
  test('[N8] lets a burst through at once and the rest at its rate, however it is cut up', () => {
    const steps = fc.array(fc.tuple(fc.nat(50), fc.integer({ min: -500, max: 2_000 })));
    fc.assert(
      fc.property(steps, (all) => {
        const allowance = { perSecond: 10, burst: 100 };
        let nowMs = 0;
        let latestMs = 0;
        let bucket = fullBucket(allowance, 0);
        let taken = 0;
        for (const [cost, passedMs] of all) {
          latestMs = Math.max(latestMs, (nowMs += passedMs));
          if (owedMs(bucket, allowance) === 0) {
            bucket = takeFrom(bucket, allowance, cost, nowMs);
            taken += cost;
          }
        }
        // One message may overdraw, as nobody knows what it costs before it is read.
        expect(taken).toBeLessThanOrEqual(100 + latestMs / 100 + 50);
      }),
    );
    const spent = takeFrom(
      fullBucket({ perSecond: 10, burst: 5 }, 0),
      { perSecond: 10, burst: 5 },
      8,
      0,
    );
    expect(owedMs(spent, { perSecond: 10, burst: 5 })).toBe(300);
  });
});
