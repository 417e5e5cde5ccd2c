import { describe, expect, test } from 'vitest';
import { DANGER_MS, dangerAt, decisionOf, epochOf, sayYes, threeMembers } from './three-members.js';
import { idOf } from './with-liar.js';

const idAt = (replica: Parameters<typeof decisionOf>[0]) => {
  const decision = decisionOf(replica);
  if (decision === undefined) throw new Error('nothing is open');
  return decision.id;
};

describe('dangerous changes', () => {
  test('[A9] the number stands on the proposer’s screen alone, and nothing else will do', async () => {
    const { home, alice, bob, carol } = await threeMembers();
    await alice.devices.remove(idOf(carol), 'sold');
    await home.until('asked', () => decisionOf(bob) !== undefined);
    const number = dangerAt(alice)?.matchNumber ?? '';
    expect(number).toMatch(/^[1-9][0-9]$/);
    expect(dangerAt(bob)).toMatchObject({ matchNumber: null, needsMatch: true });
    const wrong = String(((Number(number) - 9) % 90) + 10);
    for (const given of [undefined, '', wrong]) {
      expect(await bob.decisions.approve(idAt(bob), '', given)).toEqual({
        ok: false,
        error: { kind: 'match-wrong' },
      });
    }
    await home.pass(2 * DANGER_MS);
    expect(bob.view().devices.length).toBe(3);
    expect((await bob.decisions.approve(idAt(bob), '', number)).ok).toBe(true);
  });

  test('[A9] who agreed votes by itself once the delay since first sight is over, not before', async () => {
    const { home, alice, bob, carol } = await threeMembers();
    await alice.devices.remove(idOf(carol), 'lost');
    await sayYes(home, bob, alice);
    const { votesAtMs, confirmedAtMs } = dangerAt(bob) ?? {};
    expect((votesAtMs ?? 0) - (confirmedAtMs ?? 0)).toBeGreaterThan(DANGER_MS - 1_000);
    await home.pass(DANGER_MS - 600);
    expect(decisionOf(bob)?.answers.filter(({ answer }) => answer === 'yes').length).toBe(1);
    expect(epochOf(bob)).toBe(2);
    await home.stop('bob');
    await home.pass(DANGER_MS);
    expect(epochOf(alice)).toBe(2);
    // What was agreed and when it was first seen outlives a restart.
    const again = await home.start('bob');
    await home.until('she is out', () => [alice, again].every((each) => epochOf(each) === 3));
  });

  test('[A9] wall time that jumps back starts the delay anew', async () => {
    const { home, alice, bob, carol } = await threeMembers();
    await alice.devices.remove(idOf(carol), 'lost');
    await sayYes(home, bob, alice);
    await home.pass(DANGER_MS - 600);
    home.clock.jumpWall(-60_000);
    await home.pass(DANGER_MS - 600);
    expect(epochOf(alice)).toBe(2);
    await home.pass(1_200);
    await home.until('she is out', () => [alice, bob].every((each) => epochOf(each) === 3));
  });

  test('[A9] any member but the subject stops it, once; then nobody’s device votes for it', async () => {
    const { home, alice, bob, carol } = await threeMembers();
    const asked = await alice.devices.remove(idOf(carol), 'lost');
    if (!asked.ok) throw new Error(asked.error.kind);
    await home.until('asked', () => [bob, carol].every((each) => decisionOf(each) !== undefined));
    expect(dangerAt(carol)?.canVeto).toBe(false);
    expect(await carol.decisions.veto(asked.value, 'no')).toEqual({
      ok: false,
      error: { kind: 'blocked', blocker: { kind: 'subject' } },
    });
    expect(dangerAt(bob)?.canVeto).toBe(true);
    expect((await bob.decisions.veto(asked.value, 'she has it')).ok).toBe(true);
    expect(await bob.decisions.veto(asked.value, 'again')).toEqual({
      ok: false,
      error: { kind: 'already-vetoed' },
    });
    await home.until('heard', () => dangerAt(alice)?.vetoedBy === idOf(bob));
    const number = dangerAt(alice)?.matchNumber ?? '';
    expect(await carol.decisions.approve(asked.value, '', number)).toEqual({
      ok: false,
      error: { kind: 'blocked', blocker: { kind: 'vetoed', device: idOf(bob) } },
    });
    await home.pass(3 * DANGER_MS);
    expect(epochOf(alice)).toBe(2);
    await alice.decisions.withdraw(asked.value);
    await alice.devices.rename(idOf(carol), 'Carol again');
    await sayYes(home, bob, alice);
    await home.until('the account goes on', () => epochOf(carol) === 3);
  });

  test('[A9] a veto that comes while the delay runs stops those who agreed already', async () => {
    const { home, alice, bob, carol } = await threeMembers();
    const asked = await alice.devices.setThresholds({ snapshot: 3, governance: 3 });
    if (!asked.ok) throw new Error(asked.error.kind);
    await sayYes(home, bob, alice);
    await home.until('asked', () => decisionOf(carol) !== undefined);
    await carol.decisions.veto(asked.value, 'one lost phone would lock us out');
    await home.pass(3 * DANGER_MS);
    expect(epochOf(alice)).toBe(2);
    const lines = carol.view().activity.filter(({ kind }) => kind === 'vetoed');
    expect(lines.length).toBe(1);
  });

  test('[A9] a rename or new keys ask for a yes alone', async () => {
    const { home, alice, bob } = await threeMembers();
    await alice.devices.rename(idOf(bob), 'Bob new');
    await home.until('asked', () => decisionOf(bob) !== undefined);
    expect(dangerAt(bob)).toBeNull();
    expect(await bob.decisions.veto(idAt(bob), 'no')).toEqual({
      ok: false,
      error: { kind: 'not-allowed', capability: 'veto' },
    });
  });
});
