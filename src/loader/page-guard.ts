/**
 * Runs in a page on trial before anything of its bundle does, and sees it fail.
 *
 * An uncaught error, a script or style that does not come, or no word of health in time: the loader
 * is told, and the page loads anew once it went back. A script of the loader's own; it depends on
 * nothing of the bundle.
 * Source: rule U7.
 */
const trial = Number(document.currentScript?.dataset['trial']);
const loader = navigator.serviceWorker.controller;
let isOver = false;

const fail = (cause: string): void => {
  if (isOver || loader === null) return;
  isOver = true;
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = ({ data }) => {
    if (data === true) location.reload();
  };
  loader.postMessage({ kind: 'failed', trial, cause }, [port2]);
};

addEventListener(
  'error',
  (event) => {
    const { target } = event;
    if (target === window) return fail(`error: ${event.message}`);
    const isPart = target instanceof HTMLScriptElement || target instanceof HTMLLinkElement;
    if (isPart) fail('error: a part of the app did not come');
  },
  true,
);
addEventListener('unhandledrejection', ({ reason }) => fail(`error: ${String(reason)}`));
addEventListener(__HEALTHY_EVENT__, () => (isOver = true));
setTimeout(() => fail('timeout'), __HEALTHY_MS__);
