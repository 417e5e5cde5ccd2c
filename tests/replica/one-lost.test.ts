import { describe, expect, test } from 'vitest';
import { type Disks, copyOfDisks, disksOf } from './crash-day.js';
import { createHousehold, pair } from './household.js';
import { kindOf, sendingOthers } from './sending-others.js';
import { areEqual, draftOf } from './with-liar.js';

const NAMES = ['alice', 'bob', 'carol'] as const;
/** One lost word may cost so much, in ms. */
const LOSS_MS_MAX = 15_000;

/** What one said, as a test counts it: the first of its kind from one to another is one thing. */
type Word = string;

/** Three that know each other start, write one record each, and get in step. */
const day = async (disks: Disks, lost: Word | null) => {
  const counts = new Map<string, number>();
  const said: Word[] = [];
  const home: ReturnType<typeof createHousehold> = createHousehold({
    disks: copyOfDisks(disks),
    wire: (name, transport) =>
      sendingOthers(transport, (bytes, channel) => {
        const kind = kindOf(bytes);
        if (kind === 'beat' || kind === 'pong') return [bytes];
        const way = `${name} ${channel} ${kind}`;
        counts.set(way, (counts.get(way) ?? 0) + 1);
        const word = `${way} ${counts.get(way)}`;
        said.push(word);
        return word === lost ? [] : [bytes];
      }),
  });
  const all = await Promise.all(NAMES.map((name) => home.start(name)));
  await home.pass(500);
  for (const [index, each] of all.entries()) await each.records.create(draftOf(`R${index}`));
  const [first] = all;
  const beganMs = home.clock.monotonicMs();
  await home.until(`all in step without ${lost}`, () =>
    all.every((each) => each.view().sync.inStepCount === 3 && areEqual(each, first ?? each)),
  );
  const tookMs = home.clock.monotonicMs() - beganMs;
  for (const name of NAMES) await home.stop(name);
  return { said, tookMs };
};

describe('three devices of which one loses one word', () => {
  test('[F12, N5] are in step within seconds, whichever word it is', async () => {
    const home = createHousehold();
    const [alice, bob, carol] = await Promise.all([
      home.start('alice'),
      home.start('bob'),
      home.start('carol'),
    ]);
    await alice.account.create('Alice phone');
    await pair(home, alice, bob, 'Bob phone');
    await pair(home, alice, carol, 'Carol laptop', [bob]);
    await home.until('in step', () => areEqual(alice, bob) && areEqual(alice, carol));
    // One that missed something is told more than a digest.
    await home.stop('carol');
    await alice.records.create(draftOf('old'));
    await home.until('without the third', () => areEqual(alice, bob));
    const disks = await disksOf(home, NAMES);

    const { said } = await day(disks, null);
    // Of the three directions between equals one of each kind tells about all.
    const kinds = new Map(said.map((word) => [word.replace(/^\S+ \S+ /, ''), word]));
    for (const kind of ['compare', 'heads', 'standing', 'news']) {
      expect([...kinds.keys()]).toContain(`${kind} 1`);
    }
    const tookMs = new Map<string, number>();
    for (const [kind, word] of kinds) tookMs.set(kind, (await day(disks, word)).tookMs);
    for (const [kind, ms] of tookMs) expect(ms, kind).toBeLessThan(LOSS_MS_MAX);
  });
});
