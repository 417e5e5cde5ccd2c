import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { brokenPromisesIn } from '../../src/core/authority/broken-promise.js';
import { encodeRosterCompletion } from '../../src/core/authority/roster-completion.js';
import { rosterHashOf } from '../../src/core/authority/roster.js';
import type { AdmittedTransition } from '../../src/core/authority/transition.js';
import type { Hash } from '../../src/core/base/brands.js';
import { choiceOf } from '../../src/replica/membership/choice.js';
import { admitGovernance } from '../../src/replica/membership/governance.js';
import { type Holdings, createHoldings } from '../../src/replica/journal/holdings.js';
import { loadGovernance } from '../../src/replica/storage/opening.js';
import {
  ACCOUNT,
  alice,
  bob,
  carol,
  dave,
  erin,
  GENESIS,
  hexOf,
  promiseOf,
  recordOf,
  stepTo,
} from '../unit/authority/people.js';
import { createRememberedVerifier } from './remembered-keys.js';

/**
 * Five members choose what follows FIVE. ONE came about in two ballots, TWO in a third:
 *
 *   ONE   round 0: alice, bob, carol      round 1: bob, carol, dave     round 0: alice, bob, dave
 *   TWO                                   round 1: carol, dave, erin
 *
 * Who heard of ONE in round 0 alone sees nobody who voted twice, and could never unite the two.
 */
const FIVE = recordOf([alice, bob, carol, dave, erin], GENESIS);
const ONE = recordOf([alice, bob, carol, dave, erin], FIVE, { commitment: hexOf<Hash>('one') });
const TWO = recordOf([alice, bob, carol, dave, erin], FIVE, { commitment: hexOf<Hash>('two') });
const BALLOT = { round: 1, proposer: carol.device };
const promised = (people: readonly (typeof alice)[]) =>
  people.map((each) => promiseOf(each, rosterHashOf(FIVE), BALLOT, null));

const START = [stepTo(GENESIS, null, [alice]), stepTo(FIVE, GENESIS, [alice])];
const [first, again, other] = [
  stepTo(ONE, FIVE, [alice, bob, carol]),
  stepTo(ONE, FIVE, [bob, carol, dave], { ...BALLOT, promises: promised([bob, carol, dave]) }),
  stepTo(ONE, FIVE, [alice, bob, dave]),
] as const;
const rival = stepTo(TWO, FIVE, [carol, dave, erin], {
  ...BALLOT,
  promises: promised([carol, dave, erin]),
});
const HEARD = [first, again, other, rival];

interface Device {
  readonly holdings: Holdings;
  readonly rows: Map<string, Uint8Array>;
}

const createDevice = (): Device => {
  const holdings = createHoldings(ACCOUNT, alice.device);
  START.forEach(holdings.addTransition);
  const rows = new Map(
    START.map(({ hash, completion }) => [`roster:${hash}`, encodeRosterCompletion(completion)]),
  );
  return { holdings, rows };
};

const verifier = createRememberedVerifier();

/** What a device hears is stored as it says, then taken in. */
const hear = async (
  { holdings, rows }: Device,
  steps: readonly AdmittedTransition[],
): Promise<number> => {
  const transitions = steps.map(({ completion }) => encodeRosterCompletion(completion));
  const offer = { transitions, completions: [], proofs: [], shares: [] };
  const news = await admitGovernance(holdings, verifier, offer);
  expect(news.refused).toEqual([]);
  for (const change of news.changes) {
    if (change.kind === 'put') rows.set(change.key, change.value);
    expect(change.kind).toBe('put');
  }
  news.transitions.forEach(holdings.addTransition);
  return news.transitions.length;
};

/** Everything that the votes and promises behind records decide or say. */
const judged = (holdings: Holdings) => {
  const { hash, record, votedTwice, brokePromise } = choiceOf(holdings);
  const all = [...holdings.transitions().values()].sort((a, b) => (a.hash < b.hash ? -1 : 1));
  const rivals = all.filter((each) => each.record.previous === rosterHashOf(FIVE));
  return {
    ...{ hash, votedTwice, brokePromise, deciders: record.members.map(({ name }) => name) },
    needed: record.governanceThreshold,
    voters: [...holdings.chain().links.values()].map((link) => [link.hash, link.voters]).sort(),
    forks: holdings.chain().forks,
    brokenAlone: brokenPromisesIn(rivals),
    steps: all.map(({ completion, others }) => [completion, ...others].map(encodeRosterCompletion)),
  };
};

const reopened = ({ rows }: Device): Holdings => {
  const holdings = createHoldings(ACCOUNT, alice.device);
  loadGovernance(
    holdings,
    [...rows].map(([key, value]) => ({ key, value })),
  );
  return holdings;
};

describe('completions of one record that come one after the other', () => {
  it('[A3, C4] who heard of one ballot first sees who voted twice in another', async () => {
    const early = createDevice();
    const late = createDevice();
    for (const step of [first, again, rival]) await hear(early, [step]);
    for (const step of [again, rival, first]) await hear(late, [step]);
    expect(judged(early.holdings)).toEqual(judged(late.holdings));
    const { deciders, needed } = judged(early.holdings);
    // Carol and dave voted for both in one ballot; bob's promise hides his vote in the one before.
    expect([...deciders].sort()).toEqual(['alice', 'erin']);
    expect(needed).toBe(2);
  });

  it('[A3, F7, F9] in any order, with any repetition, are judged and stored alike', async () => {
    const whole = createDevice();
    await hear(whole, HEARD);
    const expected = judged(whole.holdings);
    const deliveries = fc
      .shuffledSubarray(HEARD, { minLength: HEARD.length })
      .chain((order) =>
        fc
          .array(fc.constantFrom(...HEARD), { maxLength: 4 })
          .map((repeated) => [...repeated, ...order, ...repeated]),
      );
    await fc.assert(
      fc.asyncProperty(deliveries, fc.integer({ min: 1, max: 3 }), async (order, atOnce) => {
        const device = createDevice();
        for (let at = 0; at < order.length; at += atOnce) {
          await hear(device, order.slice(at, at + atOnce));
        }
        expect(judged(device.holdings)).toEqual(expected);
        expect(judged(reopened(device))).toEqual(expected);
        // What brings no word that is not here is neither stored nor told of again.
        expect(await hear(device, order)).toBe(0);
      }),
      { numRuns: 40 },
    );
  });
});
