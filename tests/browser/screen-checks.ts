import axe, { type AxeResults } from 'axe-core';
import type { Page } from 'playwright-core';

export const PHONE = { width: 390, height: 844 };
const NARROW = { width: 320, height: 640 };
export const WIDE = { width: 1280, height: 800 };
/** What a theme can change. */
const COLOUR_RULES = ['color-contrast', 'color-contrast-enhanced'];
/** The sizes and themes in which a screen is judged, and the rules where they are not all. */
const LOOKS = [
  [PHONE, 'light', undefined],
  [PHONE, 'dark', COLOUR_RULES],
  [WIDE, 'dark', undefined],
] as const;
/** Targets inside a sentence may be as high as its line (WCAG 2.2, 2.5.8). */
const TARGET_PX_MIN = 44;

/** Gives the page another size and lets it lay itself out: its script hears a frame later. */
export const resizeTo = async (
  page: Page,
  viewport: { readonly width: number; readonly height: number },
): Promise<void> => {
  await page.setViewportSize(viewport);
  await page.waitForFunction((width) => innerWidth === width, viewport.width);
  await page.evaluate(
    () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))),
  );
};

/** What axe finds by these rules, each with the element; body text is held to 7:1. */
export const findFaults = async (
  page: Page,
  rules?: readonly string[],
): Promise<readonly string[]> => {
  const isThere = await page.evaluate(() => 'axe' in globalThis);
  if (!isThere) await page.evaluate(axe.source);
  const { violations } = await page.evaluate(
    (only) =>
      (globalThis as unknown as { axe: typeof axe }).axe.run(document, {
        rules: { 'color-contrast-enhanced': { enabled: true } },
        ...(only === undefined ? {} : { runOnly: [...only] }),
        // What is written into a frame has its own tests.
        iframes: false,
      }) as Promise<AxeResults>,
    rules,
  );
  return violations.flatMap(({ id, nodes }) =>
    nodes.map((node) => `${id}: ${node.html.slice(0, 120)} ${node.failureSummary ?? ''}`),
  );
};

/** Every fault in every look, each with the look that shows it. */
export const findFaultsInLooks = async (page: Page): Promise<readonly string[]> => {
  const found: string[] = [];
  for (const [viewport, colorScheme, rules] of LOOKS) {
    await resizeTo(page, viewport);
    await page.emulateMedia({ colorScheme });
    const faults = await findFaults(page, rules);
    found.push(...faults.map((fault) => `${viewport.width} px, ${colorScheme}: ${fault}`));
  }
  return found;
};

/** What does not fit a thumb, 320 px of width, or text at 200 %; leaves the page in that state. */
export const findTightPlaces = async (page: Page): Promise<readonly string[]> => {
  await resizeTo(page, PHONE);
  const small = await findSmallTargets(page);
  await resizeTo(page, NARROW);
  const narrow = await findSideways(page);
  await resizeTo(page, PHONE);
  await page.evaluate(() => document.documentElement.style.setProperty('font-size', '200%'));
  const large = await findSideways(page);
  return [
    ...small.map((place) => `for a thumb: ${place}`),
    ...narrow.map((place) => `at 320 px: ${place}`),
    ...large.map((place) => `with text at 200 %: ${place}`),
  ];
};

/** Elements that stick out of the page sideways, or of a dialog that is open. */
const findSideways = (page: Page): Promise<readonly string[]> =>
  page.evaluate(() =>
    [document.documentElement, ...document.querySelectorAll('dialog[open]')]
      .filter(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth)
      .map((each) => `${each.tagName}: ${each.scrollWidth} px of ${each.clientWidth}`),
  );

/** Buttons, links and fields that are too small for a thumb. */
const findSmallTargets = (page: Page): Promise<readonly string[]> =>
  page.evaluate((least) => {
    const found: string[] = [];
    for (const element of document.querySelectorAll<HTMLElement>(
      'button, a[href], summary, input, textarea, select, [role="tab"]',
    )) {
      const shown = element.matches('input[type="radio"], input[type="checkbox"]')
        ? (element.closest('label') ?? element)
        : element;
      const { width, height } = shown.getBoundingClientRect();
      const isSeen = element.checkVisibility({ visibilityProperty: true }) && width > 0;
      const isInText = getComputedStyle(element).display === 'inline';
      if (!isSeen || isInText || element.matches('.skip')) continue;
      if (height < least - 0.5 || width < least - 0.5) {
        found.push(
          `${Math.round(width)}×${Math.round(height)}: ${element.outerHTML.slice(0, 120)}`,
        );
      }
    }
    return found;
  }, TARGET_PX_MIN);
