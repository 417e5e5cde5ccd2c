import { expect, test } from 'vitest';
import { createHousehold } from './household.js';
import { draftOf } from './with-liar.js';

const NOT_ABLE = { ok: false, error: { kind: 'pairing', reason: 'no-connections' } };

test('[N1, C8] a browser that connects to no other device says so, and keeps what is written', async () => {
  const home = createHousehold({ wire: (_, wire) => ({ ...wire, canConnect: () => false }) });
  const alice = await home.start('alice');
  expect((await alice.account.create('Alice phone')).ok).toBe(true);
  const kinds = alice.view().problems.map(({ kind }) => kind);
  expect(kinds).toEqual(['no-connections']);
  expect(await alice.devices.invite()).toMatchObject(NOT_ABLE);
  expect(await alice.devices.inviteOffline()).toMatchObject(NOT_ABLE);
  expect((await alice.records.create(draftOf('alone'))).ok).toBe(true);
  const bob = await home.start('bob');
  expect(await bob.devices.join('whatever', 'Bob phone')).toMatchObject(NOT_ABLE);
  expect(bob.view().pairing.kind).toBe('idle');
});
