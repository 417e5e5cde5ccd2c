import type { Page } from 'playwright-core';

/** So many steps are walked: a list of thousands has tests of its own. */
const STEPS_MAX = 150;
/** An outline as wide as this is seen. */
const OUTLINE_PX_MIN = 2;

/** Where a step of the keyboard came to, and what is wrong there. */
interface Step {
  /** Null where the page has no more to give: the focus left it, or began anew. */
  readonly key: string | null;
  readonly faults: readonly string[];
}

/**
 * Walks a screen by Tab, from its beginning until it ends, and tells what a person would stumble
 * over: a focus that is not seen, lies under something or out of sight, goes back up or to the left,
 * leaves a dialog that is open, or never comes to something that can be used.
 */
export const findFocusFaults = async (page: Page): Promise<readonly string[]> => {
  await page.evaluate(beginWalk);
  const found: string[] = [];
  for (let step = 0; step < STEPS_MAX; step += 1) {
    await page.keyboard.press('Tab');
    const { key, faults } = await page.evaluate(lookAtFocus, OUTLINE_PX_MIN);
    if (key === null) return [...found, ...(await page.evaluate(whatWasPassedBy))];
    found.push(...faults);
  }
  return found;
};

/** Kept in the page between the steps of a walk. */
interface Walk {
  readonly seen: Set<Element>;
  before: Element | null;
}
declare global {
  var focusWalk: Walk | undefined;
}

/** The focus stands before the first thing of the page; in a dialog, where that has put it. */
const beginWalk = (): void => {
  globalThis.focusWalk = { seen: new Set(), before: null };
  if (document.querySelector('dialog[open]') !== null) return;
  const start = document.createElement('span');
  start.tabIndex = -1;
  start.dataset['walk'] = 'start';
  document.body.prepend(start);
  start.focus({ preventScroll: true });
};

const lookAtFocus = (outlinePxMin: number): Step => {
  const walk = globalThis.focusWalk;
  document.querySelector('[data-walk=start]:not(:focus)')?.remove();
  const element = document.activeElement;
  const dialog = [...document.querySelectorAll('dialog[open]')].at(-1);
  if (walk === undefined || element === null) return { key: null, faults: [] };
  if (element === document.body) {
    // From the end of a dialog the browser's own buttons have their turn, then its beginning.
    walk.before = null;
    return { key: dialog === undefined ? null : 'browser', faults: [] };
  }
  // Within a frame the frame is what has the focus.
  if (element === walk.before && element instanceof HTMLIFrameElement) {
    return { key: 'frame', faults: [] };
  }
  if (walk.seen.has(element)) return { key: null, faults: [] };
  const { before } = walk;
  walk.seen.add(element);
  walk.before = element;
  const told = element.outerHTML.replaceAll(/\s+/g, ' ').slice(0, 110);
  const faults: string[] = [];

  /** Drawn by a label around it, where the box itself is. */
  const shown = element.closest('label') ?? element;
  const box = element.getBoundingClientRect();
  if (!element.checkVisibility({ visibilityProperty: true }) || box.width === 0) {
    faults.push('cannot be seen');
  }
  const { nextElementSibling, parentElement } = element;
  const isMarked = [element, shown, nextElementSibling, parentElement].some((each) => {
    if (each === null) return false;
    const { outlineStyle, outlineWidth } = getComputedStyle(each);
    return outlineStyle !== 'none' && Number.parseFloat(outlineWidth) >= outlinePxMin;
  });
  if (!isMarked && !(element instanceof HTMLIFrameElement)) faults.push('has no mark');
  const { left, top, right, bottom } = shown.getBoundingClientRect();
  const isOut = bottom <= 0 || right <= 0 || top >= innerHeight || left >= innerWidth;
  if (isOut) faults.push('is out of sight');
  const middleX = Math.min(Math.max((left + right) / 2, 0), innerWidth - 1);
  const middleY = Math.min(Math.max((top + bottom) / 2, 0), innerHeight - 1);
  const over = document.elementFromPoint(middleX, middleY);
  const isUnder =
    over !== null &&
    !shown.contains(over) &&
    !over.contains(shown) &&
    over.closest('label') !== shown;
  if (!isOut && isUnder) faults.push(`lies under ${over.outerHTML.slice(0, 60)}`);

  if (dialog !== undefined && !dialog.contains(element)) faults.push('is outside the dialog');
  const isAfter =
    before !== null &&
    (before.compareDocumentPosition(element) & Node.DOCUMENT_POSITION_FOLLOWING) !== 0;
  // From the end of a dialog the focus comes to its beginning.
  if (before?.isConnected === true && (isAfter || dialog === undefined)) {
    const from = before.getBoundingClientRect();
    const overlap = Math.min(from.bottom, box.bottom) - Math.max(from.top, box.top);
    const isSameRow = overlap > Math.min(from.height, box.height) / 2;
    const isLeft = isSameRow && box.right <= from.left + 1;
    // What begins right of it is another column, and is read from its top.
    const isUp = !isSameRow && box.bottom <= from.top + 1 && box.left < from.right;
    if (isLeft || isUp) {
      faults.push(`comes after ${before.outerHTML.replaceAll(/\s+/g, ' ').slice(0, 60)}`);
    }
  }
  return { key: told, faults: faults.map((fault) => `${told}: ${fault}`) };
};

/** What can be used and is seen, and had no turn. */
const whatWasPassedBy = (): readonly string[] => {
  const seen = globalThis.focusWalk?.seen ?? new Set();
  const top = [...document.querySelectorAll('dialog[open]')].at(-1) ?? document;
  const all = top.querySelectorAll<HTMLElement>(
    'a[href], button, summary, input, textarea, select, [tabindex="0"]',
  );
  /** One of a group of radios has its turn for all of them. */
  const groupOf = (element: HTMLElement): string | null =>
    element instanceof HTMLInputElement && element.type === 'radio' ? element.name : null;
  const groups = new Set(
    [...seen].map((each) => (each instanceof HTMLElement ? groupOf(each) : null)),
  );
  return [...all]
    .filter(
      (each) => !seen.has(each) && each.tabIndex >= 0 && !each.matches(':disabled, [inert] *'),
    )
    .filter((each) => each.checkVisibility({ visibilityProperty: true }))
    .filter((each) => groupOf(each) === null || !groups.has(groupOf(each)))
    .map((each) => `${each.outerHTML.replaceAll(/\s+/g, ' ').slice(0, 110)}: is passed by`);
};
