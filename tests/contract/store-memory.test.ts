import { describe, expect, it } from 'vitest';
import { createMemoryDisk, createMemoryStore } from '../../src/adapters/memory/memory-store.js';
import type { Change } from '../../src/ports/store.js';
import { storeContract } from './store-contract.js';

const row: Change = { kind: 'put', table: 'own', key: 'a', value: Uint8Array.of(1) };

describe('memory store', () => {
  for (const { title, run } of storeContract) {
    it(title, async () => {
      const disk = createMemoryDisk();
      await run({ open: async () => createMemoryStore(disk) });
    });
  }

  it('[F9] a planned failure hits the call it was planned for, which keeps nothing', async () => {
    const store = createMemoryStore();
    store.failNext({ kind: 'quota' }, 1);
    expect((await store.get('own', 'a')).ok).toBe(true);
    expect(await store.commit([row], 'strict')).toEqual({ ok: false, error: { kind: 'quota' } });
    expect(await store.get('own', 'a')).toEqual({ ok: true, value: null });
  });

  it('[F9] failures that are planned together hit calls one after another', async () => {
    const store = createMemoryStore();
    store.failNext({ kind: 'quota' });
    store.failNext({ kind: 'blocked' });
    expect(await store.commit([row], 'strict')).toEqual({ ok: false, error: { kind: 'quota' } });
    expect(await store.commit([row], 'strict')).toEqual({ ok: false, error: { kind: 'blocked' } });
    expect((await store.commit([row], 'strict')).ok).toBe(true);
  });

  it('[F9] a disk that is lost underneath is told once and never made anew', async () => {
    const disk = createMemoryDisk();
    const store = createMemoryStore(disk);
    const told: string[] = [];
    store.onLost((error) => void told.push(error.kind));
    await store.commit([row], 'strict');
    disk.lose();
    expect(told).toEqual(['lost']);
    expect(await store.commit([row], 'strict')).toEqual({ ok: false, error: { kind: 'lost' } });
    expect(disk.rowsOf('own').size).toBe(0);
  });
});
