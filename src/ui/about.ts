import { getContext, setContext } from 'svelte';

/** What the running app says of itself. */
export interface About {
  /** The version that people know. */
  readonly version: string;
  /** The name of this very build; null where it has none, as in development. */
  readonly build: string | null;
  /** Protocols that this build speaks, newest first. */
  readonly protocols: readonly string[];
}

const KEY = Symbol('about');
const UNKNOWN: About = { version: '', build: null, protocols: [] };

export const provideAbout = (about: About): About => setContext(KEY, about);

export const useAbout = (): About => getContext<About | undefined>(KEY) ?? UNKNOWN;
