import { Workbox } from 'workbox-window';
import { trustWorkerUrl } from '../worker-url.js';
import type { BrowserBundles } from './browser-bundles.js';

/**
 * Registers the loader, and tells the bundles when another one comes. Returns how to look for one.
 *
 * A changed loader is never hurried in: it waits until every page is closed, as browsers do.
 * Errors: rejects when the browser does not register it.
 * Source: rule U6; workbox-window 7.4, Workbox.
 */
export const registerLoader = async (
  bundles: Pick<BrowserBundles, 'loaderChanged'>,
): Promise<{ readonly check: () => Promise<void> }> => {
  const workbox = new Workbox(trustWorkerUrl(new URL('sw.js', document.baseURI)));
  workbox.addEventListener('waiting', () => bundles.loaderChanged());
  workbox.addEventListener('controlling', ({ isUpdate }) => {
    if (isUpdate === true) bundles.loaderChanged();
  });
  await workbox.register({ immediate: true });
  return {
    check: async () => {
      // Offline, or the host is away: the loader that is here goes on.
      await workbox.update().catch(() => undefined);
    },
  };
};
