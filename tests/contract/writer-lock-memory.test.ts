import { describe, it } from 'vitest';
import {
  createMemoryPen,
  createMemoryWriterLock,
} from '../../src/adapters/memory/memory-writer-lock.js';
import { writerLockContract } from './writer-lock-contract.js';

describe('memory writer lock', () => {
  for (const { title, run } of writerLockContract) {
    it(title, () => {
      const pen = createMemoryPen();
      return run({ openTab: () => createMemoryWriterLock(pen) });
    });
  }
});
