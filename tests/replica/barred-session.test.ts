import { expect, test } from 'vitest';
import { assert } from '../../src/core/base/result.js';
import type { RosterHash, SessionId } from '../../src/core/base/brands.js';
import { parseBody } from '../../src/core/facts/bodies.js';
import type { Fact } from '../../src/core/facts/codec.js';
import { putRow } from '../../src/replica/storage/rows.js';
import { createHousehold, pair } from './household.js';
import { createLiar, createPen } from './liar.js';
import { rivalBy } from './rivals.js';
import { areEqual, askedOf, draftOf, titlesOf } from './with-liar.js';

/** In which session a device's disk has the record of that title. */
const sessionOf = (rows: ReadonlyMap<string, Uint8Array>, title: string): string | undefined =>
  [...rows].find(([, row]) => Buffer.from(row).includes(`text of ${title}`))?.[0].slice(0, 64);

/**
 * Fay founded the account and decided alone once. Her session holds a fact under a rival of her
 * first list that a snapshot has left outside since, and her device goes on as an honest one.
 */
test('[S3, S5, F5] whose session holds what no cut passes goes on in another, which is pruned', async () => {
  const home = createHousehold();
  const [first, alice, bob] = [
    await home.start('fay'),
    await home.start('alice'),
    await home.start('bob'),
  ];
  await first.account.create('Fay phone');
  await pair(home, first, alice, 'Alice phone');
  await pair(home, first, bob, 'Bob phone', [alice]);
  await first.records.create(draftOf('old'));
  await home.until('in step', () => areEqual(alice, bob, first));
  const tidy = async (index: number) => {
    expect(await alice.snapshots.propose('tidy')).toMatchObject({ ok: true });
    await home.until('Bob is asked', () => askedOf(bob) !== undefined);
    const asked = askedOf(bob);
    if (asked !== undefined) await bob.decisions.approve(asked.id, '');
    await home.until('it stands', () => bob.view().snapshots.length === index);
    await home.until('equal', () => areEqual(alice, bob));
  };
  await tidy(1);
  await home.until('in step', () => areEqual(alice, bob, first));
  await home.stop('fay');

  const liar = await createLiar(home, 'fay');
  await home.until('she is connected', () =>
    [alice, bob].every((each) => liar.isLinkedTo(each.view().account?.me ?? ('' as never))),
  );
  const { account, chain } = liar.holdings;
  const before = chain().recordAt(account as string as RosterHash);
  assert(before !== null, 'there is a first list');
  const rival = await rivalBy(liar, 'rival', {}, ['fay'], before);
  const under = { epoch: 1, roster: rival.hash };
  const told = createPen(liar, 'tells of it');
  told.write({ kind: 'roster.completed', completion: rival.bytes });
  const pen = createPen(liar, 'under it');
  const [opening] = pen.facts;
  const opened = opening && parseBody(opening.envelope.kind, opening.bodyBytes);
  assert(opened?.ok === true && opened.value.kind === 'session.opened', 'it is opened');
  (pen.facts as Fact[]).length = 0;
  pen.write(opened.value, under);
  pen.write({ kind: 'record.created', ...draftOf('under a rival') }, under);
  const runs = [await told.run(), await pen.run()];
  const me = alice.view().account?.me;
  assert(me !== undefined, 'alice is a member');
  liar.to(me).say({ kind: 'runs', runs });
  const isRefused = (replica: typeof alice) =>
    replica.view().activity.some(({ details }) => details['reason'] === 'rival-roster');
  await home.until('told', () => [alice, bob].every(isRefused) && areEqual(alice, bob));
  liar.leave();

  // It is the session that she wrote in last, and all of it is on her disk.
  let fay = await home.start('fay');
  await home.until('she has it back', () => areEqual(alice, bob, fay));
  await home.stop('fay');
  const row = putRow('profile', 'session', { id: pen.session, seq: 1 });
  assert(row.kind === 'put', 'a row is put');
  home.disk('fay').rowsOf('profile').set('session', row.value);
  fay = await home.start('fay');
  expect((await fay.records.create(draftOf('after it'))).ok).toBe(true);
  await home.until('all have it', () => titlesOf(bob).includes('after it'));
  const written = sessionOf(home.disk('fay').rowsOf('facts'), 'after it');
  expect(written).toBeDefined();
  expect(written).not.toBe(pen.session as SessionId as string);
  await home.until('in step', () => areEqual(alice, bob, fay));
  await tidy(2);
  expect(titlesOf(bob)).toEqual(['after it', 'old']);
  // What stays is what no cut passes, and nothing that she wrote since.
  expect(sessionOf(home.disk('bob').rowsOf('facts'), 'after it')).toBeUndefined();
  expect(sessionOf(home.disk('bob').rowsOf('facts'), 'under a rival')).toBe(pen.session);
});
