import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { manifestHashOf } from '../../src/core/upgrades/manifest.js';
import { idleOf } from '../../src/core/upgrades/slots.js';
import { createChance } from '../../src/simulator/chance.js';
import { updates as updateWords } from '../../src/ui/words/en/later/updates.js';
import { until, untilKept } from '../bench/upgrade-page.js';
import { layCable } from './cable.js';
import { killBrowser, launchPersistent } from './chromium.js';
import { makeDevice, type Device } from './device.js';
import * as people from './people.js';
import { askHost, bundleOf, keptSlots, layRelease } from './releases.js';
import { ensureBuild, startApp } from './serve.js';

/**
 * Kills the browser in the middle of an upgrade, again and again, and looks at what comes up.
 *
 * `--rounds N` (20) of each moment, `--seed S` (1), `--moment NAME` one alone: `stage` at the host's
 * serving of one of the files, `flip` after a person's click, `trial` after the first page on trial
 * was asked for, `rollback` after a page on trial threw. Each time the app is to open offline, of
 * a bundle that was staged whole and in the end never one that throws, with every record that it
 * acknowledged, and is to be upgraded by the next round. The last line is one object; failures end it.
 */
const MOMENTS = ['stage', 'flip', 'trial', 'rollback'] as const;
type Moment = (typeof MOMENTS)[number];
const FILES = 12;

const valueOf = (name: string): string | undefined =>
  process.argv.find((_, index, all) => all[index - 1] === `--${name}`);
const rounds = Number(valueOf('rounds') ?? 20);
const chance = createChance(`upgrade-kills ${valueOf('seed') ?? 1}`);
const moments = MOMENTS.filter((moment) => (valueOf('moment') ?? moment) === moment);

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const expectThat = (isSo: boolean, what: string): void => {
  if (!isSo) throw new Error(what);
};

/** What the host was asked for last decides when the browser dies. */
let served: (path: string) => void = () => undefined;

const lay = async (root: string, round: string, throws: boolean): Promise<string> => {
  const files: Record<string, string> = {};
  for (let n = 0; n < FILES; n += 1) files[`assets/more${n}.js`] = `// ${round} ${n}\n`;
  if (throws) {
    const html = await readFile(join(root, 'index.html'), 'utf8');
    files['assets/early.js'] = `throw new Error('${round} is empty');\n`;
    files['index.html'] = html
      .replace(/<script src=".\/assets\/early.js"><\/script>/, '')
      .replace('</title>', '</title><script src="./assets/early.js"></script>');
  }
  return manifestHashOf(await layRelease(root, files));
};

const useButton = (page: Page) => page.getByRole('button', { name: updateWords.use });

/** Waits until that bundle lies here whole and is offered. */
const isOffered = async (page: Page, manifest: string): Promise<void> => {
  await askHost(page);
  await untilKept(page, (slots) => {
    const slot = slots[idleOf(slots)];
    return slot?.stage === 'staged' && slot.manifest === manifest;
  });
  await people.goTo(page, '#/updates');
  await useButton(page).waitFor();
};

/** Resolves when the browser is to die. */
const comes = async (moment: Moment, device: Device, manifest: string): Promise<string> => {
  const page = device.page();
  if (moment === 'stage') {
    const at = chance.below(FILES + 1);
    let count = 0;
    const reached = new Promise<void>((resolve) => {
      served = (path) => {
        if (path.includes('release.cbor') || path.includes('assets/more')) count += 1;
        if (count > at) resolve();
      };
    });
    await askHost(page);
    await reached;
    const ms = chance.below(30);
    await pause(ms);
    return `file ${at}, ${ms} ms later`;
  }
  await isOffered(page, manifest);
  const threw = new Promise<void>((resolve) => page.once('pageerror', () => resolve()));
  const asked = new Promise<void>((resolve) =>
    page.on('request', (request) => {
      if (request.isNavigationRequest()) resolve();
    }),
  );
  await useButton(page).click({ noWaitAfter: true });
  if (moment === 'trial') await asked;
  if (moment === 'rollback') await threw;
  const ms = chance.below({ flip: 40, trial: 1_000, rollback: 150 }[moment]);
  await pause(ms);
  return `${ms} ms later`;
};

/** The device of the campaign, its host, and what it has to hold by now. */
interface Ground {
  readonly root: string;
  readonly start: () => Promise<Device>;
  readonly reload: () => void;
  readonly cut: (isAway: boolean) => void;
  readonly titles: string[];
  good: string;
}

