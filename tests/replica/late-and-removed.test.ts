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
import { brandHex } from '../../src/core/base/brands.js';
import type { DeviceId, Hash } from '../../src/core/base/brands.js';
import { encodeCanonical } from '../../src/core/base/canonical.js';
import { bytesToHex } from '../../src/core/base/hash.js';
import type { Replica } from '../../src/replica/commands.js';
import { KEYS, readRow } from '../../src/replica/storage/rows.js';
import { type Household, pair } from './household.js';
import { type Liar, createLiar } from './liar.js';
import { threeMembers } from './three-members.js';
import { areEqual, askedOf, draftOf, idOf, titlesOf } from './with-liar.js';

/** Says yes on that device to whatever it is asked next. */
const agree = async (home: Household, replica: Replica): Promise<void> => {
  await home.until('it is asked', () => askedOf(replica) !== undefined);
  const decision = askedOf(replica);
  if (decision !== undefined) await replica.decisions.approve(decision.id, '');
};

const isNamed = (name: string, ...replicas: readonly Replica[]): boolean =>
  replicas.every((each) => each.view().devices.some((device) => device.name === name));

describe('a device that comes back late', () => {
  test('[N3, S6, S7] it missed names, a snapshot and every room, and finds one other device', async () => {
    const { home, alice, bob, carol } = await threeMembers();
    home.network.partition(['carol'], ['alice', 'bob']);
    await home.pass(12_000);
    await carol.records.create(draftOf('by carol alone'));
    await home.stop('carol');
    await alice.devices.rename(idOf(bob), 'Bob one');
    await agree(home, bob);
    await home.until('renamed', () => isNamed('Bob one', alice, bob));
    await alice.devices.rename(idOf(bob), 'Bob two');
    await agree(home, bob);
    await home.until('renamed again', () => isNamed('Bob two', alice, bob));
    // The snapshot covers the facts that carried the envelopes of both epochs.
    await alice.records.create(draftOf('meanwhile'));
    await alice.snapshots.propose('');
    await agree(home, bob);
    await home.until('held', () =>
      [alice, bob].every((each) => each.view().snapshots[0]?.isHeld === true),
    );
    const account = bob.view().account;
    for (const name of ['alice', 'bob']) await home.stop(name);
    home.network.heal();
    // As on a device that was itself let in by one other: it keeps no envelope but its own.
    if (account === null) throw new Error('bob has an account');
    const rows = home.disk('bob').rowsOf('governance');
    const key = KEYS.envelopes(account.rosterHash);
    const own = (readRow(rows.get(key) ?? new Uint8Array()) as [Uint8Array, Uint8Array][]).filter(
      ([device]) => bytesToHex(device) === account.me,
    );
    expect(own.length).toBe(1);
    rows.set(key, encodeCanonical(own));

    const bobAgain = await home.start('bob');
    const carolAgain = await home.start('carol');
    expect(carolAgain.view().account?.identityEpoch).toBe(account.identityEpoch - 2);
    await home.until('equal', () => areEqual(bobAgain, carolAgain));
    expect(carolAgain.view().account?.rosterHash).toBe(account.rosterHash);
    expect(titlesOf(bobAgain)).toEqual(['by carol alone', 'meanwhile', 'old']);
    expect(carolAgain.view().snapshots[0]?.isHeld).toBe(true);
    // Both are in the room of the present epoch now: a restart finds it without the room of two.
    await home.stop('bob');
    await home.stop('carol');
    const both = [await home.start('bob'), await home.start('carol')] as const;
    await home.pass(4_000);
    expect(both.map((each) => each.view().sync.inStepCount)).toEqual([2, 2]);
  });
});

/** The record that removes a device, with the votes of those who stay. */
const removalOf = async (liar: Liar, device: DeviceId, voters: readonly string[]) => {
  const chain = liar.holdings.chain();
  const ground = {
    commitment: brandHex<Hash>('5c'.repeat(32)),
    ...{ closing: [], heads: liar.holdings.tips() },
  };
  const planned = planRosterChange(chain.tip, { remove: [device] }, ground);
  if (!planned.ok) throw new Error(planned.error.kind);
  const draft = {
    record: planned.value,
    ...{ round: 0, proposer: chain.tip.admin, votes: [], consents: [], promises: [] },
  };
  const predecessor = { account: liar.holdings.account, record: chain.tip };
  const statement = statementHashOf(transitionStatement(draft, predecessor));
  const votes = voters.map(async (name) => {
    const { signer } = createMemoryKeys(name);
    return { signer: signer.device, signature: await signer.sign(shareSigningBytes(statement)) };
  });
  const completion = { ...draft, votes: sortedShares(await Promise.all(votes)) };
  return {
    hash: rosterHashOf(planned.value),
    bytes: encodeRosterCompletion(completion),
  };
};

describe('a device that was removed', () => {
  test('[A4, N2] it is cut off, gets the record that removed it, and nothing after', async () => {
    const { home, alice, carol } = await threeMembers();
    await home.stop('bob');
    const bob = await createLiar(home, 'bob');
    await home.until('bob is there', () => bob.isLinkedTo(idOf(alice)));
    const removal = await removalOf(bob, idOf(carol), ['alice', 'bob']);
    bob.to(idOf(alice)).say({ kind: 'rosterChain', completions: [removal.bytes] });
    await home.until('alice knows', () => alice.view().devices.length === 2);
    await home.until('carol knows why', () => carol.view().account?.rosterHash === removal.hash);
    await alice.records.create(draftOf('after the removal'));
    const refused = await carol.records.create(draftOf('by carol'));
    expect(refused).toEqual({
      ok: false,
      error: { kind: 'not-allowed', capability: 'record_write' },
    });
    await home.pass(40_000);
    expect(titlesOf(carol)).toEqual(['old']);
    expect(alice.view().sync.inStepCount).toBe(1);
    await home.stop('carol');
    const again = await home.start('carol');
    await home.pass(20_000);
    expect(titlesOf(again)).toEqual(['old']);
    expect((await again.records.create(draftOf('by carol'))).ok).toBe(false);
  });
});

describe('one signer too few', () => {
  test('[A2, A6, C4] nothing completes below its threshold, however long and however often asked', async () => {
    const { home, alice, bob, carol } = await threeMembers();
    const dave = await home.start('dave');
    await pair(home, alice, dave, 'Dave tablet', [bob, carol]);
    const all = [alice, bob, carol, dave];
    await home.until('four in step', () => areEqual(...all));
    expect(alice.view().account?.snapshotThreshold).toBe(3);
    const proposed = await alice.snapshots.propose('');
    if (!proposed.ok) throw new Error(proposed.error.kind);
    await agree(home, bob);
    const facts = dave.inspect().facts;
    for (let hour = 0; hour < 3; hour += 1) {
      await home.pass(20_000);
      for (const each of all) {
        expect(await each.decisions.complete(proposed.value)).toEqual({
          ok: false,
          error: { kind: 'below-threshold', have: 2, need: 3 },
        });
      }
    }
    expect(all.flatMap((each) => each.view().snapshots)).toEqual([]);
    expect(dave.inspect().facts).toBeGreaterThanOrEqual(facts);
    await agree(home, carol);
    await home.until('the third makes it', () =>
      all.every((each) => each.view().snapshots[0]?.isHeld === true),
    );

    await alice.devices.rename(idOf(bob), 'Bob new');
    await agree(home, carol);
    await home.pass(30_000);
    expect(all.filter((each) => isNamed('Bob new', each))).toEqual([]);
    await agree(home, bob);
    await home.until('with the third vote', () => isNamed('Bob new', ...all));
  });
});
