import { describe, expect, test, vi } from 'vitest';
import { decodeCanonical, encodeCanonical } from '../../src/core/base/canonical.js';
import type { PayloadId } from '../../src/core/base/brands.js';
import { bytesToHex } from '../../src/core/base/hash.js';
import type * as payloads from '../../src/core/snapshots/payload.js';
import type { Replica } from '../../src/replica/commands.js';
import { createHousehold, pair } from './household.js';
import type { Household } from './household.js';
import { areEqual, draftOf, titlesOf } from './with-liar.js';

/** Payload ids that a fold gone wrong believes in, by the bytes that it wrote. */
const believed = vi.hoisted(() => new Map<string, PayloadId>());

vi.mock('../../src/core/snapshots/payload.js', async (load) => {
  const real = await load<typeof payloads>();
  const payloadIdOf = (bytes: Uint8Array) =>
    believed.get(bytesToHex(bytes)) ?? real.payloadIdOf(bytes);
  const payloadIdBy: typeof real.payloadIdBy = async (digest, bytes) =>
    believed.get(bytesToHex(bytes)) ?? real.payloadIdBy(digest, bytes);
  return { ...real, payloadIdOf, payloadIdBy };
});

const threeOf = async (home: Household) => {
  const alice = await home.start('alice');
  const bob = await home.start('bob');
  const carol = await home.start('carol');
  await alice.account.create('Alice phone');
  await pair(home, alice, bob, 'Bob phone');
  await pair(home, alice, carol, 'Carol laptop', [bob]);
  await alice.records.create(draftOf('first'));
  await home.until('in step', () => areEqual(alice, bob, carol) && titlesOf(carol).length === 1);
  return { alice, bob, carol };
};

const approveWith = async (home: Household, proposer: Replica, approver: Replica) => {
  const done = await proposer.snapshots.propose('');
  if (!done.ok) throw new Error(`cannot propose: ${done.error.kind}`);
  const asked = () => approver.view().decisions.find((each) => each.id === done.value);
  await home.until('it is asked', () => asked()?.approveBlocker === null);
  expect((await approver.decisions.approve(done.value, '')).ok).toBe(true);
  return done.value;
};

const isHeld = (replica: Replica, index: number) =>
  replica.view().snapshots.some((each) => each.index === index && each.isHeld);

