import { type Words, withWords } from '../../words/words.js';

/** The hours, to be set; fetched with More. */
export const loadQuietHours = (words: Words) =>
  withWords(words.later.quiet, import('./QuietHours.svelte'));
