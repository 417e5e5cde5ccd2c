import { describe, expect, it } from 'vitest';
import {
  createMemoryCarrierShelf,
  type CarrierDisk,
} from '../../src/adapters/memory/memory-carrier.js';
import type { BaseId } from '../../src/core/base/brands.js';
import { idNamed } from '../unit/facts/fixtures.js';
import { carrierContract } from './carrier-contract.js';

describe('memory carrier', () => {
  for (const { title, run } of carrierContract) {
    it(title, async () => {
      const disk: CarrierDisk = new Map();
      await run(async () => createMemoryCarrierShelf(disk));
    });
  }

  it('[F10] damaged bytes on the disk give an empty document', async () => {
    const base = idNamed<BaseId>('base');
    const disk: CarrierDisk = new Map([[base, Uint8Array.of(9, 9, 9)]]);
    const carrier = await createMemoryCarrierShelf(disk).open(base);
    expect(carrier.lengths().size).toBe(0);
  });
});
