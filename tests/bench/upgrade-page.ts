import type { BrowserContext, Page } from 'playwright-core';
import type { Slots } from '../../src/core/upgrades/slots.js';
import { keptSlots } from '../browser/releases.js';

/** A moment in the life of a tab, across its loads. */
interface Mark {
  readonly kind: 'began' | 'stands' | 'healthy';
  /** Ms since 1970. */
  readonly atMs: number;
  /** The bundle of the page, by its manifest; null where it came past the loader. */
  readonly bundle: string | null;
}

const WAIT_MS_MAX = 30_000;
const POLL_MS = 25;

/**
 * Has every page of a context note when it was clicked, when it stood and when it was vouched for.
 *
 * It stands when the way to the updates is drawn: the store is open and the first view is there.
 */
export const noteMoments = (context: BrowserContext): Promise<unknown> =>
  context.addInitScript(() => {
    // No function in here has a name: the compiler of this tool would call a helper of its own.
    const kinds = { click: 'began', 'upkeep-healthy': 'healthy', 'upkeep-stands': 'stands' };
    for (const [event, kind] of Object.entries(kinds)) {
      addEventListener(
        event,
        () => {
          const bundle = document.querySelector<HTMLMetaElement>('meta[name="upkeep-bundle"]');
          const marks = JSON.parse(sessionStorage.getItem('marks') ?? '[]') as object[];
          const atMs = performance.timeOrigin + performance.now();
          marks.push({ kind, atMs, bundle: bundle?.content ?? null });
          sessionStorage.setItem('marks', JSON.stringify(marks));
        },
        true,
      );
    }
    new MutationObserver((_, observer) => {
      if (document.querySelector('a[href="#/updates"]') === null) return;
      observer.disconnect();
      dispatchEvent(new Event('upkeep-stands'));
    }).observe(document, { childList: true, subtree: true });
  });

/** Does something that loads the page anew. Gives ms until a page of that bundle did all that. */
export const timeUntil = async (
  page: Page,
  begin: () => Promise<unknown>,
  bundle: string,
  kinds: readonly Mark['kind'][],
): Promise<number> => {
  await page.evaluate(() => sessionStorage.removeItem('marks'));
  await begin();
  return until(
    async () => {
      const marks = await page.evaluate(
        () => JSON.parse(sessionStorage.getItem('marks') ?? '[]') as Mark[],
      );
      const began = marks.find(({ kind }) => kind === 'began');
      const reached = kinds.map(
        (wanted) =>
          marks.find((mark) => {
            const isLater = began !== undefined && mark.atMs > began.atMs;
            return isLater && mark.kind === wanted && mark.bundle === bundle;
          })?.atMs,
      );
      if (began === undefined || reached.includes(undefined)) return null;
      return Math.max(...reached.map(Number)) - began.atMs;
    },
    `${kinds.join(' and ')} of a bundle`,
  );
};

/** Waits until what the loader keeps is as wanted. */
export const untilKept = (page: Page, isSo: (slots: Slots) => boolean): Promise<Slots> =>
  until(async () => {
    const slots = await keptSlots(page);
    return isSo(slots) ? slots : null;
  }, 'the slots');

/** Asks until there is an answer; a page that loads anew meanwhile is asked again. */
export const until = async <T>(ask: () => Promise<T | null>, what: string): Promise<T> => {
  const endMs = Date.now() + WAIT_MS_MAX;
  while (Date.now() < endMs) {
    const answer = await ask().catch(() => null);
    if (answer !== null) return answer;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  throw new Error(`waited ${WAIT_MS_MAX} ms for ${what}`);
};
