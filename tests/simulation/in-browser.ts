import { availableParallelism } from 'node:os';
import { runCampaign } from '../../src/simulator/campaign.js';
import { launchChromium } from '../browser/chromium.js';
import { bundleSimulator } from './bundle.js';
import { startFleet } from './fleet.js';
import type { PageTask } from './page.js';

/** Whether the same seeds went the same way in Node and in Chromium. */
export interface Comparison {
  readonly ok: boolean;
  readonly seeds: number;
  /** The seeds whose traces differ. */
  readonly differing: readonly number[];
}

const PAGE = 'http://localhost/simulation/';
const SCRIPT = `${PAGE}simulator.js`;

/** Runs the seeds under all faults in both and compares the hashes of their traces. */
export const compareWithBrowser = async (task: PageTask): Promise<Comparison> => {
  const [there, here] = [await inChromium(task), await inNode(task)];
  const seeds = Array.from({ length: task.seeds }, (_, index) => task.firstSeed + index);
  const differing = seeds.filter((_, index) => there[index] !== here[index]);
  return { ok: differing.length === 0, seeds: here.length, differing };
};

const inNode = async (task: PageTask): Promise<readonly string[]> => {
  const fleet = await startFleet(task.mode, Math.min(task.seeds, availableParallelism()));
  const { firstSeed, seeds, devices, steps } = task;
  const campaign = await runCampaign(fleet, {
    ...{ firstSeed, seeds, devices, steps, faults: 'all' },
    ...{ isShrinking: false, failuresMax: seeds + 1 },
  });
  await fleet.close();
  return campaign.traceHashes;
};

const inChromium = async (task: PageTask): Promise<readonly string[]> => {
  const body = await bundleSimulator('page');
  const browser = await launchChromium();
  try {
    const page = await browser.newPage();
    await page.route(`${PAGE}**`, (route) =>
      route.request().url() === SCRIPT
        ? route.fulfill({ contentType: 'text/javascript', body })
        : route.fulfill({ contentType: 'text/html', body: '<!doctype html><title>-</title>' }),
    );
    await page.goto(PAGE);
    return await page.evaluate(
      async ({ script, asked }) => {
        const simulator = (await import(script)) as typeof import('./page.js');
        return simulator.hashesOf(asked);
      },
      { script: SCRIPT, asked: task },
    );
  } finally {
    await browser.close();
  }
};
