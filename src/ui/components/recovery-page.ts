/** The page of the loader for the day that nothing opens, seen from any screen of the app. */
export const RECOVERY_HREF = './~recovery';

/** Whether the loader that keeps that page is at work here: the host has no such page. */
export const hasRecoveryPage = (): boolean =>
  (globalThis.navigator.serviceWorker?.controller ?? null) !== null;
