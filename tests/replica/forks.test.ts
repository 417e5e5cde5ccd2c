import { describe, expect, test } from 'vitest';
import { createMemoryKeys } from '../../src/adapters/memory/memory-keys.js';
import {
  encodeRosterCompletion,
  sortedShares,
} from '../../src/core/authority/roster-completion.js';
import { planRosterChange } from '../../src/core/authority/roster-plan.js';
import { rosterHashOf } from '../../src/core/authority/roster.js';
import { shareSigningBytes, statementHashOf } from '../../src/core/authority/statement.js';
import { transitionStatement } from '../../src/core/authority/transition.js';
import type { Hash } from '../../src/core/base/brands.js';
import { sha256Hex } from '../../src/core/base/hash.js';
import { type Liar, createLiar } from './liar.js';
import { threeMembers } from './three-members.js';
import { draftOf, idOf } from './with-liar.js';

/** A record that follows the one in force, voted for in round 0 by these keys. */
const rivalBy = async (liar: Liar, name: string, voters: readonly string[]) => {
  const { tip } = liar.holdings.chain();
  const commitment = sha256Hex(new TextEncoder().encode(name)) as Hash;
  const change = { rename: [{ device: liar.device, name }] };
  const planned = planRosterChange(tip, change, { commitment, closing: [], heads: [] });
  if (!planned.ok) throw new Error(planned.error.kind);
  const record = planned.value;
  const draft = {
    ...{ record, round: 0, proposer: tip.admin, votes: [], consents: [], promises: [] },
  };
  const predecessor = { account: liar.holdings.account, record: tip };
  const message = shareSigningBytes(statementHashOf(transitionStatement(draft, predecessor)));
  const votes = voters.map(async (voter) => {
    const { signer } = createMemoryKeys(voter);
    return { signer: signer.device, signature: await signer.sign(message) };
  });
  const completion = { ...draft, votes: sortedShares(await Promise.all(votes)) };
  return { hash: rosterHashOf(record), bytes: encodeRosterCompletion(completion) };
};

describe('an account with two successors of one record', () => {
  test('[A3, A8] both are shown with who signed what, and nothing is decided until it is settled', async () => {
    const { home, alice, bob, carol } = await threeMembers();
    const [aliceId, bobId, carolId] = [alice, bob, carol].map(idOf);
    const before = carol.view().account?.rosterHash;
    await home.stop('bob');
    const liar = await createLiar(home, 'bob');
    await home.until('the liar is there', () => liar.isLinkedTo(idOf(carol)));
    const one = await rivalBy(liar, 'Bob one', ['alice', 'bob']);
    const two = await rivalBy(liar, 'Bob two', ['bob', 'carol']);
    for (const { bytes } of [one, two]) {
      liar.to(idOf(carol)).say({ kind: 'rosterChain', completions: [bytes] });
    }
    await home.until('carol sees both', () => carol.view().forks.length === 1);
    const [fork] = carol.view().forks;
    expect(fork?.parent).toBe(before);
    expect(fork?.branches.map(({ record }) => record)).toEqual([one.hash, two.hash].sort());
    const signersOf = (hash: string) =>
      fork?.branches.find(({ record }) => record === hash)?.signedBy;
    expect(signersOf(one.hash)).toEqual([aliceId, bobId].sort());
    expect(signersOf(two.hash)).toEqual([bobId, carolId].sort());
    expect(fork?.votedTwice).toEqual([bobId]);
    expect(carol.view().account?.isForked).toBe(true);
    expect(carol.view().problems.map(({ kind }) => kind)).toContain('forked');
    const forked = { ok: false, error: { kind: 'forked' } };
    expect(await carol.devices.rename(idOf(carol), 'Carol new')).toEqual(forked);
    expect(await carol.snapshots.propose('')).toEqual(forked);
    // What every branch allows goes on.
    expect((await carol.records.create(draftOf('meanwhile'))).ok).toBe(true);
    await home.until('alice sees both', () => alice.view().forks.length === 1);
  });
});
