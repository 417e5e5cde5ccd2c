import { describe, expect, it } from 'vitest';
import { LOCK_OPEN_MS, createAppLock } from '../../../src/ui/app-lock.svelte.js';

/** A lock over a browser and a device that are pretended: who is there can be changed. */
const setUp = () => {
  const kept = new Map<string, string>();
  const scene = { isOwner: true, owner: 'alice', nowMs: 1000, asked: 0 };
  const lock = createAppLock({
    owner: () => scene.owner,
    storage: {
      getItem: (key) => kept.get(key) ?? null,
      setItem: (key, value) => void kept.set(key, value),
      removeItem: (key) => void kept.delete(key),
    },
    check: {
      isThere: async () => true,
      enrol: async () => (scene.isOwner ? 'key' : null),
      verify: async () => {
        scene.asked += 1;
        return scene.isOwner;
      },
    },
    nowMs: () => scene.nowMs,
  });
  return { lock, scene };
};

describe('the app lock', () => {
  it('[P5] is off at first and asks for nothing', async () => {
    const { lock, scene } = setUp();
    expect(lock.isOn).toBe(false);
    expect(await lock.pass()).toBe(true);
    expect(scene.asked).toBe(0);
  });

  it('[P5] asks once it is on, and for a while not again', async () => {
    const { lock, scene } = setUp();
    expect(await lock.turnOn('phone')).toBe(true);
    scene.nowMs += LOCK_OPEN_MS;
    expect(lock.isOpen).toBe(false);
    expect(await lock.pass()).toBe(true);
    expect(scene.asked).toBe(1);
    scene.nowMs += LOCK_OPEN_MS - 1;
    expect(await lock.pass()).toBe(true);
    expect(scene.asked).toBe(1);
  });

  it('[P5] lets nobody else pass, nor turn it off', async () => {
    const { lock, scene } = setUp();
    await lock.turnOn('phone');
    scene.isOwner = false;
    expect(await lock.turnOff()).toBe(false);
    expect(lock.isOn).toBe(true);
    expect(await lock.pass()).toBe(false);
    scene.isOwner = true;
    expect(await lock.turnOff()).toBe(true);
    expect(lock.isOn).toBe(false);
  });

  it('[P5] is each device’s own, and stays off where the owner did not agree', async () => {
    const { lock, scene } = setUp();
    await lock.turnOn('phone');
    scene.owner = 'bob';
    expect(lock.isOn).toBe(false);
    scene.isOwner = false;
    expect(await lock.turnOn('laptop')).toBe(false);
    expect(lock.isOn).toBe(false);
  });
});
