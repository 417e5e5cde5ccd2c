import { getContext, setContext } from 'svelte';
import { createSubscriber } from 'svelte/reactivity';

/** What the running app says of itself. */
export interface About {
  /** The version that people know. */
  readonly version: string;
  /** The name of this very build; null where it has none, as in development. */
  readonly build: string | null;
  /** Protocols that this build speaks, newest first. */
  readonly protocols: readonly string[];
  readonly newer: NewerBuild;
}

/** A build that came from the host after this one and waits until a person asks for it. */
export interface NewerBuild {
  readonly isWaiting: () => boolean;
  /** Calls back when it has come; returns how to stop. */
  readonly subscribe: (listener: () => void) => () => void;
  /** Moves every page of this device to it; this one loads anew. */
  readonly use: () => void;
}

const KEY = Symbol('about');

export const provideAbout = (about: About): About => {
  const { newer } = about;
  const follow = createSubscriber((update) => newer.subscribe(update));
  return setContext<About>(KEY, {
    ...about,
    newer: {
      ...newer,
      isWaiting: () => {
        follow();
        return newer.isWaiting();
      },
    },
  });
};

/** What the app says of itself; screens that read `isWaiting` stay fresh. Throws without it. */
export const useAbout = (): About => {
  const about = getContext<About | undefined>(KEY);
  if (about === undefined) throw new Error('broken invariant: nothing is said of the app here');
  return about;
};
