/** The name of a profile's database; also what a browser's own tools show. */
export const databaseNameOf = (profile: string): string => `upkeep-${profile}`;

/**
 * Tells whether a profile has a database yet. Looking makes none.
 *
 * A device that never kept anything needs none of the code that reads what it kept. Where the
 * browser does not let us look, the answer is true: whoever opens the store then learns why.
 * Errors: none.
 * Source: Indexed Database API 3.0, "abort an upgrade transaction".
 */
export const isDatabaseThere = (profile: string): Promise<boolean> =>
  new Promise((resolve) => {
    let isNew = false;
    try {
      const opening = indexedDB.open(databaseNameOf(profile));
      opening.onupgradeneeded = () => {
        isNew = true;
        opening.transaction?.abort();
      };
      opening.onsuccess = () => {
        opening.result.close();
        resolve(true);
      };
      opening.onerror = (event) => {
        event.preventDefault();
        resolve(!isNew);
      };
    } catch {
      resolve(true);
    }
  });
