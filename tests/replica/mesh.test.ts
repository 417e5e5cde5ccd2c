import { expect, test } from 'vitest';
import { areSettled, startMesh, tellingsOf } from './mesh.js';
import { draftOf } from './with-liar.js';

const DEVICES = 16;
/** Words about one fact, and about another that is written while those are on their way. */
const WORDS_MAX = 3;

test('[N5, F12] sixteen devices say at most three things each about a new fact', async () => {
  const { home, all } = await startMesh(DEVICES);
  const before = tellingsOf(all);
  await all[3]?.records.create(draftOf('Boiler'));
  const [beganMs, { facts }] = [home.clock.monotonicMs(), all[3]?.inspect() ?? { facts: 0 }];
  await home.pass(50);
  expect(all.every((each) => each.inspect().facts === facts)).toBe(true);
  await home.until('all know of all', () => areSettled(all));
  expect(home.clock.monotonicMs() - beganMs).toBeLessThan(1_000);
  await home.pass(10_000);
  const one = tellingsOf(all);
  expect(one.messages - before.messages).toBeLessThanOrEqual(WORDS_MAX * DEVICES);
  expect(one.byKind.get('news')).toBe(DEVICES - 1);

  await Promise.all([4, 5].map((at) => all[at]?.records.create(draftOf(`Roof ${at}`))));
  await home.until('all know of both', () => areSettled(all));
  await home.pass(10_000);
  const both = tellingsOf(all).messages - one.messages;
  expect(both).toBeLessThanOrEqual(2 * WORDS_MAX * DEVICES);
});
