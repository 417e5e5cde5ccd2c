import { describe, expect, test } from 'vitest';
import { createMemoryStore } from '../../src/adapters/memory/memory-store.js';
import type { Replica } from '../../src/replica/commands.js';
import { acceptLoader, lockingLoader } from '../../src/replica/upgrades/loader-alarm.js';
import { hashNamed } from '../unit/upgrades/sample-bundle.js';
import { areEqual, draftOf, idOf, titlesOf } from './with-liar.js';
import { upgrading } from './upgrading.js';

const OTHER = hashNamed('another loader');

const alarmsOn = (replica: Replica): readonly unknown[] =>
  replica
    .view()
    .problems.flatMap(({ kind, device }) => (kind === 'loader-changed' ? [device] : []));

describe('a loader that was changed', () => {
  test('[U6] is told to the others; its device locks until a person accepts that very loader', async () => {
    const locked: string[] = [];
    const world = await upgrading({ lock: (name) => locked.push(name) });
    const { home, alice, bob, carol, bundles } = world;
    const who = idOf(carol);
    await home.until('in step', () => areEqual(alice, bob, carol));

    bundles('carol').changeLoader(OTHER);
    await home.until('carol is locked', () => locked.length > 0);
    expect(locked).toEqual(['carol']);
    await home.stop('carol');
    const told = [alice, bob].map(alarmsOn);
    expect(told).toEqual([[who], [who]]);
    const disk = home.disk('carol');
    expect(await lockingLoader(createMemoryStore(disk))).toBe(OTHER);
    expect(await lockingLoader(createMemoryStore(home.disk('alice')))).toBeNull();

    expect(await acceptLoader(createMemoryStore(disk))).toBe(true);
    expect(await lockingLoader(createMemoryStore(disk))).toBeNull();
    const again = await home.start('carol');
    await home.until('the others hear that, too', () =>
      [alice, bob].every((each) => alarmsOn(each).length === 0),
    );
    bundles('carol').changeLoader(OTHER);
    await again.records.create(draftOf('after all'));
    await home.until('she goes on', () => titlesOf(bob).includes('after all'));
    await home.pass(3_000);
    expect(locked).toEqual(['carol']);

    bundles('carol').changeLoader(hashNamed('a third one'));
    await home.until('locked anew', () => locked.length === 2);
  });
});
