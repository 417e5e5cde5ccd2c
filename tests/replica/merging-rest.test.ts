import { describe, expect, test } from 'vitest';
import { pair } from './household.js';
import { areOne, errorOf, isForked, namesOn, threeParted } from './parted.js';
import { memberWith } from './rivals.js';
import { decisionOf, sayYes } from './three-members.js';
import { areEqual, draftOf, idOf, titlesOf } from './with-liar.js';

const HOUR_MS = 3_600_000;

describe('what happens to a merge', () => {
  test('[A3, C3] that nobody answers it lapses on all devices, and binds nobody who asks anew', async () => {
    const { home, alice, carol } = await threeParted({ timing: { approvalMs: 20_000 } });
    const first = await alice.devices.mergeFork([]);
    if (!first.ok) throw new Error(first.error.kind);
    await home.until('asked', () => decisionOf(carol)?.approveBlocker === null);
    expect(alice.view().merging?.decision).toBe(first.value);
    const openAt = () => [alice, carol].map((each) => decisionOf(each)?.id ?? null);
    await home.until('it lapses', () => openAt().every((id) => id === null));
    expect(isForked(alice, carol)).toBe(true);
    for (const each of [alice, carol]) expect(each.view().merging?.decision).toBe(null);
    const late = await carol.decisions.approve(first.value, '');
    expect(late).toMatchObject({ ok: false, error: { kind: 'blocked' } });
    // The other one asks for it this time.
    expect((await carol.devices.mergeFork([])).ok).toBe(true);
    await sayYes(home, alice, carol);
    await home.until('one list', () => areOne(alice, carol) && areEqual(alice, carol));
    expect(titlesOf(alice)).toEqual(['of alice', 'of carol', 'old']);
  });

  test('[A3, C3] with a vote given before it lapsed, the account is not frozen', async () => {
    const { home, alice, carol } = await threeParted({ timing: { approvalMs: HOUR_MS } });
    expect((await alice.devices.mergeFork([])).ok).toBe(true);
    await home.until('asked', () => decisionOf(carol)?.approveBlocker === null);
    // Carol agrees where nobody hears it, and comes back long after the end.
    home.network.partition(['alice'], ['carol']);
    const asked = decisionOf(carol);
    if (asked === undefined) throw new Error('it is asked');
    expect((await carol.decisions.approve(asked.id, '')).ok).toBe(true);
    home.clock.advance(2 * HOUR_MS);
    await home.pass(1_000);
    expect(decisionOf(alice)).toBeUndefined();
    home.network.heal();
    await home.pass(60_000);
    if (isForked(alice, carol)) {
      expect((await alice.devices.mergeFork([])).ok).toBe(true);
      await sayYes(home, carol, alice);
    }
    await home.until('one list', () => areOne(alice, carol) && areEqual(alice, carol));
    expect(namesOn(alice)).toEqual(['Alice phone', 'Bob one', 'Carol two']);
  });
});

describe('a newcomer of one branch', () => {
  test('[A3, A4, N9] has no say in the merge, is in by it, and comes in with the same keys', async () => {
    const newcomer = memberWith('dave', 'Dave tablet');
    const three = await threeParted({}, { add: [newcomer] }, ['dave']);
    const { home, alice, carol, bobId } = three;
    for (const each of [alice, carol]) {
      const deciding = each.view().merging?.deciders.map(({ device }) => device);
      expect(deciding).toEqual([alice, carol].map(idOf).sort());
      expect(namesOn(each)).not.toContain('Dave tablet');
    }
    // Four members would need three yeses, and two are left to give one.
    const few = errorOf('too-few-left', { have: 2, need: 3 });
    expect(await alice.devices.mergeFork([])).toEqual(few);
    expect((await alice.devices.mergeFork([bobId])).ok).toBe(true);
    await home.until('asked', () => decisionOf(carol)?.approveBlocker === null);
    expect(decisionOf(carol)?.subject).toMatchObject({
      joining: [{ device: newcomer.device, name: 'Dave tablet' }],
      merge: { branches: 2 },
    });
    await sayYes(home, carol, alice);
    await home.until('one list', () => areOne(alice, carol) && areEqual(alice, carol));
    expect(namesOn(alice)).toEqual(['Alice phone', 'Carol laptop', 'Dave tablet']);
    const dave = await home.start('dave');
    await pair(home, alice, dave, 'Dave tablet');
    await home.until('in step', () => areEqual(alice, carol, dave));
    expect(areOne(alice, carol, dave)).toBe(true);
    expect(namesOn(dave)).toEqual(namesOn(alice));
    expect(titlesOf(dave)).toEqual(['of alice', 'of carol', 'old']);
    expect((await dave.records.create(draftOf('of dave'))).ok).toBe(true);
    await home.until('all have it', () => titlesOf(carol).includes('of dave'));
  });

  test('[A3, A9] may be left out where those who decide were no majority else', async () => {
    const [dave, erin] = [memberWith('dave', 'Dave tablet'), memberWith('erin', 'Erin phone')];
    const { home, alice, carol, bobId } = await threeParted(
      ...([{}, { add: [dave, erin] }, ['dave', 'erin']] as const),
    );
    const few = errorOf('too-few-left', { have: 2, need: 3 });
    expect(await alice.devices.mergeFork([bobId])).toEqual(few);
    expect(await alice.devices.mergeFork([idOf(carol)])).toEqual(errorOf('unknown-device'));
    const { newcomers } = alice.view().merging ?? {};
    expect(newcomers?.map(({ name }) => name).sort()).toEqual(['Dave tablet', 'Erin phone']);
    expect((await alice.devices.mergeFork([bobId, erin.device])).ok).toBe(true);
    await home.until('asked', () => decisionOf(carol)?.approveBlocker === null);
    expect(decisionOf(carol)?.subject).toMatchObject({
      joining: [{ device: dave.device }],
      danger: { needsMatch: true },
    });
    await sayYes(home, carol, alice);
    await home.until('one list', () => areOne(alice, carol) && areEqual(alice, carol));
    expect(namesOn(alice)).toEqual(['Alice phone', 'Carol laptop', 'Dave tablet']);
    expect(titlesOf(carol)).toEqual(['of alice', 'of carol', 'old']);
  });
});
