import { DOMAINS } from '../../../core/base/domains.js';
import { hashOf, hexToBytes } from '../../../core/base/hash.js';
import type { Hash } from '../../../core/base/brands.js';
import { shortString } from '../../../core/links/short-string.js';

/** One set of words and pictures that the admitting person may choose. */
export interface WordChoice {
  readonly words: readonly string[];
  readonly emoji: readonly string[];
  readonly isRight: boolean;
}

/** Sets that are shown: whoever says yes without looking is wrong two times of three. */
export const CHOICES = 3;
/** So many sets are looked at for decoys; each fits with nine tenths and more. */
const DRAWN_MAX = 64;

/**
 * The right set among decoys, each of which differs from all others in every word and picture.
 *
 * Decoys and order follow from the right set alone, whose hash is as good as chance: so they stay
 * the same when a screen is left and opened again, and cannot be told apart by looking twice.
 * Source: rule N9.
 */
export const wordChoices = (
  words: readonly string[],
  emoji: readonly string[],
): readonly WordChoice[] => {
  const seed = hashOf<Hash>(DOMAINS.words, ['choices', words, emoji]);
  const sets: WordChoice[] = [{ words, emoji, isRight: true }];
  for (let drawn = 0; drawn < DRAWN_MAX && sets.length < CHOICES; drawn += 1) {
    const shown = shortString(hashOf<Hash>(DOMAINS.words, ['decoy', hexToBytes(seed), drawn]));
    const symbols = shown.emoji.map((each) => each.symbol);
    const isApart = sets.every(
      (set) =>
        set.words.every((word, index) => word !== shown.words[index]) &&
        set.emoji.every((symbol, index) => symbol !== symbols[index]),
    );
    if (isApart) sets.push({ words: shown.words, emoji: symbols, isRight: false });
  }
  const place = (hexToBytes(seed)[0] as number) % sets.length;
  const [right, ...decoys] = sets as [WordChoice, ...WordChoice[]];
  return [...decoys.slice(0, place), right, ...decoys.slice(place)];
};
