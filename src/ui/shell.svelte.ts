import { getContext, setContext } from 'svelte';
import { MediaQuery } from 'svelte/reactivity';

/** What screens ask of the frame around them. */
export interface Shell {
  /** True where a side rail and two panes fit. */
  readonly isWide: boolean;
  /** Whether the sheet with the other devices and the connection is open. */
  isSyncOpen: boolean;
  /** Whether the list of everything that can be done is open. */
  isPaletteOpen: boolean;
  readonly openSync: () => void;
}

const KEY = Symbol('shell');
const WIDE = 'min-width: 60rem';

/** Gives the frame to every screen below. */
export const provideShell = (): Shell => {
  const wide = new MediaQuery(WIDE, false);
  let isSyncOpen = $state(false);
  let isPaletteOpen = $state(false);
  return setContext<Shell>(KEY, {
    get isSyncOpen() {
      return isSyncOpen;
    },
    set isSyncOpen(isOpen) {
      isSyncOpen = isOpen;
    },
    get isPaletteOpen() {
      return isPaletteOpen;
    },
    set isPaletteOpen(isOpen) {
      isPaletteOpen = isOpen;
    },
    openSync: () => {
      isSyncOpen = true;
    },
    get isWide() {
      return wide.current;
    },
  });
};

/** The frame provided above. Throws where there is none. */
export const useShell = (): Shell => {
  const shell = getContext<Shell | undefined>(KEY);
  if (shell === undefined) throw new Error('broken invariant: no shell is provided here');
  return shell;
};
