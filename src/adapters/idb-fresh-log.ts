import { deleteDB, openDB } from 'idb';

/**
 * Has the browser begin a new file for what is written to the databases of this origin.
 *
 * Chromium keeps them in one LevelDB. Killed in the middle of a write it goes on behind the torn
 * record, in the same file; at the start after that it takes the file for corrupt and throws every
 * database of the origin away. Whenever a database is deleted, though, it writes out all that the
 * file held and begins another one, so an empty one is made and deleted. Other browsers keep
 * databases in other ways: there, nothing is done.
 * Errors: none; where it cannot be done, all is as it was.
 * Source: rule F9; LevelDB, issue 1287 ("reuse_logs can reuse a log with an incomplete record").
 */
export const beginFreshLog = async (profile: string): Promise<void> => {
  // Node has databases for tests, and until its version 21 no navigator.
  if (!('userAgentData' in (globalThis.navigator ?? {}))) return;
  const name = `upkeep-${profile}.fresh`;
  try {
    (await openDB(name, 1)).close();
    await new Promise<void>((resolve, reject) => {
      deleteDB(name, { blocked: () => resolve() }).then(resolve, reject);
    });
  } catch {
    // A browser that refuses this refuses what is to be written as well, and then says why.
  }
};
