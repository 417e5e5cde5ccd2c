import { getContext, setContext } from 'svelte';
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
