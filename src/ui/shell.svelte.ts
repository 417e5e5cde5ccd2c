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
  /** What calls this person now; null while nothing asks (rule P5). */
  calls: ShownCalls | null;
}

/** How much of what asks may call this person, and what waits until quiet hours are over. */
export interface ShownCalls {
  /** Questions and alarms that are counted at Home, and versions at Updates. */
  readonly home: number;
  readonly updates: number;
  /** What waits: decisions by their statement, versions by their number. */
  readonly held: ReadonlySet<string>;
  /** When the quiet hours that are now are over, wall ms; null outside them. */
  readonly untilMs: number | null;
  /** How much came in the quiet hours that ended last, and still asks. */
  readonly gatheredCount: number;
}

const KEY = Symbol('shell');
const WIDE = 'min-width: 60rem';

/** Gives the frame to every screen below. */
export const provideShell = (): Shell => {
  const wide = new MediaQuery(WIDE, false);
  let isSyncOpen = $state(false);
  let isPaletteOpen = $state(false);
  let calls: ShownCalls | null = $state.raw(null);
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
    get calls() {
      return calls;
    },
    set calls(shown) {
      calls = shown;
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
