import { err, ok } from '../core/base/result.js';
import type { Clock } from '../ports/clock.js';
import type { NewHomes } from '../ports/new-homes.js';
import { isDatabaseThere } from './idb-presence.js';
import { openIdbStore } from './idb-store.js';
import { createWebCryptoVault } from './webcrypto-keys.js';
import { createWriterLock } from './writer-lock.js';

/** A browser that holds more accounts than this has lost its way. */
const HOMES_MAX = 99;
/** Names of profiles have 32 characters at most. */
const STEM_CHARACTERS_MAX = 28;

/** Further profiles of one browser, named after the one that is open: `main-2`, `main-3`, … */
export const createBrowserHomes = (profile: string, clock: Clock): NewHomes => ({
  nextProfile: async () => {
    const stem = profile.replace(/-\d{1,2}$/, '').slice(0, STEM_CHARACTERS_MAX);
    for (let number = 2; number <= HOMES_MAX; number += 1) {
      const name = `${stem}-${number}`;
      if (name !== profile && !(await isDatabaseThere(name))) return name;
    }
    return `${stem}-${HOMES_MAX}`;
  },
  vault: createWebCryptoVault,
  open: async (name) => {
    const pen = createWriterLock(name, clock);
    if ((await pen.acquire()) === 'elsewhere') {
      pen.close();
      return err({ kind: 'blocked' });
    }
    const opened = await openIdbStore(name);
    if (!opened.ok) {
      pen.close();
      return opened;
    }
    const close = async (): Promise<void> => {
      await opened.value.close();
      pen.close();
    };
    return ok({ ...opened.value, close });
  },
});
