import { describe, expect, test } from 'vitest';
import { pair } from './household.js';
import { threeMembers } from './three-members.js';
import { idOf } from './with-liar.js';

describe('who lets a device in', () => {
  test('[A2, A3, N9] any member that may change the devices, though the admin is away', async () => {
    const { home, alice, bob, carol } = await threeMembers();
    const admin = idOf(alice);
    await home.stop('alice');
    const dave = await home.start('dave');
    await pair(home, bob, dave, 'Dave tablet', [carol]);
    await home.until('all know', () => carol.view().devices.length === 4);
    const again = await home.start('alice');
    await home.until('the admin hears of it', () => again.view().devices.length === 4);
    expect(again.view().newcomers.map((each) => each.name)).toEqual(['Dave tablet']);
    expect(bob.view().account?.admin).toBe(admin);
  });

  test('[A2, A3, N9] two at once, by two members: one gets in, the other is told to begin anew', async () => {
    const { home, alice, bob, carol } = await threeMembers();
    const dave = await home.start('dave');
    const erin = await home.start('erin');
    for (const [inviter, newcomer, name] of [
      [bob, dave, 'Dave tablet'],
      [alice, erin, 'Erin phone'],
    ] as const) {
      await inviter.devices.invite();
      const code = inviter.view().pairing;
      await newcomer.devices.join(code.kind === 'inviting' ? code.uri : '', name);
    }
    const all = [bob, dave, alice, erin];
    await home.until('words', () => all.every((each) => each.view().pairing.kind === 'comparing'));
    for (const each of all) await each.devices.confirmWords(true);
    const asked = () => carol.view().decisions.filter((each) => each.approveBlocker === null);
    await home.until('she is asked about both', () => asked().length === 2);
    const first = asked().find(({ proposer }) => proposer === idOf(bob));
    if (first === undefined) throw new Error('bob asks');
    expect((await carol.decisions.approve(first.id, '')).ok).toBe(true);
    const pairings = () => all.map((each) => each.view().pairing);
    await home.until('both are over', () =>
      pairings().every(({ kind }) => kind === 'failed' || kind === 'done'),
    );
    expect(pairings()).toMatchObject([
      ...[{ kind: 'done' }, { kind: 'done' }],
      ...[{ reason: 'superseded' }, { reason: 'superseded' }],
    ]);
    expect(carol.view().devices.map(({ name }) => name)).toContain('Dave tablet');
  });
});
