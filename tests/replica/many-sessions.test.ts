import { expect, test } from 'vitest';
import { LIMITS } from '../../src/core/base/limits.js';
import type { Replica } from '../../src/replica/commands.js';
import type { Household } from './household.js';
import { createPen } from './liar.js';
import { epochOf, sayYes } from './three-members.js';
import { areEqual, askedOf, draftOf, idOf, lyingHousehold, titlesOf } from './with-liar.js';

const SESSIONS = 150;

/** Both agree to a snapshot, the first, second and so on; tells how many facts are left of it. */
const tidied = async (
  home: Household,
  alice: Replica,
  bob: Replica,
  index: number,
): Promise<number> => {
  expect(await alice.snapshots.propose('tidy')).toMatchObject({ ok: true });
  await home.until('Bob is asked', () => askedOf(bob) !== undefined);
  const asked = askedOf(bob);
  if (asked !== undefined) await bob.decisions.approve(asked.id, '');
  await home.until('it stands', () => bob.view().snapshots.length === index);
  await home.until('equal', () => areEqual(alice, bob));
  return bob.inspect().facts;
};

/** How often a device was told of two stories. */
const stories = (replica: Replica): number =>
  replica.view().activity.filter(({ kind }) => kind === 'equivocation').length;

/** Mallory opened sessions without end, each with a record in it, and both others hold them all. */
const flooded = async () => {
  const all = await lyingHousehold();
  const { home, alice, mallory, meet, converge } = all;
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
  return all;
};

test('[S1, S3, N8] a member that opens sessions without end does not end pruning', async () => {
  const { home, alice, bob } = await flooded();
  const titles = titlesOf(alice);

  // What one fact cannot name is left to the next snapshot.
  const left: number[] = [];
  for (let index = 1; index <= 3; index += 1) left.push(await tidied(home, alice, bob, index));
  expect(titlesOf(alice)).toEqual(titles);
  expect(left).toEqual([...left].sort((a, b) => b - a));
  expect(left[2]).toBeLessThan(SESSIONS / 2);
});

test('[S3, F6] a member that tells two stories without end does not end pruning', async () => {
  const { home, alice, bob, mallory, meet, converge } = await lyingHousehold();
  await meet(alice);
  for (let index = 0; index < SESSIONS; index += 1) {
    const one = createPen(mallory, `story ${index}`);
    const other = one.fork(0);
    one.write({ kind: 'record.created', ...draftOf(`one ${index}`) });
    other.write({ kind: 'record.created', ...draftOf(`other ${index}`) });
    const liar = mallory.to(idOf(alice));
    liar.say({ kind: 'runs', runs: [await one.run()] });
    liar.say({ kind: 'runs', runs: [await other.run()] });
  }
  await home.until(
    'all are found out',
    () => stories(alice) === SESSIONS && stories(bob) === SESSIONS,
  );
  await converge('after all of them');
  const titles = titlesOf(alice);
  for (let index = 1; index <= 3; index += 1) await tidied(home, alice, bob, index);
  expect(titlesOf(alice)).toEqual(titles);
  // What parted stays, one fact of each story, and what was said of the last snapshot.
  expect(bob.inspect().facts).toBeLessThan(SESSIONS + 30);
});

test('[A4, C9] a member that opens sessions without end is taken out like any other', async () => {
  const { home, alice, bob, mallory } = await flooded();
  expect(titlesOf(alice)).toContain('before the lies');
  const asked = await alice.devices.remove(mallory.device, 'stolen');
  expect(asked).toMatchObject({ ok: true });
  await sayYes(home, bob, alice);
  const before = epochOf(alice) ?? 0;
  await home.pass(LIMITS.dangerDelayMs);
  await home.until('she is out', () =>
    [alice, bob].every((each) => epochOf(each) === before + 1 && each.view().devices.length === 2),
  );
  await home.until('equal', () => areEqual(alice, bob));
  // What she wrote as long as her device was at home is in the session with most facts.
  expect(titlesOf(alice)).toContain('before the lies');
  expect(titlesOf(alice).filter((title) => title.startsWith('mallory')).length).toBeLessThan(100);
  await tidied(home, alice, bob, 1);
});
