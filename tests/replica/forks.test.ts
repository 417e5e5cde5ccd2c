import { describe, expect, test } from 'vitest';
import { createMemoryKeys } from '../../src/adapters/memory/memory-keys.js';
import { promiseSigningBytes } from '../../src/core/authority/ballot.js';
import { doubleVotesIn } from '../../src/core/authority/double-vote.js';
import { forkHashOf } from '../../src/core/authority/fork.js';
import {
  encodeRosterCompletion,
  parseRosterCompletion,
  sortedShares,
} from '../../src/core/authority/roster-completion.js';
import { rosterHashOf } from '../../src/core/authority/roster.js';
import { shareSigningBytes, statementHashOf } from '../../src/core/authority/statement.js';
import { predecessorOf, transitionStatement } from '../../src/core/authority/transition.js';
import type { Hash, RosterHash } from '../../src/core/base/brands.js';
import { sha256Hex } from '../../src/core/base/hash.js';
import { type Liar, createLiar } from './liar.js';
import { rivalBy } from './rivals.js';
import { threeMembers } from './three-members.js';
import { areEqual, draftOf, idOf, titlesOf } from './with-liar.js';

/** What unites both, by these keys, after their promises; `twice` shows who voted for both. */
const mergeBy = async (
  liar: Liar,
  rivals: readonly Uint8Array[],
  voters: readonly string[],
): Promise<{ readonly hash: RosterHash; readonly bytes: Uint8Array }> => {
  const completions = rivals.flatMap((bytes) => {
    const read = parseRosterCompletion(bytes);
    return read.ok ? read.value : [];
  });
  const tips = completions.map(({ record }) => record);
  const merges = tips.map(rosterHashOf).sort();
  const [least] = tips.filter((tip) => rosterHashOf(tip) === merges[0]);
  if (least === undefined) throw new Error('there are two');
  const commitment = sha256Hex(new TextEncoder().encode('united')) as Hash;
  const record = {
    ...least,
    ...{ epoch: least.epoch + 1, previous: merges[0] ?? null, merges, commitment, heads: [] },
  };
  const { account } = liar.holdings;
  const before = new Map(
    [liar.holdings.chain().tip, ...tips].map((each) => [rosterHashOf(each), each]),
  );
  const predecessor = predecessorOf(account, record, (hash) => before.get(hash));
  const signers = voters.map((voter) => createMemoryKeys(voter).signer);
  const [first] = signers;
  if (predecessor == null || first === undefined) throw new Error('they are branches');
  const ballot = { round: 1, proposer: first.device };
  const previous = forkHashOf(merges);
  const promises = signers.map(async (signer) => {
    const said = { previous, ...ballot, last: null };
    const signature = await signer.sign(promiseSigningBytes(account, said));
    return { ...said, signer: signer.device, signature };
  });
  const draft = { ...{ record, votes: [], consents: [] }, ...ballot, promises: [] };
  const message = shareSigningBytes(statementHashOf(transitionStatement(draft, predecessor)));
  const votes = signers.map(async (signer) => ({
    signer: signer.device,
    signature: await signer.sign(message),
  }));
  const votedTwice = doubleVotesIn(
    completions.map((completion) => ({ hash: rosterHashOf(completion.record), completion })),
  );
  const sorted = (await Promise.all(promises)).sort((a, b) => (a.signer < b.signer ? -1 : 1));
  const completion = {
    ...{ ...draft, votes: sortedShares(await Promise.all(votes)) },
    ...{ promises: sorted, votedTwice },
  };
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
    const rename = { rename: [{ device: liar.device, name: 'Bob anew' }] };
    const one = await rivalBy(liar, 'Bob one', rename, ['alice', 'bob']);
    const two = await rivalBy(liar, 'Bob two', rename, ['bob', 'carol']);
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

  test('[A3, F1] a record of those who did not vote twice ends the fork, on devices of either branch', async () => {
    const { home, alice, bob, carol } = await threeMembers();
    const bobId = idOf(bob);
    await home.stop('bob');
    const liar = await createLiar(home, 'bob');
    await home.until('the liar is there', () =>
      [alice, carol].every((each) => liar.isLinkedTo(idOf(each))),
    );
    const rename = { rename: [{ device: liar.device, name: 'Bob anew' }] };
    const one = await rivalBy(liar, 'Bob one', rename, ['alice', 'bob']);
    const two = await rivalBy(liar, 'Bob two', rename, ['bob', 'carol']);
    const united = await mergeBy(liar, [one.bytes, two.bytes], ['alice', 'carol']);
    const tooFew = await mergeBy(liar, [one.bytes, two.bytes], ['alice', 'bob']);
    home.network.partition(['alice'], ['carol']);
    const tell = (each: typeof alice, ...completions: readonly Uint8Array[]) =>
      liar.to(idOf(each)).say({ kind: 'rosterChain', completions: [...completions] });
    tell(alice, one.bytes);
    tell(carol, two.bytes);
    await home.until('each is on its branch', () =>
      [alice, carol].every((each) => each.view().account?.identityEpoch === 3),
    );
    // Words of either branch, at an epoch that falls again once the fork is seen.
    for (const each of [alice, carol]) {
      expect((await each.records.create(draftOf(`of ${idOf(each)}`))).ok).toBe(true);
    }
    home.network.heal();
    await home.until('both see it', () =>
      [alice, carol].every((each) => each.view().account?.isForked === true),
    );
    expect((await alice.records.create(draftOf('between'))).ok).toBe(true);
    await home.until('linked again', () =>
      [alice, carol].every((each) => liar.isLinkedTo(idOf(each))),
    );
    tell(carol, tooFew.bytes);
    tell(carol, united.bytes);
    await home.until('it is one again', () =>
      [alice, carol].every((each) => each.view().account?.rosterHash === united.hash),
    );
    for (const each of [alice, carol]) {
      expect(each.view().account).toMatchObject({ isForked: false, identityEpoch: 4 });
      expect(each.view().forks).toEqual([]);
      expect(each.view().problems.map(({ kind }) => kind)).not.toContain('forked');
      expect(each.view().devices.map(({ id }) => id)).toContain(bobId);
    }
    expect((await carol.records.create(draftOf('after'))).ok).toBe(true);
    await home.until('all that was said counts', () => areEqual(alice, carol));
    expect(titlesOf(alice)).toEqual(
      ['after', 'between', 'old', ...[alice, carol].map((each) => `of ${idOf(each)}`)].sort(),
    );
    await home.stop('alice');
    const back = await home.start('alice');
    expect(back.view().account).toMatchObject({ isForked: false, rosterHash: united.hash });
  });
});
