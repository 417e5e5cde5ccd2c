import { describe, expect, test } from 'vitest';
import type { Replica } from '../../src/replica/commands.js';
import type { UpgradePolicies } from '../../src/replica/view.js';
import { mineAt, stageAt, upgradeAt, upgrading } from './upgrading.js';

const choose = async (replica: Replica, said: Partial<UpgradePolicies>): Promise<void> => {
  expect((await replica.upgrades.setPolicies(said)).ok).toBe(true);
};

/** Long enough for anything that a device would do by itself, and tried again once. */
const WHILE_MS = 16 * 60_000;

describe('the three policies of a device', () => {
  test('[U2] each stays as it is where another is set; who switches by itself fetches by itself unless said otherwise', async () => {
    const { home, carol } = await upgrading();
    const policies = (of: Replica): UpgradePolicies => of.view().upgrades.policies;
    expect(policies(carol)).toEqual({
      fetch: 'manual',
      give: 'all',
      activate: 'manual',
      cohort: '',
    });
    await choose(carol, { activate: 'auto' });
    expect(policies(carol)).toEqual({ fetch: 'auto', give: 'all', activate: 'auto', cohort: '' });
    await choose(carol, { activate: 'manual' });
    expect(policies(carol).fetch).toBe('manual');
    await choose(carol, { fetch: 'manual', give: 'needed' });
    await choose(carol, { activate: 'auto' });
    const said = { fetch: 'manual', give: 'needed', activate: 'auto', cohort: '' };
    expect(policies(carol)).toEqual(said);
    await home.stop('carol');
    expect(policies(await home.start('carol'))).toEqual(said);
  });

  test('[U2, U4] who fetches by itself is ready by itself, and switches when a person says so', async () => {
    const { home, alice, bob, carol, publish, fetchOn, switchOn, reloaded } = await upgrading();
    await choose(carol, { fetch: 'auto' });
    const v2 = await publish(2);
    await home.until('carol is ready', () => upgradeAt(alice, v2)?.ready === 1);
    await fetchOn(bob, v2);
    await home.until('it is in force', () => stageAt(carol, v2) === 'active');
    await home.pass(WHILE_MS);
    expect(reloaded).toEqual([]);
    expect(mineAt(carol, v2)).toBe('verified');
    await switchOn('carol', carol, v2);
    expect(carol.view().upgrades.running).toMatchObject({ version: '0.2.0', state: 'good' });
  });

  test('[U2, U4] who switches by itself and fetches when asked does just that', async () => {
    const { home, alice, bob, carol, publish, fetchOn, reloaded } = await upgrading();
    await choose(carol, { fetch: 'manual', activate: 'auto' });
    const v2 = await publish(2);
    for (const each of [alice, bob]) await fetchOn(each, v2);
    await home.until('it is in force', () => stageAt(carol, v2) === 'active');
    await home.pass(WHILE_MS);
    expect(mineAt(carol, v2)).toBe('none');
    expect(reloaded).toEqual([]);
    await fetchOn(carol, v2);
    await home.until('it switches', () => reloaded.length === 1);
    expect(reloaded).toEqual(['carol']);
  });

  test('[U2] what a person may switch to is not taken away for what was not agreed to yet', async () => {
    const { home, alice, bob, carol, publish, fetchOn } = await upgrading();
    await choose(carol, { fetch: 'auto' });
    const v2 = await publish(2);
    await fetchOn(alice, v2);
    await home.until('it may be switched to', () => upgradeAt(carol, v2)?.canActivate === true);
    const v3 = await publish(3);
    await home.pass(WHILE_MS);
    expect(mineAt(carol, v2)).toBe('verified');
    for (const each of [alice, bob]) await fetchOn(each, v3);
    await home.until('what was agreed to since comes', () => mineAt(carol, v3) === 'verified');
  });
});
