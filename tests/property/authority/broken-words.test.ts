import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DeviceId, RosterHash } from '../../../src/core/base/brands.js';
import { brandHex } from '../../../src/core/base/brands.js';
import type { BallotPromise } from '../../../src/core/authority/ballot.js';
import { freshMemory, mayPromise, mayVote } from '../../../src/core/authority/ballot-memory.js';
import { brokenWordsAmong, whoBrokeWord } from '../../../src/core/authority/broken-word.js';
import type { KnownVote } from '../../../src/core/authority/double-vote.js';

const idOf = <T extends string>(digit: number): T => brandHex<T>(`${digit}`.repeat(64));
const COMMON = idOf<RosterHash>(9);
const SIGNERS = [1, 2, 3].map((digit) => idOf<DeviceId>(digit));
const signature = new Uint8Array(64);

const asked = fc.record({
  signer: fc.constantFrom(...SIGNERS),
  isVote: fc.boolean(),
  round: fc.integer({ min: 0, max: 4 }),
  proposer: fc.constantFrom(...SIGNERS),
  record: fc.constantFrom(...[5, 6, 7].map((digit) => idOf<RosterHash>(digit))),
});

type Asked = typeof asked extends fc.Arbitrary<infer T> ? T : never;

/** What devices say that are asked this, each bound by its memory; `forgets` lose it each time. */
const wordsOf = (all: readonly Asked[], forgets: ReadonlySet<DeviceId>) => {
  const memories = new Map(SIGNERS.map((each) => [each, freshMemory(COMMON)]));
  const [votes, promises]: [KnownVote[], BallotPromise[]] = [[], []];
  for (const { signer, isVote, round, proposer, record } of all) {
    const memory = forgets.has(signer) ? freshMemory(COMMON) : memories.get(signer)!;
    if (isVote) {
      const next = mayVote(memory, { round, proposer, record });
      if (!next.ok) continue;
      memories.set(signer, next.value);
      votes.push({ signer, record, round, proposer, signature });
    } else {
      const given = mayPromise(memory, { round, proposer });
      if (!given.ok) continue;
      memories.set(signer, given.value.next);
      const { last } = given.value;
      promises.push({ previous: COMMON, round, proposer, last, signer, signature });
    }
  }
  return { votes, promises };
};

describe('what is shown of broken words', () => {
  it('[A3] is never of a device that keeps its memory, whatever it was asked in which order', () => {
    fc.assert(
      fc.property(fc.array(asked, { maxLength: 40 }), (all) => {
        const liar = SIGNERS[0] as DeviceId;
        const { votes, promises } = wordsOf(all, new Set([liar]));
        const broken = whoBrokeWord(brokenWordsAmong(votes, promises));
        expect(broken.filter((device) => device !== liar)).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });

  it('[A3, F7] is the same in any order, and of each device one thing', () => {
    fc.assert(
      fc.property(fc.array(asked, { maxLength: 40 }), fc.integer(), (all, seed) => {
        const { votes, promises } = wordsOf(all, new Set(SIGNERS));
        const turned = <T>(items: readonly T[]): readonly T[] => {
          const at = items.length === 0 ? 0 : Math.abs(seed) % items.length;
          return [...items.slice(at), ...items.slice(0, at)].reverse();
        };
        const shown = brokenWordsAmong(votes, promises);
        expect(brokenWordsAmong(turned(votes), turned(promises))).toEqual(shown);
        expect(brokenWordsAmong([...votes, ...votes], [...promises, ...promises])).toEqual(shown);
        const devices = whoBrokeWord(shown);
        expect(new Set(devices).size).toBe(devices.length);
      }),
      { numRuns: 300 },
    );
  });

  it('[A3] is of each that votes in one ballot and promises a higher one as if it had not', () => {
    fc.assert(
      fc.property(asked, fc.integer({ min: 1, max: 3 }), (vote, more) => {
        const words = { ...vote, round: vote.round + more };
        const promise = { ...words, previous: COMMON, last: null, signature };
        const shown = brokenWordsAmong([{ ...vote, signature }], [promise]);
        expect(whoBrokeWord(shown)).toEqual([vote.signer]);
      }),
    );
  });
});
