import { expect, test } from 'vitest';
import { createNobleVerifier } from '../../src/adapters/noble-verifier.js';
import { type BallotPromise, encodePromise } from '../../src/core/authority/ballot.js';
import { rosterHashOf } from '../../src/core/authority/roster.js';
import type { RosterHash, StatementHash } from '../../src/core/base/brands.js';
import type { Holdings } from '../../src/replica/journal/holdings.js';
import { goodPromisesAfter, learnPromises } from '../../src/replica/membership/known-promises.js';
import { ACCOUNT, GENESIS, alice, bob, hexOf, promiseOf } from '../unit/authority/people.js';

const previous = rosterHashOf(GENESIS);
const given = promiseOf(bob, previous, { round: 3, proposer: alice.device }, null);

/** An account in which those promises were asked to be counted, each in a proposal of its own. */
const withAsked = (...promises: readonly BallotPromise[]): Holdings => {
  const ceremonies = promises.map((promise, at) => [
    hexOf<StatementHash>(`statement ${at}`),
    { matter: { purpose: 'roster', previous, promises: [encodePromise(promise)] } },
  ]);
  const map = new Map(ceremonies as never);
  return { account: ACCOUNT, ceremonies: () => map } as unknown as Holdings;
};

test('[A3, A6] a signature found good on one promise says nothing of another that bears it', async () => {
  const voted = { round: 1, proposer: bob.device, record: hexOf<RosterHash>('another list') };
  const forged = { ...given, round: 5, last: voted };
  for (const asked of [
    [given, forged],
    [forged, given],
  ]) {
    const holdings = withAsked(...asked);
    await learnPromises(holdings, createNobleVerifier(), previous);
    await learnPromises(holdings, createNobleVerifier(), previous);
    expect(goodPromisesAfter(holdings, previous)).toEqual([given]);
  }
});
