import { describe, expect, test } from 'vitest';
import type { DeviceId, RosterHash } from '../../src/core/base/brands.js';
import { accountOf, genesisRecord, encodeRosterRecord } from '../../src/core/authority/roster.js';
import { err } from '../../src/core/base/result.js';
import { createMemoryStore } from '../../src/adapters/memory/memory-store.js';
import type { Replica } from '../../src/replica/commands.js';
import type { Household } from './household.js';
import { pair } from './household.js';
import { createLiar } from './liar.js';
import { threeParted } from './parted.js';
import { memberWith } from './rivals.js';
import { DANGER_MS, sayYes, threeMembers } from './three-members.js';
import { areEqual, draftOf, idOf, titlesOf } from './with-liar.js';

/** One snapshot that all three hold, and a record after it. */
const withSnapshot = async (options: Parameters<typeof threeMembers>[0] = {}) => {
  const three = await threeMembers(options);
  const { home, alice, bob, carol } = three;
  const asked = await alice.snapshots.propose('');
  if (!asked.ok) throw new Error(asked.error.kind);
  await home.until('asked', () => bob.view().decisions.some(({ needsMe }) => needsMe));
  await bob.decisions.approve(asked.value, '');
  await home.until('agreed', () =>
    [alice, bob, carol].every((each) => each.view().account?.snapshotEpoch !== null),
  );
  await bob.records.create(draftOf('since'));
  await home.until('in step', () => areEqual(alice, bob, carol));
  return three;
};

/** All of a device that others could notice: what it holds, shows, and keeps of the account. */
const accountOn = (home: Household, name: string, replica: Replica): string => {
  const { account, devices, decisions, records, snapshots, activity, problems } = replica.view();
  const told = devices.map(({ id, name: called, isAdmin }) => [id, called, isAdmin]);
  const tables = ['facts', 'governance', 'payloads', 'own', 'queue'] as const;
  const rows = tables.map((table) =>
    [...home.disk(name).rowsOf(table)].map(([key, value]) => [key, [...value]]).sort(),
  );
  const seen = { account, told, decisions, records, snapshots, activity, problems };
  return JSON.stringify([seen, replica.inspect(), rows]);
};

const askedOn = (replica: Replica) => replica.view().leaving.asked;
const answersOn = (replica: Replica) =>
  replica.view().leaving.own?.with.map(({ name, answer }) => [name, answer]);
const startOf = async (replica: Replica, others: readonly DeviceId[], tail = false) => {
  const done = await replica.leaving.start({ with: others, tail });
  if (!done.ok) throw new Error(JSON.stringify(done.error));
  return done.value;
};
const errorOf = (kind: string, more: object = {}) => ({ ok: false, error: { kind, ...more } });

