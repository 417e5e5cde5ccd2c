import { wordlist } from '@scure/bip39/wordlists/english.js';
import { describe, expect, test } from 'vitest';
import { parseRecoveryText } from '../../src/core/authority/recovery-key.js';
import type { Table } from '../../src/ports/store.js';
import type { RecoveryKeyOffer, Replica } from '../../src/replica/commands.js';
import { FIRST_CHECK_MS, NEXT_CHECK_MS } from '../../src/replica/recovery/recovery-check.js';
import { type Household, createHousehold, pair } from './household.js';
import { areEqual, draftOf, idOf, titlesOf } from './with-liar.js';

const DANGER_MS = 5_000;

const openDecision = (replica: Replica) =>
  replica.view().decisions.find(({ stage }) => stage === 'open');

const agree = async (home: Household, replica: Replica, match?: string): Promise<void> => {
  const asked = () => replica.view().decisions.find((each) => each.needsMe);
  await home.until('it is asked', () => asked() !== undefined);
  const done = await replica.decisions.approve(asked()?.id ?? ('' as never), '', match);
  if (!done.ok) throw new Error(done.error.kind);
};

const memberOn = (replica: Replica) => replica.view().recovery?.member ?? null;

/** Two phones of one household. */
const twoPhones = async () => {
  const home = createHousehold({ timing: { dangerMs: DANGER_MS } });
  const alice = await home.start('alice');
  const bob = await home.start('bob');
  await alice.account.create('Alice phone');
  expect(alice.view().recovery).toMatchObject({ member: null, isPromptDue: false });
  await pair(home, alice, bob, 'Bob phone');
  await alice.records.create(draftOf('old'));
  await home.until('in step', () => areEqual(alice, bob));
  return { home, alice, bob };
};

const offerFrom = async (replica: Replica): Promise<RecoveryKeyOffer> => {
  const offered = await replica.devices.addRecoveryKey();
  if (!offered.ok) throw new Error(offered.error.kind);
  return offered.value;
};

/** The same with a key on paper beside them. */
const withKey = async () => {
  const { home, alice, bob } = await twoPhones();
  const offer = await offerFrom(alice);
  await agree(home, bob);
  await home.until('the key is in', () => [alice, bob].every((each) => memberOn(each) !== null));
  await home.until('in step', () => areEqual(alice, bob));
  return { home, alice, bob, offer };
};

const TABLES: readonly Table[] = ['profile', 'governance', 'facts', 'own', 'queue', 'activity'];

