import { describe, expect, test } from 'vitest';
import { createMemoryKeys } from '../../src/adapters/memory/memory-keys.js';
import { planRosterChange } from '../../src/core/authority/roster-plan.js';
import { encodeRosterRecord } from '../../src/core/authority/roster.js';
import type { PayloadId } from '../../src/core/base/brands.js';
import { assert } from '../../src/core/base/result.js';
import { sha256 } from '../../src/core/base/sha256.js';
import { secretCommitment } from '../../src/core/links/rooms.js';
import type { Replica } from '../../src/replica/commands.js';
import type { Context } from '../../src/replica/context.js';
import { sealSecret } from '../../src/replica/membership/epoch-secrets.js';
import { openStore } from '../../src/replica/storage/opening.js';
import { createPayloadKeeper } from '../../src/replica/snapshots/payload-keeper.js';
import { createHousehold, pair, type Household } from './household.js';
import { createPen } from './liar.js';
import {
  type LyingHousehold,
  areEqual,
  draftOf,
  idOf,
  lyingHousehold,
  titlesOf,
} from './with-liar.js';

const payloadsOf = (home: Household, name: string) => home.disk(name).rowsOf('payloads');

const snapshot = async (home: Household, proposer: Replica, approver: Replica, index: number) => {
  await proposer.records.create(draftOf(`before ${index}`));
  await home.until('in step', () => areEqual(proposer, approver));
  const done = await proposer.snapshots.propose('');
  if (!done.ok) throw new Error(`cannot propose: ${done.error.kind}`);
  const asked = () => approver.view().decisions.find((each) => each.id === done.value);
  await home.until('it is asked', () => asked()?.approveBlocker === null);
  expect((await approver.decisions.approve(done.value, '')).ok).toBe(true);
  await home.until(
    'both hold it',
    () =>
      [proposer, approver].every((each) => each.view().snapshots[0]?.index === index) &&
      areEqual(proposer, approver),
  );
};

describe('what a device keeps of past snapshots', () => {
  test('[S5, S7] the last payload and the one before; who was away for all gets the last', async () => {
    const home = createHousehold();
    const alice = await home.start('alice');
    const bob = await home.start('bob');
    const carol = await home.start('carol');
    await alice.account.create('Alice phone');
    await pair(home, alice, bob, 'Bob phone');
    await pair(home, alice, carol, 'Carol laptop', [bob]);
    await home.until('in step', () => areEqual(alice, bob, carol));
    await home.stop('carol');
    await snapshot(home, alice, bob, 1);
    const first = [...payloadsOf(home, 'alice').keys()];
    await snapshot(home, alice, bob, 2);
    expect(payloadsOf(home, 'alice').size).toBe(2);
    await snapshot(home, bob, alice, 3);
    for (const name of ['alice', 'bob']) {
      const kept = payloadsOf(home, name);
      expect(kept.size).toBe(2);
      expect(first.filter((payload) => kept.has(payload))).toEqual([]);
    }
    const back = await home.start('carol');
    await home.until('carol has the last', () => areEqual(alice, bob, back));
    expect(titlesOf(back)).toEqual(['before 1', 'before 2', 'before 3']);
    expect(payloadsOf(home, 'carol').size).toBe(1);
    await snapshot(home, alice, bob, 4);
    await home.until('carol too', () => areEqual(alice, bob, back));
    expect(payloadsOf(home, 'carol').size).toBe(2);

    // All heads stay in the trail, and the age of the others outlives a restart.
    await home.stop('carol');
    home.network.partition(['carol'], ['alice', 'bob']);
    await home.pass(120_000);
    const again = await home.start('carol');
    expect(again.view().snapshots.map((each) => each.index)).toEqual([4, 3, 2, 1]);
    const seenMs = again.view().devices.map((each) => each.lastSeenMs);
    expect(seenMs.every((atMs) => atMs !== null && atMs > 0)).toBe(true);
    expect(Math.min(...seenMs.map(Number))).toBeLessThanOrEqual(home.clock.wallMs() - 120_000);
    expect(await keptHeadIsTakenUp(home)).toEqual({ before: 0, restored: true, after: 1 });
  });
});

const DAY_MS = 24 * 3_600_000;

