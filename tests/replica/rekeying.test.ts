import { describe, expect, test } from 'vitest';
import type { Replica } from '../../src/replica/commands.js';
import { copyOfDisk, putBack } from './dying-device.js';
import { DANGER_MS, sayYes, threeMembers } from './three-members.js';
import { areEqual, draftOf, idOf, titlesOf } from './with-liar.js';

const alarmsOf = (replica: Replica) => replica.view().problems.map(({ kind }) => kind);

/** Bob's profile was put back to what it was, and wrote on before it heard of that. */
const bobToldTwoStories = async () => {
  const { home, alice, carol } = await threeMembers();
  await home.stop('bob');
  const past = copyOfDisk(home.disk('bob'));
  const first = await home.start('bob');
  const bobId = idOf(first);
  await first.records.create(draftOf('first story'));
  await home.until('all have it', () => areEqual(alice, carol, first));
  await home.stop('bob');
  putBack(home.disk('bob'), past);
  home.network.partition(['bob'], ['alice', 'carol']);
  const bob = await home.start('bob');
  await bob.records.create(draftOf('second story'));
  home.network.heal();
  await home.until('shown up', () =>
    [alice, bob, carol].every((each) => alarmsOf(each).includes('equivocation')),
  );
  return { home, alice, bob, carol, bobId };
};

describe('a device that told two stories gets new keys', () => {
  test('[F5, F6] it comes in anew and its old keys go in one change, which ends the alarm', async () => {
    const { home, alice, bob, carol, bobId } = await bobToldTwoStories();
    expect(await bob.devices.invite()).toMatchObject({ ok: false, error: { kind: 'not-allowed' } });
    expect(alice.view().account?.identityEpoch).toBe(2);
    const again = await home.start('bob anew');
    expect((await alice.devices.invite(bobId)).ok).toBe(true);
    const code = alice.view().pairing;
    expect(code).toMatchObject({ kind: 'inviting', replaces: bobId });
    await again.devices.join(code.kind === 'inviting' ? code.uri : '', 'Bob phone');
    await home.until('both compare', () =>
      [alice, again].every((each) => each.view().pairing.kind === 'comparing'),
    );
    await again.devices.confirmWords(true);
    await alice.devices.confirmWords(true);
    await sayYes(home, carol, alice);
    await home.pass(DANGER_MS);
    await home.until('it is a member', () => again.view().stage === 'member');
    await home.until('all of it is there', () => areEqual(alice, again, carol));
    for (const each of [alice, again, carol]) {
      expect(each.view().account?.identityEpoch).toBe(3);
      const devices = each.view().devices.map(({ id }) => id);
      expect(devices.length).toBe(3);
      expect(devices).not.toContain(bobId);
      expect(alarmsOf(each)).toEqual([]);
    }
    await home.until('the old keys know', () => bob.view().stage === 'removed');
    // Its word counts again, with the new keys.
    const proposed = await alice.snapshots.propose('');
    if (!proposed.ok) throw new Error(proposed.error.kind);
    const asked = () => again.view().decisions.find(({ id }) => id === proposed.value);
    await home.until('it is asked', () => asked()?.approveBlocker === null);
    expect((await again.decisions.approve(proposed.value, '')).ok).toBe(true);
    expect(titlesOf(again)).toEqual(['old']);
  });

  test('[F5, A8] new keys keep what the old ones were allowed, and the part of the admin', async () => {
    const { home, alice, bob, carol } = await threeMembers();
    const admin = idOf(alice);
    const rightsOf = (replica: Replica, device: string) =>
      replica.view().devices.find(({ id }) => id === device)?.capabilities ?? [];
    const rights = rightsOf(bob, admin).filter((each) => each !== 'backup_export');
    await bob.devices.setCapabilities(admin, rights);
    await sayYes(home, carol, bob);
    await home.until('it is in force', () => rightsOf(bob, admin).length === rights.length);
    await home.stop('alice');
    const again = await home.start('alice anew');
    expect((await bob.devices.invite(admin)).ok).toBe(true);
    const code = bob.view().pairing;
    await again.devices.join(code.kind === 'inviting' ? code.uri : '', 'Alice phone');
    await home.until('both compare', () => again.view().pairing.kind === 'comparing');
    await again.devices.confirmWords(true);
    await bob.devices.confirmWords(true);
    await sayYes(home, carol, bob);
    await home.pass(DANGER_MS);
    await home.until('it is the admin', () => again.view().account?.admin === idOf(again));
    expect(again.view().devices.map(({ id }) => id)).not.toContain(admin);
    expect(rightsOf(again, idOf(again))).toEqual(rights);
  });

  test('[F5, N9] nobody is let in for somebody who is not there, or for the own device', async () => {
    const { alice, bob } = await threeMembers();
    const gone = `${'0'.repeat(63)}1` as ReturnType<typeof idOf>;
    const error = (kind: string) => ({ ok: false, error: { kind } });
    expect(await alice.devices.invite(gone)).toEqual(error('unknown-device'));
    expect(await alice.devices.invite(idOf(alice))).toEqual(error('only-device'));
    expect((await alice.devices.invite(idOf(bob))).ok).toBe(true);
  });
});
