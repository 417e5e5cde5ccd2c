import { describe, expect, it } from 'vitest';
import { createBrowserRandomness } from '../../src/adapters/browser-randomness.js';
import { createSeededRandomness } from '../../src/adapters/memory/seeded-randomness.js';
import { randomnessContract } from './randomness-contract.js';

describe('seeded randomness', () => {
  for (const { title, run } of randomnessContract) {
    it(title, () => run(createSeededRandomness('a seed')));
  }

  it('[X1] one seed gives one stream, however it is cut; another seed another', () => {
    const whole = createSeededRandomness('seed').bytes(100);
    const cut = createSeededRandomness('seed');
    expect([...cut.bytes(1), ...cut.bytes(0), ...cut.bytes(99)]).toEqual([...whole]);
    expect(createSeededRandomness('other').bytes(100)).not.toEqual(whole);
  });
});

describe('browser randomness, in Node', () => {
  for (const { title, run } of randomnessContract) {
    it(title, () => run(createBrowserRandomness()));
  }
});