const layGround = async (): Promise<Ground & { readonly close: () => Promise<void> }> => {
  const folder = await mkdtemp(join(tmpdir(), 'upkeep-kills-'));
  const root = join(folder, 'app');
  const good = await lay(root, 'first', false);
  let isAway = false;
  const app = await startApp({
    root,
    gate: (path) => Promise.resolve(served(path)),
    answer: (_, response) => {
      if (isAway) response.destroy();
      return isAway;
    },
  });
  const cable = await layCable(app.port);
  return {
    ...{ root, good, titles: [], reload: app.reload },
    start: async () => {
      const context = await launchPersistent(join(folder, 'profile'));
      return makeDevice('Alice phone', context, cable);
    },
    cut: (isCut) => (isAway = isCut),
    close: async () => {
      await cable.close();
      await app.close();
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
};

/** Scrolls down to it: a list draws what is in sight alone, the newest first. */
const isListed = async (page: Page, title: string): Promise<void> => {
  const row = page.getByRole('link', { name: title }).first();
  await until(async () => {
    if ((await row.count()) > 0) return true;
    await page.locator('main li').last().scrollIntoViewIfNeeded();
    return null;
  }, `the record ${title}`);
};

/** The app that came up after a kill, offline. Gives its bundle and when its trial was decided. */
const judge = async (
  device: Device,
  { titles }: Ground,
  allowed: readonly string[],
): Promise<{ readonly bundle: string; readonly decidedMs: number }> => {
  const page = await device.open('#/records');
  const slots = await until(async () => {
    const kept = await keptSlots(page);
    const slot = kept.active === null ? null : kept[kept.active];
    const isRest = kept.trial === null && slot?.stage === 'good';
    return isRest && (await bundleOf(page)) === slot.manifest ? kept : null;
  }, 'a page of the active bundle, and a good one');
  await page.locator(`main li[aria-setsize="${titles.length}"]`).first().waitFor();
  for (const title of [...titles].reverse()) await isListed(page, title);
  const bundle = (await bundleOf(page)) ?? 'none';
  expectThat(allowed.includes(bundle), `an approved bundle runs, not ${bundle}`);
  return { bundle, decidedMs: slots.history.at(-1)?.atMs ?? 0 };
};

const playRound = async (ground: Ground, moment: Moment, round: number): Promise<string> => {
  const throws = moment === 'rollback';
  const device = await ground.start();
  await device.open();
  const title = `Kept at ${moment} ${round}.`;
  await people.writeRecord(device, { title, text: 'Acknowledged.' });
  ground.titles.push(title);
  const next = await lay(ground.root, `${moment} ${round}`, throws);
  ground.reload();
  const when = await comes(moment, device, next);
  const killedMs = Date.now();
  await killBrowser(device.context);
  served = () => undefined;
  ground.cut(true);
  const after = await ground.start();
  const { bundle, decidedMs } = await judge(
    after,
    ground,
    throws ? [ground.good] : [ground.good, next],
  );
  ground.cut(false);
  if (!throws && bundle === ground.good) {
    await isOffered(after.page(), next);
    await useButton(after.page()).click();
    await untilKept(
      after.page(),
      ({ active, trial, ...slots }) =>
        trial === null && active !== null && slots[active]?.manifest === next,
    );
  }
  if (!throws) ground.good = next;
  await after.context.close();
  const found = bundle === next ? 'the new one' : 'the old one';
  const isOpen = decidedMs > killedMs ? ', decided after the kill' : '';
  process.stdout.write(`${moment} ${round}: ${when}; ${found} came up${isOpen}\n`);
  return `${found}${isOpen}`;
};

const main = async (): Promise<void> => {
  await ensureBuild();
  const ground = await layGround();
  const tally: Record<string, Record<string, number>> = {};
  try {
    const first = await ground.start();
    await people.createAccount(first);
    await people.isInstalled(first);
    await untilKept(first.page(), ({ active }) => active !== null);
    await first.context.close();
    for (const moment of moments) {
      const counts: Record<string, number> = (tally[moment] = {});
      for (let round = 1; round <= rounds; round += 1) {
        const found = await playRound(ground, moment, round);
        counts[found] = (counts[found] ?? 0) + 1;
      }
    }
    process.stdout.write(`${JSON.stringify({ ok: true, rounds, tally })}\n`);
  } finally {
    await ground.close();
  }
};

// A browser that still stands when a round fails is not waited for.
await main().catch((cause: unknown) => {
  process.stderr.write(`${String(cause)}\n`);
  process.exitCode = 1;
});
process.exit();
