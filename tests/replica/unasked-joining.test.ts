import { describe, expect, test } from 'vitest';
import { NEWCOMER_CAPABILITIES_MASK, capabilitiesOf } from '../../src/core/authority/capability.js';
import { LIMITS } from '../../src/core/base/limits.js';
import type { Replica } from '../../src/replica/commands.js';
import type { Household } from './household.js';
import { epochOf, sayYes, threeMembers } from './three-members.js';
import { idOf } from './with-liar.js';

const failureOf = (replica: Replica) => {
  const { pairing } = replica.view();
  return pairing.kind === 'failed' ? pairing.reason : null;
};

/** Dave has the code of that member, and both screens show their words. */
const comparing = async (home: Household, inviter: Replica): Promise<Replica> => {
  const dave = await home.start('dave');
  expect((await inviter.devices.invite()).ok).toBe(true);
  const { pairing } = inviter.view();
  if (pairing.kind !== 'inviting') throw new Error('it shows a code');
  await dave.devices.join(pairing.uri, 'Dave phone');
  await home.until('both compare', () =>
    [inviter, dave].every((each) => each.view().pairing.kind === 'comparing'),
  );
  return dave;
};

/** As many questions about the devices as one device may have open. */
const askAll = async (replica: Replica): Promise<void> => {
  for (let at = 0; at < LIMITS.openProposalsPerDeviceMax; at += 1) {
    expect((await replica.devices.rename(idOf(replica), `Name ${at}`)).ok).toBe(true);
  }
};

describe('a joining that the others are not asked about', () => {
  test('[P5, C3] shows no code where this device has asked for too much already', async () => {
    const { alice } = await threeMembers();
    await askAll(alice);
    const max = LIMITS.openProposalsPerDeviceMax;
    const error = { kind: 'too-many-proposals', max };
    expect(await alice.devices.invite()).toEqual({ ok: false, error });
    expect(alice.view().pairing.kind).not.toBe('inviting');
  });

  test('[C3, N9] is told as that on both screens, before and after the newcomer signed', async () => {
    for (const isLate of [false, true]) {
      const { home, alice } = await threeMembers();
      const dave = await comparing(home, alice);
      await dave.devices.confirmWords(true);
      if (!isLate) await askAll(alice);
      else home.network.partition(['dave'], ['alice', 'bob', 'carol']);
      await alice.devices.confirmWords(true);
      if (isLate) {
        await askAll(alice);
        home.network.heal();
      }
      await home.until('alice knows', () => failureOf(alice) !== null);
      expect(failureOf(alice)).toBe('not-asked');
      await home.until('dave is told', () => failureOf(dave) !== null);
      expect(failureOf(dave)).toBe('withdrawn');
      expect(dave.view().stage).toBe('empty');
    }
  });

  test('[C5, N9] is superseded where the inviter may let nobody in by then, and blames nobody', async () => {
    const { home, alice, bob, carol } = await threeMembers();
    const dave = await comparing(home, bob);
    const kept = capabilitiesOf(NEWCOMER_CAPABILITIES_MASK).filter((of) => of !== 'roster_change');
    expect((await alice.devices.setCapabilities(idOf(bob), kept)).ok).toBe(true);
    await sayYes(home, carol, alice);
    await home.until('it is taken', () => epochOf(bob) === 3);
    await dave.devices.confirmWords(true);
    await bob.devices.confirmWords(true);
    await home.until('both are told', () => [bob, dave].every((each) => failureOf(each) !== null));
    expect([failureOf(bob), failureOf(dave)]).toEqual(['superseded', 'superseded']);
    expect(dave.view().stage).toBe('empty');
  });
});