describe('rules of snapshots across devices', () => {
  test('[S2] the fence ends by whichever clock is first, is raised once, and the proposal lives on', async () => {
    const home = createHousehold();
    const { alice, bob } = await threeOf(home);
    await alice.snapshots.propose('');
    await home.until('fenced', () => bob.view().fence !== null);
    home.clock.jumpWall(-3_600_000);
    home.clock.advance(300_000);
    await home.pass(50);
    expect([alice, bob].map((each) => each.view().fence)).toEqual([null, null]);
    expect(bob.view().decisions[0]?.stage).toBe('open');
    await home.pass(5_000);
    expect(bob.view().fence).toBeNull();
    const decision = bob.view().decisions[0];
    if (decision !== undefined) await bob.decisions.withdraw(decision.id);
    expect(bob.view().decisions[0]?.stage).toBe('open');
    if (decision !== undefined) await alice.decisions.withdraw(decision.id);
    await home.until('withdrawn', () => bob.view().decisions[0]?.stage === 'withdrawn');
    await alice.records.create(draftOf('more'));
    await home.until('in step', () => areEqual(alice, bob));
    await alice.snapshots.propose('');
    await home.until('fenced again', () => bob.view().fence !== null);
    home.clock.jumpWall(300_001);
    expect((await bob.records.create(draftOf('not queued'))).ok).toBe(true);
    expect(bob.view().fence).toBeNull();
    expect(bob.view().journal.queuedEdits).toBe(0);
  });

  test('[C4] the proposer vanishes, another completes, and it adopts when it is back', async () => {
    const home = createHousehold();
    const { alice, bob, carol } = await threeOf(home);
    const done = await alice.snapshots.propose('');
    if (!done.ok) throw new Error('proposed');
    await home.until('seen', () =>
      [bob, carol].every((each) => each.view().decisions.some(({ id }) => id === done.value)),
    );
    home.crash('alice');
    await bob.decisions.approve(done.value, '');
    await home.until('both hold it', () => isHeld(bob, 1) && isHeld(carol, 1));
    const back = await home.start('alice');
    await home.until('she too', () => isHeld(back, 1) && areEqual(back, bob, carol));
  });

  test('[C10, S1] a snapshot that a roster change overtakes is adopted by everyone all the same', async () => {
    const home = createHousehold();
    const { alice, bob, carol } = await threeOf(home);
    home.network.partition(['carol'], ['alice', 'bob']);
    await approveWith(home, alice, bob);
    await home.until('both hold it', () => isHeld(alice, 1) && isHeld(bob, 1));
    const renamed = await alice.devices.rename(alice.view().account?.me ?? ('' as never), 'Alice');
    if (!renamed.ok) throw new Error('renamed');
    await home.until('bob votes', () => bob.view().decisions.some((each) => each.needsMe));
    await bob.decisions.approve(renamed.value, '');
    await home.until('two epochs on', () => bob.view().account?.identityEpoch === 3);
    await carol.records.create(draftOf('written apart'));
    home.network.heal();
    await home.until('carol follows', () => areEqual(alice, bob, carol));
    expect(isHeld(carol, 1)).toBe(true);
    expect(titlesOf(bob)).toContain('written apart');
    expect(carol.view().account?.identityEpoch).toBe(3);
  });

  test('[S3, S5] a device whose fold went wrong is told where, adopts, alarms and keeps its facts', async () => {
    const home = createHousehold();
    const { alice, bob, carol } = await threeOf(home);
    await approveWith(home, alice, bob);
    await home.until('held by all', () => [alice, bob, carol].every((each) => isHeld(each, 1)));
    await home.until('in step', () => areEqual(alice, bob, carol));
    await home.stop('carol');
    tamper(home);
    const wrong = await home.start('carol');
    expect(titlesOf(wrong)).toEqual(['fIrst']);
    await alice.records.create(draftOf('second'));
    await home.until('carol has it', () => titlesOf(wrong).includes('second'));
    const done = await alice.snapshots.propose('');
    if (!done.ok) throw new Error('proposed');
    const seen = () => wrong.view().decisions.find((each) => each.id === done.value);
    await home.until('the parts are named', () => {
      const subject = seen()?.subject;
      return subject?.kind === 'snapshot' && subject.differences.join() === 'records: 1';
    });
    expect(seen()?.approveBlocker).toEqual({ kind: 'digest-differs' });
    await wrong.decisions.refuse(done.value, 'mine differs');
    await home.until('bob may', () =>
      bob.view().decisions.some((each) => each.id === done.value && each.approveBlocker === null),
    );
    await bob.decisions.approve(done.value, '');
    await home.until('carol adopts', () => isHeld(wrong, 2));
    expect(titlesOf(wrong)).toEqual(titlesOf(alice));
    expect(wrong.view().problems.map(({ kind }) => kind)).toEqual(['digest-alarm']);
    expect(wrong.view().activity.some((line) => line.kind === 'digest-alarm')).toBe(true);
    const kept = [...home.disk('carol').rowsOf('governance').keys()];
    expect(kept.some((key) => key.startsWith('kept:'))).toBe(true);
    await home.stop('carol');
    const again = await home.start('carol');
    expect(again.view().problems.map(({ kind }) => kind)).toEqual(['digest-alarm']);
    await home.until('equal again', () => areEqual(alice, bob, again));
  });
});

/**
 * Changes one letter of a stored record, as a fold gone wrong would have written it: under the
 * right name. (A letter that the disk changed is noticed by its hash, and the payload fetched anew.)
 */
const tamper = (home: Household): void => {
  const rows = home.disk('carol').rowsOf('payloads');
  for (const [key, bytes] of rows) {
    const text = new TextDecoder('latin1').decode(bytes);
    const at = text.lastIndexOf('first');
    expect(at).toBeGreaterThan(0);
    const changed = bytes.slice();
    changed[at + 1] = 'I'.charCodeAt(0);
    const read = decodeCanonical(changed, changed.length);
    expect(read.ok && encodeCanonical(read.value).length).toBe(bytes.length);
    believed.set(bytesToHex(changed), key as PayloadId);
    rows.set(key, changed);
  }
};
