import { describe, expect, it } from 'vitest';
import {
  createMemoryBundles,
  createMemoryCodeDisk,
  createMemoryHosts,
} from '../../src/adapters/memory/memory-bundles.js';
import { FIRST, HOST, bundlesContract, releaseBytes, releaseOf } from './bundles-contract.js';

describe('bundles in memory', () => {
  for (const { title, run } of bundlesContract) {
    it(title, async () => {
      const [hosts, disk] = [createMemoryHosts(), createMemoryCodeDisk()];
      const bundles = createMemoryBundles({ hosts, disk, wallMs: () => 1_000, first: FIRST });
      await run({
        bundles,
        hosts,
        load: async () => bundles.load(),
        fail: async (trial, cause) => bundles.fail(trial, cause),
        spoil: async (sha256) => void disk.files.get(sha256)?.fill(0),
      });
    });
  }

  it('[U3] a disk without room for a file says so; emptied it keeps what both have', async () => {
    const [hosts, disk] = [createMemoryHosts(), createMemoryCodeDisk()];
    const bundles = createMemoryBundles({ hosts, disk, wallMs: () => 1_000, first: FIRST });
    disk.roomBytes = 50;
    const manifest = hosts.publish(HOST, releaseOf(2), releaseBytes(2));
    expect(await bundles.stage(manifest, [HOST])).toEqual({
      ok: false,
      error: { kind: 'no-room' },
    });
    await bundles.discard();
    const [common] = FIRST.files;
    expect(disk.roomBytes).toBe(50 - (common?.bytes ?? 0));
  });

  it('[X1] a device without a loader has nothing to switch', async () => {
    const bundles = createMemoryBundles({ hosts: createMemoryHosts(), wallMs: () => 1_000 });
    expect(await bundles.state()).toMatchObject({ active: null, running: null, idle: null });
    expect((await bundles.tryStaged()).ok).toBe(false);
  });
});
