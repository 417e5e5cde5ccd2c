import { describe, expect, test } from 'vitest';
import { causeOfComment } from '../../src/core/snapshots/triggers.js';
import type { Replica } from '../../src/replica/commands.js';
import { createHousehold } from './household.js';
import { threeMembers } from './three-members.js';
import { areEqual, draftOf } from './with-liar.js';

const DISTANCE_MS = 12_000;
const snapshots = { facts: 40, turnMs: 2_000, leastDistanceMs: DISTANCE_MS };

const proposals = (replica: Replica) =>
  replica.view().decisions.filter(({ subject }) => subject.kind === 'snapshot');

const writeUpTo = async (replica: Replica, facts: number): Promise<void> => {
  while (replica.view().journal.facts < facts) await replica.records.create(draftOf('more'));
};

describe('a snapshot by itself', () => {
  test('[S8] is proposed once among all, marked as such, and not again at once', async () => {
    const { home, alice, bob, carol } = await threeMembers({ snapshots });
    const all = [alice, bob, carol];
    await writeUpTo(alice, 39);
    await home.pass(2_000);
    expect(all.flatMap(proposals)).toEqual([]);
    await writeUpTo(alice, 40);
    await home.until('all are asked', () => all.every((each) => proposals(each).length === 1));
    await home.pass(6_000);
    for (const each of all) {
      expect(proposals(each)).toHaveLength(1);
      expect(causeOfComment(proposals(each)[0]?.comment ?? '')).toBe('facts');
    }
    const asked = all.filter((each) => proposals(each)[0]?.needsMe);
    for (const each of asked) await each.decisions.approve(proposals(each)[0]?.id as never, '');
    await home.until('pruned', () => all.every((each) => each.view().snapshots[0]?.isHeld));
    await home.until('flushed', () => areEqual(...all));
    await writeUpTo(bob, 60);
    await home.pass(4_000);
    expect(all.flatMap(proposals).filter(({ stage }) => stage === 'open')).toEqual([]);
    await home.until('another one after the least distance', () =>
      all.every((each) => proposals(each).some(({ stage }) => stage === 'open')),
    );
  });

  test('[S8] one that is due when the app opens comes after the first screen', async () => {
    const home = createHousehold({ snapshots });
    const alone = await home.start('alice');
    await alone.account.create('Alice phone');
    const count = (each: Replica): number => each.view().snapshots.length;
    await writeUpTo(alone, 40);
    await home.until('the first', () => count(alone) === 1);
    await writeUpTo(alone, 40);
    await home.stop('alice');
    await home.pass(DISTANCE_MS);
    const again = await home.start('alice');
    expect(count(again)).toBe(1);
    await home.until('the second', () => count(again) === 2);
  });

  test('[S8] comes from the next in turn where the first is away', async () => {
    const { home, alice, bob, carol } = await threeMembers({ snapshots });
    const byName = { alice, bob, carol };
    await home.until('in step', () => areEqual(alice, bob, carol));
    for (const name of ['alice', 'bob'] as const) await home.stop(name);
    await writeUpTo(byName.carol, 40);
    await home.until('carol proposes at last', () => proposals(carol).length === 1);
    expect(proposals(carol)[0]?.comment).toBe('upkeep:auto:facts');
  });

  test('[S8, C3] does not wait behind one that too many refused', async () => {
    const { home, alice, bob, carol } = await threeMembers({ snapshots });
    await writeUpTo(alice, 39);
    expect((await alice.snapshots.propose('')).ok).toBe(true);
    const asked = () => [bob, carol].map((each) => proposals(each)[0]);
    await home.until('asked', () => asked().every((each) => each?.needsMe));
    expect(bob.view().journal.facts).toBeGreaterThanOrEqual(40);
    await home.pass(2 * DISTANCE_MS);
    expect(proposals(bob)).toHaveLength(1);
    for (const each of [bob, carol]) {
      const [open] = proposals(each);
      expect(open && (await each.decisions.refuse(open.id, 'not now'))).toMatchObject({ ok: true });
    }
    await home.until('another is asked for', () => proposals(alice).length === 2);
    const [newer] = proposals(alice).filter(({ comment }) => comment === 'upkeep:auto:facts');
    expect([newer?.stage, newer?.isTurnedDown]).toEqual(['open', false]);
  });

  test('[S8] a long time without one is warned of', async () => {
    const { alice } = await threeMembers({ snapshots: { warnEpochs: 2 } });
    expect(alice.view().pruning).toMatchObject({ epochsSince: 2, isOverdue: true });
    const { bob } = await threeMembers({ snapshots: { warnEpochs: 3 } });
    expect(bob.view().pruning).toMatchObject({ epochsSince: 2, isOverdue: false });
  });
});
