/**
 * Keeps the place of whoever goes by keyboard, or listens, when what had the focus is taken away:
 * a button that did its work, a step that made room for the next. The heading of the screen that it
 * stood on has the focus then. Gives what ends this.
 */
export const keepFocus = (): (() => void) => {
  let last: Element | null = null;
  let screen: Element | null = null;
  const came = ({ target }: FocusEvent): void => {
    if (!(target instanceof Element)) return;
    last = target;
    screen = target.closest('.screen');
  };
  const look = (): void => {
    if (last === null || last.isConnected || document.activeElement !== document.body) return;
    const place = screen?.isConnected === true ? screen : document;
    const heading = place.querySelector<HTMLElement>('h1');
    if (heading === null) return;
    last = null;
    heading.focus({ preventScroll: true });
  };
  const observer = new MutationObserver(look);
  observer.observe(document.body, { childList: true, subtree: true });
  document.addEventListener('focusin', came);
  return () => {
    observer.disconnect();
    document.removeEventListener('focusin', came);
  };
};
