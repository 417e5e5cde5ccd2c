import type { Randomness } from '../../src/ports/randomness.js';
import { expectEqual, expectTrue } from './expectation.js';
import type { ContractCase } from './expectation.js';

const throws = (run: () => unknown): boolean => {
  try {
    run();
    return false;
  } catch {
    return true;
  }
};

/** What every Randomness does. */
export const randomnessContract: readonly ContractCase<Randomness>[] = [
  {
    title: '[X1] as many bytes come as were asked for, from 0 to 65,536',
    run: async (randomness) => {
      for (const length of [0, 1, 32, 65_536]) {
        expectEqual(randomness.bytes(length).length, length);
      }
      for (const length of [-1, 65_537, 1.5, Number.NaN]) {
        expectTrue(
          throws(() => randomness.bytes(length)),
          `${length} bytes are refused`,
        );
      }
    },
  },
  {
    title: '[X1] two draws differ, and every byte value comes up',
    run: async (randomness) => {
      const [first, second] = [randomness.bytes(32), randomness.bytes(32)];
      expectTrue(first.join() !== second.join(), 'two draws of 32 bytes differ');
      expectEqual(new Set(randomness.bytes(65_536)).size, 256);
    },
  },
];
