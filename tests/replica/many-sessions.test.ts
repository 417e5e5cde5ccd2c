import { expect, test } from 'vitest';
import { createPen } from './liar.js';
import { areEqual, askedOf, draftOf, idOf, lyingHousehold, titlesOf } from './with-liar.js';

const SESSIONS = 150;

test('[S1, S3, N8] a member that opens sessions without end does not end pruning', async () => {
  const { home, alice, bob, mallory, meet, converge } = await lyingHousehold();
  const runs = await Promise.all(
    Array.from({ length: SESSIONS }, (_, index) => {
      const pen = createPen(mallory, `session ${index}`);
      pen.write({ kind: 'record.created', ...draftOf(`mallory ${index}`) });
      return pen.run();
    }),
  );
  await meet(alice);
  for (let at = 0; at < SESSIONS; at += 10) {
    mallory.to(idOf(alice)).say({ kind: 'runs', runs: runs.slice(at, at + 10) });
  }
  await home.until('Alice has them all', () => titlesOf(alice).length >= SESSIONS);
  await converge('after all of them');
  const titles = titlesOf(alice);

  // What one fact cannot name is left to the next snapshot.
  const left: number[] = [];
  for (let index = 1; index <= 3; index += 1) {
    expect(await alice.snapshots.propose('tidy')).toMatchObject({ ok: true });
    await home.until('Bob is asked', () => askedOf(bob) !== undefined);
    const asked = askedOf(bob);
    if (asked !== undefined) await bob.decisions.approve(asked.id, '');
    await home.until('it stands', () => bob.view().snapshots.length === index);
    await home.until('equal', () => areEqual(alice, bob));
    expect(titlesOf(alice)).toEqual(titles);
    left.push(bob.inspect().facts);
  }
  expect(left).toEqual([...left].sort((a, b) => b - a));
  expect(left[2]).toBeLessThan(SESSIONS / 2);
});
