/** Why a page has no loader: the app works there too, but not offline. */
export type NoLoader = 'development' | 'insecure' | 'unsupported';

/** Null where this page may have a loader. */
export const whyNoLoader = (): NoLoader | null => {
  if (!import.meta.env.PROD) return 'development';
  if (!globalThis.isSecureContext) return 'insecure';
  return 'serviceWorker' in navigator ? null : 'unsupported';
};

const RELOADED = 'upkeep-reloaded-for-loader';

/**
 * Whether this page came past its loader (a forced reload), and what to do about it.
 *
 * Such a page must not open the store: it may be of any bundle. It loads anew once; `stop` where
 * that was done already and did not help.
 * Source: rule U6.
 */
export const pageWithoutLoader = async (): Promise<'fine' | 'reload' | 'stop'> => {
  if (whyNoLoader() !== null || navigator.serviceWorker.controller !== null) return settled();
  const registration = await navigator.serviceWorker.getRegistration().catch(() => undefined);
  if (registration?.active == null) return settled();
  if (sessionStorage.getItem(RELOADED) !== null) return 'stop';
  sessionStorage.setItem(RELOADED, '1');
  return 'reload';
};

const settled = (): 'fine' => {
  if (whyNoLoader() === null) sessionStorage.removeItem(RELOADED);
  return 'fine';
};
