import { tellLoader } from './tell-loader.js';

/**
 * Watches a page on trial from before anything of its bundle runs, and sees it fail.
 *
 * An uncaught error, a script or style that does not come, or no word of health in time: the loader
 * is told, and the page loads anew once it went back. It depends on nothing of the bundle.
 * Source: rule U7.
 */
export const guardPage = (trial: number): void => {
  let isOver = false;
  const fail = async (cause: string): Promise<void> => {
    if (isOver) return;
    isOver = true;
    if (await tellLoader({ kind: 'failed', trial, cause })) location.reload();
  };
  const on = addEventListener;
  on(
    'error',
    ({ target, message }) => {
      const { tagName } = target as Partial<Element>;
      if (target === window) void fail(`error: ${message}`);
      else if (tagName === 'SCRIPT' || tagName === 'LINK')
        void fail('error: a part of the app did not come');
    },
    true,
  );
  on('unhandledrejection', ({ reason }) => fail(`error: ${String(reason)}`));
  on(__HEALTHY_EVENT__, () => (isOver = true));
  setTimeout(fail, __HEALTHY_MS__, 'timeout');
};
