import { err, ok } from '../core/base/result.js';
import type { Clock } from '../ports/clock.js';
import type { NewHomes } from '../ports/new-homes.js';
import { freeProfile } from './home-names.js';
import { isDatabaseThere } from './idb-presence.js';
import { openIdbStore } from './idb-store.js';
import { createWebCryptoVault } from './webcrypto-keys.js';
import { createWriterLock } from './writer-lock.js';

/** Further profiles of one browser, named after the one that is open: `main-2`, `main-3`, … */
export const createBrowserHomes = (profile: string, clock: Clock): NewHomes => ({
  nextProfile: () => freeProfile(profile, isDatabaseThere),
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
