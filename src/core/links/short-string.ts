import type { Hash } from '../base/brands.js';
import { DOMAINS } from '../base/domains.js';
import { hashOf, hexToBytes } from '../base/hash.js';
import { SAS_EMOJI, SAS_WORDS, type SasEmoji } from './sas-words.js';

/** What two people compare: the same on both screens when nobody stands between the devices. */
export interface ShortString {
  /** Four of 256 words: 32 bits. */
  readonly words: readonly string[];
  /** Four of 64 pictures: 24 bits more. */
  readonly emoji: readonly SasEmoji[];
}

/**
 * Spells a transcript for people.
 *
 * Whoever stands between had to commit before seeing anything, so it has one try in 2^32.
 * Source: rule N9.
 */
export const shortString = (transcript: Hash): ShortString => {
  const bytes = hexToBytes(hashOf<Hash>(DOMAINS.words, hexToBytes(transcript)));
  return {
    words: [...bytes.slice(0, 4)].map((byte) => SAS_WORDS[byte] as string),
    emoji: [...bytes.slice(4, 8)].map((byte) => SAS_EMOJI[byte & 63] as SasEmoji),
  };
};