describe('leaving together', () => {
  test('[A12] two leave, one stays and sees nothing change, and the new account has the snapshot', async () => {
    const { home, alice, bob, carol } = await withSnapshot();
    const before = accountOn(home, 'carol', carol);
    const left = alice.view().account;
    const inspected = [alice, bob].map((each) => each.inspect());

    const founding = await startOf(alice, [idOf(bob)]);
    await home.until('bob is asked', () => askedOn(bob).length === 1);
    const [asked] = askedOn(bob);
    expect(asked).toMatchObject({ founding, by: idOf(alice), byName: 'Alice phone', tail: false });
    expect(asked).toMatchObject({ snapshotIndex: 1, blocker: null, answer: null });
    expect((await bob.leaving.answer(founding, true)).ok).toBe(true);
    expect(await bob.leaving.answer(founding, true)).toEqual(errorOf('leaving-answered'));
    await home.until('bob said yes', () => answersOn(alice)?.[0]?.[1] === 'yes');
    const done = await alice.leaving.found();
    expect(done).toEqual({ ok: true, value: 'alice-2' });
    await home.until('bob knows', () => askedOn(bob)[0]?.isFounded === true);

    const alone = await home.start('alice-2');
    const account = alone.view().account;
    expect(account?.id).toBe(founding);
    expect(account?.origin?.account).toBe(left?.id);
    expect(account?.origin?.head).toBe(alice.view().snapshots[0]?.id);
    expect(account?.origin?.signers).toEqual([idOf(alice), idOf(bob)].sort());
    expect(titlesOf(alone)).toEqual(['old']);
    expect(alone.view().snapshots.map(({ isStanding }) => isStanding)).toEqual([true]);

    // Bob joins it as any device joins any account, in a place of its own.
    const anew = await home.start('bob-2');
    await pair(home, alone, anew, 'Bob phone');
    await home.until('in step', () => areEqual(alone, anew));
    expect(titlesOf(anew)).toEqual(['old']);
    expect(anew.view().account?.origin).toEqual(account?.origin);
    expect((await anew.records.create(draftOf('of the new account'))).ok).toBe(true);
    await home.until('shared', () => titlesOf(alone).length === 2);

    expect(accountOn(home, 'carol', carol)).toBe(before);
    expect([alice, bob].map((each) => each.inspect())).toEqual(inspected);
    // Who left is a member of what it left still, and both go on side by side.
    expect((await alice.records.create(draftOf('of the old one'))).ok).toBe(true);
    await home.until('carol has it', () => titlesOf(carol).includes('of the old one'));
    expect(titlesOf(alone)).not.toContain('of the old one');
  });

  test('[A12] what came after the snapshot comes along where a person says so, and all without one', async () => {
    const { home, alice } = await withSnapshot();
    const founding = await startOf(alice, [], true);
    expect((await alice.leaving.found()).ok).toBe(true);
    const alone = await home.start('alice-2');
    expect(titlesOf(alone)).toEqual(['old', 'since']);
    expect(alone.view().account?.origin?.signers).toEqual([idOf(alice)]);
    expect(alone.view().account?.id).toBe(founding);

    const without = await threeMembers();
    await startOf(without.bob, []);
    expect((await without.bob.leaving.found()).ok).toBe(true);
    const bobs = await without.home.start('bob-2');
    expect(titlesOf(bobs)).toEqual(['old']);
    expect(bobs.view().account?.origin?.head).toBeNull();
  });

  test('[A12, S10] files come along with a key of the new account, those that are not here do not', async () => {
    const { home, alice, bob } = await threeMembers();
    const key = alice.view().records[0]?.key ?? '';
    const bytes = new TextEncoder().encode('a plan of the house');
    const attached = await alice.files.attach(key, { name: 'plan.txt', type: '', bytes });
    if (!attached.ok) throw new Error(attached.error.kind);
    await home.until('bob sees it', () => (bob.view().records[0]?.attachments.length ?? 0) === 1);
    await startOf(alice, [], true);
    expect((await alice.leaving.found()).ok).toBe(true);
    const alone = await home.start('alice-2');
    expect(alone.view().records[0]?.attachments.map(({ name }) => name)).toEqual(['plan.txt']);
    const read = await alone.files.read(attached.value);
    expect(read.ok && new TextDecoder().decode(read.value)).toBe('a plan of the house');
    const other = await home.start('other');
    await pair(home, alone, other, 'Other phone');
    await home.until('it has the file', () => other.view().blobs.hereCount === 1);
    expect((await other.files.read(attached.value)).ok).toBe(true);
  });

  test('[A12] a no, and who never answers, hold nobody up; what is cancelled is over for all', async () => {
    const { home, alice, bob, carol } = await withSnapshot();
    const founding = await startOf(alice, [idOf(bob), idOf(carol)]);
    const again = { with: [], tail: false };
    expect(await alice.leaving.start(again)).toEqual(errorOf('leaving-open'));
    await home.until('asked', () => [bob, carol].every((each) => askedOn(each).length === 1));
    await bob.leaving.answer(founding, false);
    await home.until('heard', () => answersOn(alice)?.some(([, said]) => said === 'no') === true);
    expect((await alice.leaving.cancel()).ok).toBe(true);
    expect(alice.view().leaving.own).toBeNull();
    await home.until('over', () => askedOn(carol).length === 0);
    expect(await carol.leaving.answer(founding, true)).toEqual(errorOf('leaving-unknown'));
    expect(await alice.leaving.found()).toEqual(errorOf('leaving-unknown'));
    const second = await startOf(alice, [idOf(carol)]);
    expect(second).not.toBe(founding);
    expect((await alice.leaving.found()).ok).toBe(true);
    const alone = await home.start('alice-2');
    expect(alone.view().account?.origin?.signers).toEqual([idOf(alice)]);
  });

  test('[A12, A11] who was taken out since it said yes is not counted, and can neither ask nor be asked', async () => {
    const { home, alice, bob, carol } = await withSnapshot();
    const founding = await startOf(alice, [idOf(carol)]);
    await home.until('asked', () => askedOn(carol).length === 1);
    await carol.leaving.answer(founding, true);
    await home.until('heard', () => answersOn(alice)?.[0]?.[1] === 'yes');
    const carolId = idOf(carol);
    expect((await alice.devices.remove(carolId, 'other')).ok).toBe(true);
    await sayYes(home, bob, alice);
    await home.pass(DANGER_MS + 2_000);
    await home.until('she is out', () => carol.view().stage === 'removed');
    expect(alice.view().leaving.own?.with[0]?.isMember).toBe(false);
    expect((await alice.leaving.found()).ok).toBe(true);
    const alone = await home.start('alice-2');
    expect(alone.view().account?.origin?.signers).toEqual([idOf(alice)]);
    const none = { with: [carolId], tail: false };
    expect(await bob.leaving.start(none)).toEqual(errorOf('unknown-device'));
    expect((await carol.leaving.start({ with: [], tail: false })).ok).toBe(false);
  });

  test('[A12] two that leave at once each found their own, and who is asked by both may say yes to both', async () => {
    const { home, alice, bob, carol } = await withSnapshot();
    const [one, two] = [await startOf(alice, [idOf(carol)]), await startOf(bob, [idOf(carol)])];
    await home.until('asked twice', () => askedOn(carol).length === 2);
    for (const founding of [one, two]) {
      expect((await carol.leaving.answer(founding, true)).ok).toBe(true);
    }
    await home.until('both heard', () =>
      [alice, bob].every((each) => answersOn(each)?.[0]?.[1] === 'yes'),
    );
    for (const each of [alice, bob]) expect((await each.leaving.found()).ok).toBe(true);
    const [first, second] = [await home.start('alice-2'), await home.start('bob-2')];
    expect([first, second].map((each) => each.view().account?.id)).toEqual([one, two]);
    expect(areEqual(alice, bob, carol)).toBe(true);
  });

  test('[A12, A3] members of a forked account leave it, with everything that is held on their side', async () => {
    const { home, alice, carol } = await threeParted();
    const founding = await startOf(alice, [idOf(carol)], true);
    await home.until('asked', () => askedOn(carol).length === 1);
    expect(askedOn(carol)[0]?.blocker).toBeNull();
    expect((await carol.leaving.answer(founding, true)).ok).toBe(true);
    await home.until('heard', () => answersOn(alice)?.[0]?.[1] === 'yes');
    const before = titlesOf(alice);
    expect((await alice.leaving.found()).ok).toBe(true);
    const alone = await home.start('alice-2');
    expect(alone.view().account?.id).toBe(founding);
    expect(alone.view().forks).toEqual([]);
    expect(titlesOf(alone)).toEqual(before);
    expect(alone.view().account?.origin?.signers).toEqual([idOf(alice), idOf(carol)].sort());
    expect(alice.view().account?.isForked).toBe(true);
  });

  test('[A12, S2] while a fence holds nothing of it changes, and what is queued stays behind', async () => {
    const { home, alice, bob } = await withSnapshot();
    expect((await alice.snapshots.propose('')).ok).toBe(true);
    await bob.records.create(draftOf('queued'));
    await alice.records.create(draftOf('queued here'));
    expect(alice.view().fence?.queuedEdits).toBe(1);
    await startOf(alice, [], true);
    expect((await alice.leaving.found()).ok).toBe(true);
    expect(alice.view().fence?.queuedEdits).toBe(1);
    expect(titlesOf(await home.start('alice-2'))).toEqual(['old', 'since']);
    await alice.fence.release();
    await home.until('written', () => titlesOf(bob).includes('queued here'));
  });
});

