import { expect, test } from 'vitest';
import { assert } from '../../src/core/base/result.js';
import { parseBody } from '../../src/core/facts/bodies.js';
import type { Fact } from '../../src/core/facts/codec.js';
import type { RosterHash } from '../../src/core/base/brands.js';
import { createHousehold, pair } from './household.js';
import { createLiar, createPen } from './liar.js';
import { rivalBy } from './rivals.js';
import { areEqual, askedOf, draftOf, idOf, titlesOf } from './with-liar.js';

test('[S3, A11] facts under a rival of what the base covers do not end pruning', async () => {
  const home = createHousehold();
  const founder = await home.start('mallory');
  const alice = await home.start('alice');
  const bob = await home.start('bob');
  await founder.account.create('Mallory phone');
  await pair(home, founder, alice, 'Alice phone');
  await pair(home, founder, bob, 'Bob phone', [alice]);
  await founder.records.create(draftOf('old'));
  await home.until('in step', () => areEqual(alice, bob, founder));
  const tidy = async (index: number) => {
    expect(await alice.snapshots.propose('tidy')).toMatchObject({ ok: true });
    await home.until('Bob is asked', () => askedOf(bob) !== undefined);
    const asked = askedOf(bob);
    if (asked !== undefined) await bob.decisions.approve(asked.id, '');
    await home.until('it stands', () => bob.view().snapshots.length === index);
    await home.until('equal', () => areEqual(alice, bob));
  };
  await tidy(1);
  await home.until('in step', () => areEqual(alice, bob, founder));
  await home.stop('mallory');
  const mallory = await createLiar(home, 'mallory');
  await home.until('the liar is connected', () => mallory.isLinkedTo(idOf(alice)));

  // She alone decided in the first epoch, and makes another list after it now.
  const { account, chain } = mallory.holdings;
  const first = chain().recordAt(account as string as RosterHash);
  assert(first !== null, 'there is a first list');
  const rival = await rivalBy(mallory, 'rival', {}, ['mallory'], first);
  const under = { epoch: 1, roster: rival.hash };
  const told = createPen(mallory, 'tells of it');
  told.write({ kind: 'roster.completed', completion: rival.bytes });
  // What she writes under it stands in a session of its own: epochs never fall along one.
  const pen = createPen(mallory, 'under it');
  const [opening] = pen.facts;
  const opened = opening && parseBody(opening.envelope.kind, opening.bodyBytes);
  assert(opened?.ok === true && opened.value.kind === 'session.opened', 'it is opened');
  (pen.facts as Fact[]).length = 0;
  pen.write(opened.value, under);
  pen.write({ kind: 'record.created', ...draftOf('under a rival') }, under);
  pen.write({ kind: 'record.created', ...draftOf('under the list in force') });
  mallory.to(idOf(alice)).say({ kind: 'runs', runs: [await told.run(), await pen.run()] });
  await home.until('told', () => titlesOf(bob).includes('under the list in force'));
  expect(titlesOf(alice)).not.toContain('under a rival');

  await alice.records.create(draftOf('new'));
  await home.until('equal', () => titlesOf(bob).includes('new') && areEqual(alice, bob));
  const before = bob.inspect().facts;
  await tidy(2);
  expect(titlesOf(alice)).toEqual(['new', 'old', 'under the list in force']);
  expect(bob.inspect().facts).toBeLessThan(before);
});
