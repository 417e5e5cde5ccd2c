import { Workbox } from 'workbox-window';
import { trustWorkerUrl } from '../worker-url.js';
import type { BrowserBundles } from './browser-bundles.js';

/**
 * Registers the loader, and tells when another one comes. Returns how to look for one.
 *
 * What is registered stays: another one is put in its place only once it was agreed to. A changed
 * loader is never hurried in: it waits until every page is closed, as browsers do.
 * Errors: rejects when the browser does not register it.
 * Source: rules U6 and U13; workbox-window 7.4, Workbox.
 */
export const registerLoader = async ({
  loader,
}: Pick<BrowserBundles, 'loader'>): Promise<{ readonly check: () => Promise<void> }> => {
  const path = await loader.path();
  const workbox = new Workbox(trustWorkerUrl(new URL(path, document.baseURI)));
  workbox.addEventListener('waiting', ({ sw }) => void loader.changed(sw, 'waits'));
  workbox.addEventListener('controlling', ({ sw, isUpdate }) => {
    if (isUpdate === true) void loader.changed(sw, 'took-over');
  });
  await workbox.register({ immediate: true });
  return {
    check: async () => {
      // Offline, or the host is away: the loader that is here goes on.
      await workbox.update().catch(() => undefined);
    },
  };
};