describe('bad words about leaving', () => {
  test('[A12] another account, an unknown snapshot and forged yeses come to nothing', async () => {
    const { home, alice, bob } = await withSnapshot();
    await home.stop('carol');
    const liar = await createLiar(home, 'carol');
    await home.until('she is there', () =>
      [alice, bob].every((each) => liar.isLinkedTo(idOf(each))),
    );
    const member = memberWith('mallory', 'Mallory');
    const commitment = 'ab'.repeat(32) as RosterHash as unknown as Parameters<
      typeof genesisRecord
    >[1];
    const { account } = liar.holdings;
    const foreign = { account: 'cd'.repeat(32) as typeof account, head: null };
    for (const origin of [null, foreign, { account, head: 'ef'.repeat(32) as never }]) {
      const record = genesisRecord(member, commitment, origin);
      liar.to(idOf(bob)).say({
        ...{ kind: 'leavingAsked', record: encodeRosterRecord(record), tail: true },
      });
      const founding = accountOf(record) as string as RosterHash;
      await home.until('it came', () => askedOn(bob)[0]?.founding === founding);
      const blocker = askedOn(bob)[0]?.blocker;
      expect(blocker).not.toBeNull();
      expect(await bob.leaving.answer(founding, true)).toEqual(
        errorOf('leaving-blocked', { blocker }),
      );
    }
    expect(askedOn(bob).length).toBe(1);

    const founding = await startOf(alice, [idOf(bob), liar.device]);
    const signature = new Uint8Array(64).fill(3);
    // For another account to be, and with a signature that does not hold.
    liar.to(idOf(alice)).say({ kind: 'leavingAnswered', founding, signature });
    const other = 'ab'.repeat(32) as RosterHash;
    liar.to(idOf(alice)).say({ kind: 'leavingAnswered', founding: other, signature: null });
    await home.pass(1_000);
    expect(answersOn(alice)?.map(([, said]) => said)).toEqual([null, null]);
    // Nor is a question over because a third one says so.
    await home.until('bob is asked', () => askedOn(bob).some(({ by }) => by === idOf(alice)));
    liar.to(idOf(bob)).say({ kind: 'leavingOver', founding, isFounded: true });
    await home.pass(1_000);
    expect(askedOn(bob).some((each) => each.founding === founding && !each.isFounded)).toBe(true);
  });

  test('[A12, F9] a device that dies over it founds it once, or not at all', async () => {
    for (const failAt of [0, 1, 2, 3]) {
      let stores = 0;
      const homes = (name: string) => ({
        open: async (profile: string) => {
          const store = createMemoryStore(home.disk(profile));
          stores += 1;
          if (name === 'alice' && stores === 1) {
            store.failNext({ kind: 'failed', message: 'died' }, failAt);
          }
          return { ok: true as const, value: store };
        },
      });
      const { home, alice, bob } = await threeMembers({ homes });
      const key = alice.view().records[0]?.key ?? '';
      await alice.files.attach(key, { name: 'a', type: '', bytes: new Uint8Array(9) });
      const founding = await startOf(alice, [idOf(bob)]);
      await home.until('asked', () => askedOn(bob).length === 1);
      await bob.leaving.answer(founding, true);
      await home.until('heard', () => answersOn(alice)?.[0]?.[1] === 'yes');
      const firstTry = await alice.leaving.found();
      const rows = home.disk('alice-2').rowsOf('profile');
      expect(rows.has('account')).toBe(firstTry.ok);
      await home.stop('alice');
      const woken = await home.start('alice');
      expect(woken.view().leaving.own?.founding).toBe(founding);
      expect(await woken.leaving.found()).toEqual({ ok: true, value: 'alice-2' });
      expect(await woken.leaving.found()).toEqual({ ok: true, value: 'alice-2' });
      const alone = await home.start('alice-2');
      expect(alone.view().account?.id).toBe(founding);
      expect(alone.view().account?.origin?.signers).toEqual([idOf(woken), idOf(bob)].sort());
      expect(titlesOf(alone)).toEqual(['old']);
      await home.until('bob knows', () => askedOn(bob)[0]?.isFounded === true);
    }
  });

  test('[A12, F9] who died once the account was there, before it was noted, neither loses nor doubles it', async () => {
    const { home, alice } = await threeMembers();
    const founding = await startOf(alice, []);
    const own = home.disk('alice').rowsOf('own');
    const open = own.get('leaving') ?? new Uint8Array();
    expect((await alice.leaving.found()).ok).toBe(true);
    const rows = new Map(home.disk('alice-2').rowsOf('governance'));
    await home.stop('alice');
    own.set('leaving', open);
    const woken = await home.start('alice');
    expect(woken.view().leaving.own?.foundedMs).toBeNull();
    expect(await woken.leaving.found()).toEqual({ ok: true, value: 'alice-2' });
    expect(home.disk('alice-2').rowsOf('governance')).toEqual(rows);
    await home.stop('alice');
    own.set('leaving', open);
    const again = await home.start('alice');
    // Letting go of it takes no keys of an account that is there.
    expect((await again.leaving.cancel()).ok).toBe(true);
    const alone = await home.start('alice-2');
    expect(alone.view().account?.id).toBe(founding);
    expect((await alone.records.create(draftOf('goes on'))).ok).toBe(true);
  });

  test('[A12, F9] a torn row, lost keys and a store that cannot be opened are said, and nothing is lost', async () => {
    let isShut = true;
    const { home, alice } = await withSnapshot({
      homes: (name) => ({
        open: async (profile) =>
          isShut
            ? err({ kind: 'blocked' as const })
            : { ok: true as const, value: createMemoryStore(home.disk(profile || name)) },
      }),
    });
    await startOf(alice, []);
    expect(await alice.leaving.found()).toEqual(errorOf('store', { error: { kind: 'blocked' } }));
    isShut = false;
    // Somebody else's account lies there by now.
    const other = await home.start('alice-2');
    await other.account.create('Someone');
    await home.stop('alice-2');
    expect(await alice.leaving.found()).toEqual(errorOf('leaving-lost'));
    expect((await alice.leaving.cancel()).ok).toBe(true);
    await startOf(alice, []);
    const own = home.disk('alice').rowsOf('own');
    own.set('leaving', (own.get('leaving') ?? new Uint8Array()).slice(0, 40));
    await home.stop('alice');
    const woken = await home.start('alice');
    expect(woken.view().leaving.own).toBeNull();
    expect(titlesOf(woken)).toEqual(['old', 'since']);
    expect((await woken.leaving.start({ with: [], tail: false })).ok).toBe(true);
  });
});
