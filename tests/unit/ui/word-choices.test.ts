import { describe, expect, it } from 'vitest';
import type { Hash } from '../../../src/core/base/brands.js';
import { shortString } from '../../../src/core/links/short-string.js';
import { wordChoices } from '../../../src/ui/screens/pair/word-choices.js';

const shownOf = (seed: number) => {
  const hash = seed.toString(16).padStart(64, '0') as Hash;
  const { words, emoji } = shortString(hash);
  return { words, emoji: emoji.map((each) => each.symbol) };
};
const SEEDS = Array.from({ length: 300 }, (_, seed) => seed);

describe('the three sets of words', () => {
  it('[N9] hold the right one once, and two that differ from it in every place', () => {
    for (const seed of SEEDS) {
      const { words, emoji } = shownOf(seed);
      const choices = wordChoices(words, emoji);
      expect(choices).toHaveLength(3);
      expect(choices.filter((each) => each.isRight)).toEqual([{ words, emoji, isRight: true }]);
      for (const place of [0, 1, 2, 3]) {
        expect(new Set(choices.map((each) => each.words[place])).size).toBe(3);
        expect(new Set(choices.map((each) => each.emoji[place])).size).toBe(3);
      }
    }
  });

  it('[N9] come in an order that does not tell which is right', () => {
    const places = SEEDS.map((seed) => {
      const { words, emoji } = shownOf(seed);
      return wordChoices(words, emoji).findIndex((each) => each.isRight);
    });
    for (const place of [0, 1, 2]) {
      const count = places.filter((each) => each === place).length;
      expect(count).toBeGreaterThan(70);
      expect(count).toBeLessThan(130);
    }
  });

  it('[N9] stay the same when the screen is opened again', () => {
    const { words, emoji } = shownOf(7);
    expect(wordChoices(words, emoji)).toEqual(wordChoices(words, emoji));
  });
});
