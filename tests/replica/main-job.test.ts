import { describe, expect, test } from 'vitest';
import type { Replica } from '../../src/replica/commands.js';
import { createHousehold, pair } from './household.js';

const titles = (replica: Replica): string[] =>
  replica
    .view()
    .records.map((record) => record.title)
    .sort();

const draft = (title: string) => ({ title, text: `text of ${title}`, labels: ['home'] });

describe('the main job over memory adapters', () => {
  test('[A2, S1, S5, S6, S7] three devices pair, write, agree on a snapshot, prune and converge', async () => {
    const home = createHousehold();
    const alice = await home.start('alice');
    const bob = await home.start('bob');
    const carol = await home.start('carol');
    expect((await alice.account.create('Alice phone')).ok).toBe(true);
    await pair(home, alice, bob, 'Bob phone');
    await pair(home, alice, carol, 'Carol laptop', [bob]);
    await home.until('all in step', () =>
      [alice, bob, carol].every((each) => each.view().sync.inStepCount === 3),
    );
    expect(carol.view().account?.snapshotThreshold).toBe(2);

    await alice.records.create(draft('boiler'));
    const made = await bob.records.create(draft('roof'));
    await carol.records.create(draft('car'));
    await home.until('records everywhere', () =>
      [alice, bob, carol].every((each) => titles(each).length === 3),
    );
    if (made.ok) await carol.records.remove(made.value);
    await home.until('removed everywhere', () =>
      [alice, bob, carol].every((each) => titles(each).join() === 'boiler,car'),
    );

    await home.stop('carol');
    await home.until('carol is away', () => alice.view().sync.connectedCount === 1);
    const proposed = await alice.snapshots.propose('spring');
    expect(proposed.ok).toBe(true);
    await home.until('bob is asked', () => bob.view().decisions.some((each) => each.needsMe));
    expect(bob.view().fence).not.toBeNull();
    const queued = await bob.records.create(draft('queued'));
    expect(queued.ok).toBe(true);
    expect(bob.view().records.find((each) => each.title === 'queued')?.state).toBe('queued');
    const decision = bob.view().decisions.find((each) => each.needsMe);
    expect(decision?.approveBlocker).toBeNull();
    if (decision !== undefined) await bob.decisions.approve(decision.id, 'fine');
    await home.until('completed on both', () =>
      [alice, bob].every((each) => each.view().snapshots[0]?.isHeld === true),
    );
    await home.until('queue flushed', () => titles(alice).includes('queued'));
    expect(alice.view().journal.facts).toBeLessThan(12);

    const back = await home.start('carol');
    expect(titles(back)).toEqual(['boiler', 'car']);
    await back.records.create(draft('written while away'));
    await home.until('carol adopts and all converge', () =>
      [alice, bob, back].every(
        (each) =>
          each.view().snapshots[0]?.isHeld === true &&
          titles(each).join() === 'boiler,car,queued,written while away' &&
          each.view().sync.inStepCount === 3,
      ),
    );

    const dave = await home.start('dave');
    await pair(home, alice, dave, 'Dave tablet', [bob]);
    await home.until('dave holds everything', () => titles(dave).length === 4);
    await home.until('four in step', () =>
      [alice, bob, back, dave].every((each) => each.view().sync.inStepCount === 4),
    );
    for (const name of ['alice', 'bob', 'carol', 'dave']) await home.stop(name);
  });
});
