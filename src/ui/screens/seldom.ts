/** Screens that are seldom opened; each is fetched when it is, from what the worker keeps. */
export const loadPair = () => import('./pair/Pair.svelte');
export const loadTryIt = () => import('./try-it/TryIt.svelte');
