import { Workbox } from 'workbox-window';
import { trustWorkerUrl } from './worker-url.js';

/** What the service worker has come to; the shell shows it, nothing depends on it. */
export type WorkerReport =
  | { readonly kind: 'unavailable'; readonly reason: 'development' | 'insecure' | 'unsupported' }
  | { readonly kind: 'installed-offline' }
  | { readonly kind: 'update-waiting' }
  | { readonly kind: 'activated'; readonly isUpdate: boolean }
  | { readonly kind: 'failed'; readonly reason: 'registration' | 'installation' };

/** The service worker as the shell sees it. */
export interface AppWorker {
  /** Moves to the waiting build and reloads the page once it is in control. */
  readonly activate: () => void;
  /** Asks the host for a newer build; being offline is no error. */
  readonly check: () => Promise<void>;
}

const RELOAD_AFTER_MS = 3_000;

/**
 * Registers the service worker of a production build and reports its life.
 *
 * Resolves to undefined where there is none: in development, without HTTPS, in an old browser;
 * the app works there too, but not offline. Every such case is reported as `unavailable`.
 * Errors: none is thrown; what fails is reported as `failed`.
 * Source: rule U6; workbox-window 7.4, Workbox.
 */
export const startAppWorker = async (
  report: (what: WorkerReport) => void,
): Promise<AppWorker | undefined> => {
  const reason = whyUnavailable();
  if (reason !== undefined) {
    report({ kind: 'unavailable', reason });
    return undefined;
  }
  const workbox = new Workbox(trustWorkerUrl(new URL('sw.js', document.baseURI)));
  workbox.addEventListener('installed', (event) => {
    if (event.isUpdate !== true) report({ kind: 'installed-offline' });
  });
  workbox.addEventListener('waiting', () => report({ kind: 'update-waiting' }));
  workbox.addEventListener('activated', (event) => {
    report({ kind: 'activated', isUpdate: event.isUpdate === true });
  });
  workbox.addEventListener('redundant', (event) => {
    if (event.isUpdate !== true) report({ kind: 'failed', reason: 'installation' });
  });
  let isControlled = navigator.serviceWorker.controller !== null;
  workbox.addEventListener('controlling', () => {
    // Another tab asked for the newer build: this page is still of the one before.
    if (isControlled) report({ kind: 'update-waiting' });
    isControlled = true;
  });
  const registration = await workbox.register({ immediate: true }).catch(() => undefined);
  if (registration === undefined) {
    report({ kind: 'failed', reason: 'registration' });
    return undefined;
  }
  return { activate: () => activate(workbox, registration), check: () => check(workbox) };
};

const whyUnavailable = (): 'development' | 'insecure' | 'unsupported' | undefined => {
  if (!import.meta.env.PROD) return 'development';
  if (!globalThis.isSecureContext) return 'insecure';
  return 'serviceWorker' in navigator ? undefined : 'unsupported';
};

/**
 * Some browsers never tell that control has passed, so the page reloads by itself in the end.
 *
 * Where nobody waits any more, another tab has asked already: reloading is all there is to do.
 */
const activate = (workbox: Workbox, registration: ServiceWorkerRegistration): void => {
  let isReloading = false;
  const reload = (): void => {
    if (isReloading) return;
    isReloading = true;
    location.reload();
  };
  if (registration.waiting === null) return reload();
  workbox.addEventListener('controlling', reload);
  setTimeout(reload, RELOAD_AFTER_MS);
  workbox.messageSkipWaiting();
};

const check = async (workbox: Workbox): Promise<void> => {
  try {
    await workbox.update();
  } catch {
    // Offline, or the host is away: the build that is here goes on.
  }
};
