import { describe, expect, test } from 'vitest';
import { LIMITS } from '../../src/core/base/limits.js';
import type { Replica } from '../../src/replica/commands.js';
import { factsOn } from './kept-facts.js';
import { appRelease, stageAt, upgradeAt, upgrading } from './upgrading.js';
import { idOf } from './with-liar.js';

const turn = async (replica: Replica, cohort: string): Promise<unknown> => {
  const done = await replica.upgrades.setPolicies({ cohort });
  return done.ok ? 'done' : done.error;
};

describe('devices that each have their turn', () => {
  test('[U1, U9] tell it, and a version that is published by turns goes to them in that order', async () => {
    const world = await upgrading();
    const { home, alice, bob, carol, publish, fetchOn, switchOn } = world;
    const told = (): readonly (string | null)[] =>
      [alice, bob, carol].map(
        (of) => alice.view().upgrades.devices.find(({ device }) => device === idOf(of))?.cohort,
      ) as never;
    expect(told()).toEqual(['', '', '']);
    expect(await turn(carol, 'early')).toBe('done');
    expect(await turn(bob, 'beta testers')).toBe('done');
    expect(await turn(alice, 'late')).toBe('done');
    await home.until('it is told', () => told().join() === 'late,beta testers,early');
    expect(carol.view().upgrades.policies.cohort).toBe('early');

    const v2 = await publish(2, { waves: 'cohorts' });
    const bodies = factsOn(home.disk('bob')).map(({ body }) => body);
    expect(bodies.find(({ kind }) => kind === 'upgrade.proposed')).toMatchObject({
      waves: [[idOf(carol)], [idOf(bob)]],
    });
    // What was resolved when it was published stays.
    expect(await turn(bob, 'late')).toBe('done');
    for (const each of [alice, bob, carol]) await fetchOn(each, v2);
    await home.until('it is in force', () => stageAt(alice, v2) === 'active');
    const open = (): readonly boolean[] =>
      [alice, bob, carol].map((each) => upgradeAt(each, v2)?.canActivate === true);
    await home.pass(1_000);
    expect(open()).toEqual([false, false, true]);
    expect(upgradeAt(alice, v2)?.wave).toMatchObject({ mine: 2, count: 3, open: 0 });
    await switchOn('carol', carol, v2);
    await home.until('bob may', () => open()[1] === true);
    expect(open()[0]).toBe(false);
    await switchOn('bob', bob, v2);
    await home.until('alice may', () => open()[0] === true);
  });

  test('[U1] keep it over a restart, say it once, and take no name that a fact does not hold', async () => {
    const { home, carol } = await upgrading();
    const me = idOf(carol);
    const words = (): number =>
      factsOn(home.disk('carol')).filter(
        ({ author, body }) => author === me && body.kind === 'device.bundled',
      ).length;
    const before = words();
    expect(await turn(carol, 'late')).toBe('done');
    expect(await turn(carol, 'late')).toBe('done');
    await home.until('it is told', () => words() === before + 1);
    const max = LIMITS.purposeCharactersMax;
    expect(await turn(carol, 'x'.repeat(max + 1))).toEqual({
      ...{ kind: 'too-long', field: 'cohort', max },
    });
    expect(await turn(carol, '\ud800')).toEqual({ kind: 'ill-formed', field: 'cohort' });
    await home.stop('carol');
    const again = await home.start('carol');
    await home.pass(2_000);
    expect(again.view().upgrades.policies.cohort).toBe('late');
    expect(words()).toBe(before + 1);
  });

  test('[U9] go all at once where all have the same turn', async () => {
    const { alice, home, publish } = await upgrading();
    const v2 = await publish(2, { waves: 'cohorts' });
    expect(upgradeAt(alice, v2)?.wave).toBeNull();
    const bodies = factsOn(home.disk('alice')).map(({ body }) => body);
    expect(bodies.find(({ kind }) => kind === 'upgrade.proposed')).toMatchObject({
      ...{ version: appRelease(2).version, waves: [] },
    });
  });
});
