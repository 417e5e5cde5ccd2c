/** The three devices of the page, by profile. */
export const TRY_PROFILES = ['try-1', 'try-2', 'try-3'] as const;
export type TryProfile = (typeof TRY_PROFILES)[number];

/** True for the database of a tried device: its facts, its keys, or one of its carriers. */
export const isTryDatabase = (name: string): boolean =>
  TRY_PROFILES.some(
    (profile) => name === `upkeep-${profile}` || name.startsWith(`upkeep-${profile}-`),
  );

/** What is removed where a browser does not list its databases. */
const KNOWN_NAMES = TRY_PROFILES.flatMap((profile) => [
  `upkeep-${profile}`,
  `upkeep-${profile}-keys`,
]);

const namesIn = async (factory: IDBFactory): Promise<readonly string[]> => {
  if (typeof factory.databases !== 'function') return KNOWN_NAMES;
  const found = await factory.databases();
  return found.flatMap(({ name }) => (name !== undefined && isTryDatabase(name) ? [name] : []));
};

const removeOne = (factory: IDBFactory, name: string): Promise<boolean> =>
  new Promise((resolve) => {
    const request = factory.deleteDatabase(name);
    request.onsuccess = () => resolve(true);
    request.onerror = () => resolve(false);
  });

/** The notes that would have a tried device welcomed back. */
const forgetNotes = (storage: () => Pick<Storage, 'removeItem'>): void => {
  try {
    for (const profile of TRY_PROFILES) storage().removeItem(`upkeep-keepsake:${profile}`);
  } catch {
    // A browser without such a storage noted nothing.
  }
};

/**
 * Removes all that the three tried devices stored. They must be closed: a database that is still
 * open is removed once it is let go.
 *
 * Gives true when all are gone. Errors: false when the browser refused one.
 */
export const removeTryDatabases = async (
  factory: IDBFactory,
  storage: () => Pick<Storage, 'removeItem'> = () => globalThis.localStorage,
): Promise<boolean> => {
  forgetNotes(storage);
  const names = await namesIn(factory);
  const removed = await Promise.all(names.map((name) => removeOne(factory, name)));
  return removed.every((isGone) => isGone);
};

/** Which pretend device this page is: only inside a frame of the page that shows them. */
export const triedProfile = (): TryProfile | null => {
  if (globalThis.parent === globalThis.self) return null;
  const named = new URLSearchParams(globalThis.location.search).get('profile');
  return TRY_PROFILES.find((profile) => profile === named) ?? null;
};
