/**
 * What the browser promises about this origin's storage (rule P5).
 *
 * Every answer is null or false where the browser does not say.
 */
export const createBrowserStorage = () => ({
  isPersisted: async (): Promise<boolean | null> =>
    (await navigator.storage?.persisted?.().catch(() => null)) ?? null,
  persist: async (): Promise<boolean> =>
    (await navigator.storage?.persist?.().catch(() => false)) ?? false,
  estimate: async (): Promise<{ used: number | null; quota: number | null }> => {
    const estimate = await navigator.storage?.estimate?.().catch(() => null);
    return { used: estimate?.usage ?? null, quota: estimate?.quota ?? null };
  },
  isInstalled: (): boolean =>
    globalThis.matchMedia?.('(display-mode: standalone)').matches ?? false,
});