describe('a recovery key', () => {
  test('[A5] is offered from the second device on, joins by its own consent, and counts for signatures alone', async () => {
    const { home, alice, bob } = await twoPhones();
    expect([alice, bob].map((each) => each.view().recovery?.isPromptDue)).toEqual([true, true]);
    const before = alice.view().account;
    const offer = await offerFrom(alice);
    expect(offer.words.length).toBe(24);
    expect(parseRecoveryText(offer.fileText, wordlist).ok).toBe(true);
    expect(offer.fileName).toMatch(/^upkeep-recovery-key-\d{4}-\d\d-\d\d\.txt$/);
    await home.until('bob is asked', () => openDecision(bob) !== undefined);
    expect(openDecision(bob)?.subject).toMatchObject({
      ...{ danger: null, membersAfter: 2, signersAfter: 3, isPaper: true },
      governanceThreshold: { from: 2, to: 2 },
    });
    expect(bob.view().recovery).toMatchObject({ member: null, isPromptDue: false });
    expect(await bob.devices.addRecoveryKey()).toEqual({ ok: false, error: { kind: 'busy' } });
    await agree(home, bob);
    await home.until('it is in', () => [alice, bob].every((each) => memberOn(each) !== null));
    await home.until('in step', () =>
      [alice, bob].every((each) => each.view().sync.inStepCount === 2),
    );

    for (const each of [alice, bob]) {
      const view = each.view();
      expect(view.devices.map(({ form }) => form).sort()).toEqual(['paper', 'phone', 'phone']);
      expect(view.account?.snapshotThreshold).toBe(before?.snapshotThreshold);
      expect(view.account?.governanceThreshold).toBe(2);
      expect(view.sync).toMatchObject({ kind: 'in-step', inStepCount: 2, deviceCount: 2 });
      expect(view.lockout.oneLostDeviceLocks).toBe(false);
      expect(view.recovery?.isPromptDue).toBe(false);
    }
    const proposed = await alice.snapshots.propose('');
    expect(proposed.ok).toBe(true);
    await home.until('bob is asked', () => openDecision(bob) !== undefined);
    const decision = openDecision(bob);
    expect(decision?.answers.map(({ device }) => device).sort()).toEqual(
      [idOf(alice), idOf(bob)].sort(),
    );
    expect(decision?.subject.kind === 'snapshot' && decision.subject.behind).toEqual([]);
    await agree(home, bob);
    await home.until('agreed', () =>
      [alice, bob].every((each) => each.view().snapshots[0]?.isHeld === true),
    );
    expect(alice.view().snapshots[0]?.rosterSize).toBe(2);
  });

  test('[A5] no device keeps a word or the secret; the old key goes where a new one comes', async () => {
    const { home, alice, bob, offer } = await withKey();
    const secret = parseRecoveryText(offer.words.join(' '), wordlist);
    if (!secret.ok) throw new Error(secret.error.reason);
    const asText = (bytes: Uint8Array): string => new TextDecoder('latin1').decode(bytes);
    for (const name of ['alice', 'bob']) {
      const rows = TABLES.flatMap((table) => [...home.disk(name).rowsOf(table).values()]);
      const all = rows.map(asText).join('\n');
      expect(rows.length).toBeGreaterThan(5);
      expect(all.includes(asText(secret.value))).toBe(false);
      expect(offer.words.filter((word) => all.includes(word) && word.length > 6)).toEqual([]);
    }
    const first = memberOn(alice);
    const next = await offerFrom(bob);
    await home.until('alice is asked', () => openDecision(alice) !== undefined);
    const subject = openDecision(bob)?.subject;
    const number = subject?.kind === 'roster' ? subject.danger?.matchNumber : null;
    await agree(home, alice, number ?? '');
    await home.until('replaced', () => memberOn(alice) !== first && memberOn(bob) !== first);
    expect(alice.view().devices.length).toBe(3);
    const { words } = next;
    const answers = words.map((word, index) => ({ index, word }));
    expect((await alice.devices.checkRecoveryKey(answers)).ok).toBe(true);
    expect(await alice.devices.useRecoveryKey(offer.fileText, { remove: [idOf(bob)] })).toEqual({
      ok: false,
      error: { kind: 'recovery-unknown' },
    });
  });

  test('[A5] three words are asked for after a week and every 90 days, where the key was made', async () => {
    const { home, alice, bob, offer } = await withKey();
    const at = () => home.clock.wallMs();
    const { asked = [], checkDueMs, addedMs } = alice.view().recovery ?? {};
    expect(asked.length).toBe(3);
    expect(checkDueMs).toBe((addedMs ?? 0) + FIRST_CHECK_MS);
    expect(bob.view().recovery).toMatchObject({ asked: [], checkDueMs: null });
    const answers = asked.map((index) => ({ index, word: offer.words[index] ?? '' }));
    const wrong = answers.map((each, place) => (place === 1 ? { ...each, word: 'zebra' } : each));
    const words = { kind: 'recovery-words-wrong' };
    expect(await alice.devices.checkRecoveryKey(wrong)).toEqual({ ok: false, error: words });
    expect(await bob.devices.checkRecoveryKey(answers)).toEqual({ ok: false, error: words });
    const odd = [{ index: asked[0] ?? 0, word: 'qqq' }, ...answers.slice(1)];
    expect(await alice.devices.checkRecoveryKey(odd)).toMatchObject({
      ok: false,
      error: { kind: 'recovery-malformed', reason: 'unknown-word', word: 'qqq', index: asked[0] },
    });
    expect(alice.view().recovery?.lastCheckedMs).toBe(null);
    expect((await alice.devices.checkRecoveryKey(answers)).ok).toBe(true);
    expect(alice.view().recovery?.lastCheckedMs).toBe(Math.floor(at()));
    expect(alice.view().recovery?.checkDueMs).toBe(Math.floor(at()) + NEXT_CHECK_MS);
    expect(alice.view().recovery?.asked).not.toEqual(asked);
    await home.stop('alice');
    const again = await home.start('alice');
    expect(again.view().recovery?.checkDueMs).toBe(Math.floor(at()) + NEXT_CHECK_MS);
  });
});

