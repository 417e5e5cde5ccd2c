/** Parts of the app that a first visit does without; each is fetched when it is first shown. */
export const loadPair = () => import('./pair/Pair.svelte');
export const loadShell = () => import('../Shell.svelte');
export const loadTryIt = () => import('./try-it/TryIt.svelte');