/** A list that names no snapshot and is said to be open for ever, asked for at that time. */
const askForEver = async (
  { home, alice, mallory, meet }: LyingHousehold,
  wallMs: number,
): Promise<void> => {
  const { holdings, keys } = mallory;
  const secret = sha256(new TextEncoder().encode('never'));
  const ground = { commitment: secretCommitment(secret), closing: [], heads: [] };
  const planned = planRosterChange(holdings.chain().tip, {}, ground);
  assert(planned.ok, 'a list can be planned');
  const { members } = planned.value;
  const envelopes = await sealSecret(keys.sealer, holdings.account, members, secret);
  const pen = createPen(mallory, 'for ever');
  pen.write(
    {
      ...{ kind: 'roster.proposed', record: encodeRosterRecord(planned.value), consents: [] },
      ...{ envelopes, comment: '', expires: 250_000_000_000_000, round: 1, promises: [] },
    },
    { wallMs },
  );
  await meet(alice);
  mallory.to(idOf(alice)).say({ kind: 'runs', runs: [await pen.run()] });
  await home.until('it is asked', () => asksRoster(alice));
};

const asksRoster = (replica: Replica): boolean =>
  replica.view().decisions.some(({ subject }) => subject.kind === 'roster');

describe('a list of devices that is asked for without end', () => {
  test.each([-31, 31])(
    '[S5, A11] keeps no past longer than thirty days; asked for %i days from now',
    async (days) => {
      const household = await lyingHousehold();
      const { home, alice, bob } = household;
      await askForEver(household, home.clock.wallMs() + days * DAY_MS);
      for (const index of [1, 2, 3, 4]) await snapshot(home, alice, bob, index);
      expect(payloadsOf(home, 'alice').size).toBe(2);
      expect(payloadsOf(home, 'bob').size).toBe(2);
    },
  );

  test('[S5, C3] keeps none once too many said no', async () => {
    const household = await lyingHousehold();
    const { home, alice, bob } = household;
    await askForEver(household, home.clock.wallMs());
    for (const index of [1, 2, 3]) await snapshot(home, alice, bob, index);
    expect(payloadsOf(home, 'alice').size).toBe(3);
    for (const each of [alice, bob]) {
      const asked = each.view().decisions.find(({ subject }) => subject.kind === 'roster');
      const done = asked === undefined ? null : await each.decisions.refuse(asked.id, 'no');
      expect(done?.ok).toBe(true);
    }
    await snapshot(home, alice, bob, 4);
    expect(payloadsOf(home, 'alice').size).toBe(2);
    expect(payloadsOf(home, 'bob').size).toBe(2);
  });
});

const sharesOf = (home: Household, name: string) => {
  const kept = [...home.disk(name).rowsOf('governance').keys()];
  return kept.filter((key) => key.startsWith('share:')).map((key) => key.split(':')[1]);
};

describe('what a device keeps of past decisions', () => {
  test('[S5, C4] shares go once their completion is built upon and their proposal is gone', async () => {
    const home = createHousehold();
    const alice = await home.start('alice');
    const bob = await home.start('bob');
    await alice.account.create('Alice phone');
    await pair(home, alice, bob, 'Bob phone');
    const joining = sharesOf(home, 'alice');
    expect(joining).not.toEqual([]);
    await snapshot(home, alice, bob, 1);
    // The record in force keeps its votes, and the last snapshot the shares of its completion.
    expect(sharesOf(home, 'alice')).toEqual(expect.arrayContaining(joining));
    const first = sharesOf(home, 'alice').filter((each) => !joining.includes(each));
    expect(new Set(first).size).toBe(1);
    const carol = await home.start('carol');
    await pair(home, alice, carol, 'Carol laptop', [bob]);
    for (const index of [2, 3, 4]) await snapshot(home, alice, bob, index);
    await home.until('all in step', () => areEqual(alice, bob, carol));
    for (const name of ['alice', 'bob', 'carol']) {
      const kept = sharesOf(home, name);
      expect(kept.filter((each) => joining.includes(each) || first.includes(each))).toEqual([]);
      expect(new Set(kept).size).toBeLessThanOrEqual(3);
    }
  });
});

/** What the replica does where its base falls back on a head whose payload it kept. */
const keptHeadIsTakenUp = async (home: Household) => {
  const { device } = createMemoryKeys('carol').signer;
  const store = home.store('carol');
  const opened = await openStore(store, device);
  if (!opened.ok || opened.value.holdings === null) throw new Error('it was a member');
  const { holdings, payloads } = opened.value;
  holdings.dropPayloads(holdings.tips());
  const before = holdings.payloadStates().size;
  const keeper = createPayloadKeeper({ holdings, ports: { store } } as unknown as Context);
  keeper.load(payloads.filter((each): each is PayloadId => each.length === 64));
  return { before, restored: await keeper.restore(), after: holdings.payloadStates().size };
};