describe('a lost phone', () => {
  test('[A5, A3, A9] with one of two lost, the other and the key take it out and let a new one in', async () => {
    const { home, alice, bob, offer } = await withKey();
    const lost = idOf(alice);
    await home.stop('alice');
    const words = [...offer.words];
    const removed = await bob.devices.useRecoveryKey(words.join(' '), { remove: [lost] });
    if (!removed.ok) throw new Error(removed.error.kind);
    await home.pass(DANGER_MS - 1_000);
    // The key's vote waits for the delay as that of the device does, over a restart.
    expect(bob.view().devices.length).toBe(3);
    expect(openDecision(bob)?.answers.filter(({ answer }) => answer === 'yes').length).toBe(1);
    await home.stop('bob');
    const again = await home.start('bob');
    await home.until('the lost one is out', () => again.view().devices.length === 2);
    expect(again.view().account).toMatchObject({
      ...{ admin: idOf(again), snapshotThreshold: 1, governanceThreshold: 2 },
    });
    expect(home.disk('bob').rowsOf('own').has(`paper:${removed.value}`)).toBe(false);

    const carol = await home.start('carol');
    await again.devices.invite();
    const inviting = again.view().pairing;
    if (inviting.kind !== 'inviting') throw new Error('bob shows a code');
    await carol.devices.join(inviting.uri, 'Carol phone');
    await home.until('words', () => carol.view().pairing.kind === 'comparing');
    await carol.devices.confirmWords(true);
    await again.devices.confirmWords(true);
    await home.until('it waits', () => openDecision(again) !== undefined);
    const id = openDecision(again)?.id ?? ('' as never);
    expect((await again.devices.useRecoveryKey(offer.fileText, { approve: id })).ok).toBe(true);
    await home.until('carol is in', () => carol.view().stage === 'member');
    await home.until('in step', () => areEqual(again, carol));
    expect(titlesOf(carol)).toEqual(['old']);
    expect(carol.view().account).toMatchObject({ snapshotThreshold: 2, governanceThreshold: 2 });

    const late = await home.start('alice');
    await home.until('it learns why', () => late.view().stage === 'removed');
    expect(late.view().removed?.by).toContain('Recovery key');
  });

  test('[A5, A9] a veto stops the vote of the key as it stops that of the device', async () => {
    const { home, alice, bob, offer } = await withKey();
    const carol = await home.start('carol');
    await pair(home, alice, carol, 'Carol laptop', [bob]);
    await home.until('three', () => areEqual(alice, bob, carol));
    const asked = await bob.devices.useRecoveryKey(offer.fileText, { remove: [idOf(carol)] });
    if (!asked.ok) throw new Error(asked.error.kind);
    await home.until('alice sees it', () => openDecision(alice) !== undefined);
    expect((await alice.decisions.veto(asked.value, 'she is no thief')).ok).toBe(true);
    await home.pass(3 * DANGER_MS);
    expect(bob.view().devices.length).toBe(4);
    const yes = openDecision(bob)?.answers.filter(({ answer }) => answer === 'yes');
    expect(yes?.map(({ device }) => device)).toEqual([idOf(bob)]);
  });

  test('[A5] the key signs beside a device’s own yes, never in its place', async () => {
    const { home, alice, bob, offer } = await withKey();
    await alice.devices.rename(idOf(bob), 'Bob new');
    await home.until('bob is asked', () => openDecision(bob) !== undefined);
    const id = openDecision(bob)?.id ?? ('' as never);
    expect(await bob.devices.useRecoveryKey(offer.fileText, { approve: id })).toEqual({
      ok: false,
      error: { kind: 'recovery-yes-first' },
    });
    await home.stop('bob');
    expect((await alice.devices.useRecoveryKey(offer.fileText, { approve: id })).ok).toBe(true);
    await home.until('renamed', () => alice.view().devices.some(({ name }) => name === 'Bob new'));
  });

  test('[A5] what is typed wrongly is named: a word, one mistaken for another, a key of nobody', async () => {
    const { home, alice, bob, offer } = await withKey();
    const use = (text: string) => bob.devices.useRecoveryKey(text, { remove: [idOf(alice)] });
    const typed = (place: number, word: string) =>
      offer.words.map((each, index) => (index === place ? word : each)).join(' ');
    const error = async (text: string) => {
      const done = await use(text);
      return done.ok ? 'done' : done.error;
    };
    const kind = 'recovery-malformed';
    expect(await error(typed(4, 'xylophone'))).toEqual({
      ...{ kind, reason: 'unknown-word', word: 'xylophone', index: 4 },
    });
    const other = offer.words[19] === 'zebra' ? 'zero' : 'zebra';
    expect(await error(typed(19, other))).toEqual({
      ...{ kind, reason: 'mistaken-word', word: other, index: 19 },
    });
    expect(await error(offer.words.slice(1).join(' '))).toMatchObject({ kind, reason: 'count' });
    expect(await error(`${'abandon '.repeat(23)}art`)).toEqual({ kind: 'recovery-unknown' });
    const swapped = [offer.words[1], offer.words[0], ...offer.words.slice(2)];
    if (offer.words[0] !== offer.words[1]) {
      expect(await error(swapped.join(' '))).not.toBe('done');
    }
    expect(bob.view().decisions.filter(({ stage }) => stage === 'open')).toEqual([]);
    const dave = await home.start('dave');
    expect(await dave.devices.recoverAccount(offer.fileText, 'Dave phone')).toEqual({
      ok: false,
      error: { kind: 'recovery-needs-device' },
    });
    expect(await dave.devices.recoverAccount('abandon', 'Dave phone')).toMatchObject({
      error: { kind, reason: 'count' },
    });
    const alone = await home.start('erin');
    await alone.account.create('Erin phone');
    expect(await alone.devices.addRecoveryKey()).toEqual({
      ok: false,
      error: { kind: 'only-device' },
    });
    expect(await alone.devices.checkRecoveryKey([])).toEqual({
      ok: false,
      error: { kind: 'recovery-none' },
    });
  });
});
