import type { BrowserContext, Page } from 'playwright-core';
import { expect } from 'vitest';
import { createChance, type Chance } from '../fuzz/chance.js';
import type { Act, LifeOrder, Look, Standing, Told } from './pages/acts.js';
import type {} from './pages/handle.js';

/**
 * How much disorder: little by default, all of it with `UPKEEP_CHAOS=full`.
 *
 * `UPKEEP_CHAOS_SEED` (1) decides every draw of a test.
 */
const IS_FULL = process.env['UPKEEP_CHAOS'] === 'full';
const SEED = Number(process.env['UPKEEP_CHAOS_SEED'] ?? 1);

export const volume = (little: number, full: number): number => (IS_FULL ? full : little);

/** Milliseconds that one test may take. */
export const TEST_MS_MAX = volume(240_000, 900_000);

export const chanceOf = (test: string, round: number): Chance => createChance(SEED, test, round);

export const orderOf = (name: string, acts: number): LifeOrder => ({ name, seed: SEED, acts });

/** What one device told, over all its lives. */
export interface Ledger {
  /** Hears the pages of one more context of the device. */
  readonly hear: (context: BrowserContext) => void;
  /** Resolves after so many more acts of any kind, or one of this kind, have begun or are done. */
  readonly next: (moment: Told['moment'], act: Act | null, count: number) => Promise<void>;
  readonly titles: () => readonly string[];
  /** Keys of records that came twice: two facts of one session under one seq. */
  readonly doubles: () => readonly string[];
  /** What a look at any device shows to be lost of what this one wrote; empty when all is kept. */
  readonly lost: (look: Look) => readonly string[];
  /** What a look at this device shows to be lost, undone or fallen back; empty when all is kept. */
  readonly missing: (look: Look) => readonly string[];
}

export const createLedger = (): Ledger => {
  const turns = new Map<string, number>();
  const keys = new Set<string>();
  const doubles: string[] = [];
  const yeses = new Set<string>();
  const waiting = new Set<(told: Told) => void>();
  let last: Standing = { index: 0, base: null, facts: 0, digest: null };

  const take = (told: Told): void => {
    for (const listener of [...waiting]) listener(told);
    if (told.moment === 'begins') return;
    last = told.standing;
    if (told.decision !== null) yeses.add(told.decision);
    if (told.record === null) return;
    const { title, key, turn } = told.record;
    turns.set(title, turn);
    // What waits behind a fence has no seq yet.
    if (told.act !== 'write' || key.startsWith('queued')) return;
    if (keys.has(key)) doubles.push(key);
    keys.add(key);
  };

  const lost = (look: Look): readonly string[] => {
    const held = new Map(look.records.map(({ title, turn }) => [title, turn]));
    return [...turns]
      .filter(([title, turn]) => (held.get(title) ?? -1) < turn)
      .map(([title, turn]) => `${title} at turn ${turn}, held at ${held.get(title)}`);
  };

  return {
    hear: (context) => {
      context.on('console', (message) => {
        const text = message.text();
        if (text.startsWith('told ')) take(JSON.parse(text.slice('told '.length)) as Told);
      });
    },
    next: (moment, act, count) =>
      new Promise((resolve) => {
        let left = count;
        const listener = (told: Told): void => {
          if (told.moment !== moment || (act !== null && told.act !== act)) return;
          left -= 1;
          if (left > 0) return;
          waiting.delete(listener);
          resolve();
        };
        waiting.add(listener);
      }),
    titles: () => [...turns.keys()],
    doubles: () => doubles,
    lost,
    missing: (look) => {
      const undone = look.awaiting.filter((id) => yeses.has(id)).map((id) => `the yes to ${id}`);
      return [...lost(look), ...undone, ...fallenBack(last, look)];
    },
  };
};

/** Equal or further: the same snapshot with no fact less, or a later one. */
const fallenBack = (last: Standing, look: Look): readonly string[] => {
  if (look.index < last.index) return [`snapshot ${last.index}, held is ${look.index}`];
  if (look.base !== last.base) return [];
  if (look.facts < last.facts) return [`${last.facts} facts, held are ${look.facts}`];
  const isSame = look.facts > last.facts || look.digest === last.digest || last.digest === null;
  return isSame ? [] : [`the digest ${last.digest}, now ${look.digest}`];
};

export const lookAt = (page: Page): Promise<Look> =>
  page.evaluate(() => {
    if (window.handle === undefined) throw new Error('the page has no handle');
    return window.handle.acts.look();
  });

/** Lets a device act; ends with its page, or when the pen is taken from it. */
export const live = (page: Page, order: LifeOrder): Promise<void> =>
  page.evaluate((given) => window.handle?.acts.live(given), order);

/** Lets a device say yes to all that it is asked for as long as the page lives. */
export const attend = (page: Page): Promise<void> =>
  page.evaluate(() => window.handle?.acts.attend());

/**
 * Waits until nothing waits behind a fence of a device any more: three who ask at once, each with
 * a yes for itself, would else wait until their fences are over.
 */
export const rests = async (page: Page): Promise<void> => {
  await page.evaluate(() => window.handle?.acts.rest());
  await page.waitForFunction(() => window.handle?.replica.view().journal.queuedEdits === 0);
};

/**
 * Has a snapshot agreed to when nothing disturbs: each takes back what it asked for, since three
 * that asked at once and said yes each to its own would stay apart for days, and one asks anew.
 */
export const agreeInCalm = async (pages: readonly Page[]): Promise<void> => {
  for (const page of pages) await page.evaluate(() => window.handle?.acts.retract());
  for (const page of pages) await agrees(page, pages.length);
  await pages[0]?.evaluate(() => window.handle?.acts.ask());
  for (const page of pages) await hasPruned(page);
};

/** Waits until a device has let its past go. */
export const hasPruned = async (page: Page): Promise<void> => {
  await page.waitForFunction(() => (window.handle?.acts.look().index ?? 0) > 0, undefined, {
    timeout: HEALED_MS_MAX,
  });
};

/** What was lost on the way is told again after a while, more and more rarely while it is in vain. */
const HEALED_MS_MAX = 150_000;

/**
 * Waits until devices agree, and gives what a look at each shows. A device believes itself in step
 * as long as a word of another one is on its way, so what they hold decides.
 */
export const allAgree = async (pages: readonly Page[]): Promise<readonly Look[]> => {
  for (const page of pages) await agrees(page, pages.length);
  let looks: readonly Look[] = [];
  const held = async (): Promise<number> => {
    looks = await Promise.all(pages.map(lookAt));
    return new Set(looks.map(({ digest }) => digest)).size;
  };
  await expect.poll(held, { timeout: HEALED_MS_MAX }).toBe(1);
  return looks;
};

/** Waits until a device agrees with so many devices, itself included. */
export const agrees = async (page: Page, count: number): Promise<void> => {
  await page.waitForFunction(
    (expected) => window.handle?.replica.view().sync.inStepCount === expected,
    count,
    { timeout: HEALED_MS_MAX },
  );
};
