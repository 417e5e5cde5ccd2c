import { getContext, setContext } from 'svelte';
import { assert } from '../../core/base/result.js';
import { en } from './en.js';

/**
 * All words for people in one language, with its formatting.
 *
 * Another language is one more object of this type; a missing text does not compile.
 */
export type Words = typeof en;

const KEY = Symbol('words');

/** Gives the words of one language to everything below. */
export const provideWords = (words: Words): Words => setContext(KEY, words);

/** The words that the app provided above; English where nothing did. */
export const useWords = (): Words => getContext<Words | undefined>(KEY) ?? en;

/** Fetches the words of a screen that is opened seldom. */
type Fetch<T> = () => Promise<T>;
const fetched = new Map<Fetch<unknown>, unknown>();

/** Fetches a part of the app and the words that it alone has, at once. */
export const withWords = async <T, P>(fetchWords: Fetch<T>, part: Promise<P>): Promise<P> => {
  const [found, words] = await Promise.all([part, fetchWords()]);
  fetched.set(fetchWords, words);
  return found;
};

/** The words that came with a part by `withWords`: asked for in that part alone. */
export const wordsFrom = <T>(fetchWords: Fetch<T>): T => {
  assert(fetched.has(fetchWords), 'words come with the part that uses them');
  return fetched.get(fetchWords) as T;
};
