import type { Keepsake, Remembered } from '../ports/keepsake.js';

/** Names of devices have so many characters at most. */
const NAME_CHARACTERS_MAX = 64;

/** Where a note lies: the browser's own storage of short texts, or none. */
export type NoteStorage = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

/** The name under which a profile's note lies; also what a browser's own tools show. */
export const keepsakeNameOf = (profile: string): string => `upkeep-keepsake:${profile}`;

/**
 * The note of one profile, in the browser's local storage.
 *
 * Chromium lets go of IndexedDB when space runs low or a database is damaged, and leaves this.
 * Where all of a site's data goes at once it goes too, and the device is one that was never here.
 * Errors: none; without such a storage there is no note.
 */
export const createBrowserKeepsake = (
  profile: string,
  storage: () => NoteStorage = () => globalThis.localStorage,
): Keepsake => {
  const name = keepsakeNameOf(profile);
  const attempt = <T>(work: (held: NoteStorage) => T): T | null => {
    try {
      return work(storage());
    } catch {
      return null;
    }
  };
  return {
    read: () => attempt((held) => noteIn(JSON.parse(held.getItem(name) ?? 'null'))),
    write: (note) =>
      void attempt((held) =>
        held.setItem(name, JSON.stringify({ name: note.name, opens: note.opens })),
      ),
    forget: () => void attempt((held) => held.removeItem(name)),
  };
};

const noteIn = (value: unknown): Remembered | null => {
  if (typeof value !== 'object' || value === null) return null;
  const { name, opens } = value as Partial<Record<keyof Remembered, unknown>>;
  const isName =
    name === null ||
    (typeof name === 'string' && name !== '' && name.length <= NAME_CHARACTERS_MAX);
  return isName && typeof opens === 'boolean' ? { name, opens } : null;
};
