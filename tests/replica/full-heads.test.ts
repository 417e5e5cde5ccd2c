import { expect, test, vi } from 'vitest';
import { createPen } from './liar.js';
import { areEqual, askedOf, draftOf, idOf, lyingHousehold, titlesOf } from './with-liar.js';

/** What years of use come to, or a member that wants it, is here a matter of minutes. */
const SESSIONS_MAX = 20;
vi.mock(import('../../src/core/base/limits.js'), async (original) => {
  const { LIMITS } = await original();
  const few = { sessionsPerUpdateMax: 20, headsPerMessageMax: 1 } as object;
  return { LIMITS: { ...LIMITS, ...few } };
});

test('[F12, N8] more sessions than a message names part nobody, on this link and the next', async () => {
  const { home, alice, bob, mallory, meet, converge, lines } = await lyingHousehold();
  const runs = await Promise.all(
    Array.from({ length: 2 * SESSIONS_MAX }, (_, index) => {
      const pen = createPen(mallory, `session ${index}`);
      pen.write({ kind: 'record.created', ...draftOf(`mallory ${index}`) });
      return pen.run();
    }),
  );
  await meet(alice);
  for (let at = 0; at < runs.length; at += 10) {
    mallory.to(idOf(alice)).say({ kind: 'runs', runs: runs.slice(at, at + 10) });
  }
  await home.until('Alice has them all', () => titlesOf(alice).length > 2 * SESSIONS_MAX);
  await converge('after all of them');
  await home.stop('bob');
  await alice.records.create(draftOf('while Bob was away'));
  const back = await home.start('bob');
  await home.until('Bob is told', () => areEqual(alice, back));
  await back.records.create(draftOf('of Bob'));
  await home.until('Alice is told', () => areEqual(alice, back));
  expect([alice, bob, back].flatMap((each) => lines(each, 'message-refused'))).toEqual([]);
});

test('[S7, N8] more payloads than a message names part nobody, and the last one is given', async () => {
  const { home, alice, bob, mallory, converge, lines } = await lyingHousehold();
  mallory.leave();
  for (let index = 1; index <= 2; index += 1) {
    expect(await alice.snapshots.propose('tidy')).toMatchObject({ ok: true });
    await home.until('Bob is asked', () => askedOf(bob) !== undefined);
    const asked = askedOf(bob);
    if (asked !== undefined) await bob.decisions.approve(asked.id, '');
    await home.until('it is held', () =>
      [alice, bob].every((each) => each.view().snapshots[0]?.index === index),
    );
    await converge(`after ${index}`);
  }
  await home.stop('bob');
  await alice.records.create(draftOf('while Bob was away'));
  const back = await home.start('bob');
  await home.until('Bob is told', () => areEqual(alice, back));
  expect([alice, bob, back].flatMap((each) => lines(each, 'message-refused'))).toEqual([]);
});
