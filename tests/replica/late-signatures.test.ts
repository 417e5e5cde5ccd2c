import { describe, expect, it } from 'vitest';
import { createNobleVerifier } from '../../src/adapters/noble-verifier.js';
import {
  encodeSnapshotCompletion,
  parseSnapshotCompletion,
} from '../../src/core/authority/completion.js';
import { admitGovernance } from '../../src/replica/membership/governance.js';
import { createHoldings } from '../../src/replica/journal/holdings.js';
import {
  ACCOUNT,
  alice,
  bob,
  carol,
  dave,
  GENESIS,
  headBy,
  recordOf,
  stepTo,
} from '../unit/authority/people.js';

const FOUR = recordOf([alice, bob, carol, dave], GENESIS, { snapshotThreshold: 2 });
const byTwo = headBy(FOUR, [alice, bob]);
const byOthers = headBy(FOUR, [carol, dave]);
const EVERYONE = [alice, bob, carol, dave].map(({ device }) => device).sort();

describe('signatures of a snapshot that come one after the other', () => {
  it.each([
    ['in two messages', [[byTwo], [byOthers]]],
    ['in the other order', [[byOthers], [byTwo]]],
    ['in one message', [[byTwo, byOthers]]],
  ] as const)('[C4, F9, A11] are all stored: %s', async (_how, messages) => {
    const holdings = createHoldings(ACCOUNT, alice.device);
    holdings.addTransition(stepTo(GENESIS, null, [alice]));
    holdings.addTransition(stepTo(FOUR, GENESIS, [alice]));
    const stored = new Map<string, Uint8Array>();
    for (const message of messages) {
      const completions = message.map(({ completion }) => encodeSnapshotCompletion(completion));
      const offer = { transitions: [], completions, proofs: [], shares: [] };
      const news = await admitGovernance(holdings, createNobleVerifier(), offer);
      expect(news.refused).toEqual([]);
      for (const change of news.changes) {
        if (change.kind === 'put') stored.set(change.key, change.value);
      }
      news.completions.forEach(holdings.addCompletion);
    }
    const held = holdings.completions().get(byTwo.head);
    expect(held?.signers).toEqual(EVERYONE);
    const [row] = [...stored.values()];
    const read = parseSnapshotCompletion(row ?? new Uint8Array());
    expect(read.ok && read.value).toEqual(held?.completion);
  });
});
