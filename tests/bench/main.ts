import { launchChromium } from '../browser/chromium.js';
import { measureFiles } from './files.js';
import { type Figure, isMet, jsonOf, tableOf } from './figures.js';
import { measureMessages } from './messages.js';
import { measureDevice, measureMerging } from './one-device.js';
import { serveFigures } from './page-server.js';
import { measureSimulation } from './simulation.js';
import { measurePeers } from './two-devices.js';
import { measureUpgrades } from './upgrades.js';

/**
 * Measures the figures, those of the app in Chromium, and prints them with their goals.
 *
 * `--json` puts one object on the last line. `--only` measures some of them: merge, device, messages,
 * peers, files, simulation, upgrades, with commas between. A missed goal is told, and is no failure of the run.
 */
const GROUPS = {
  merge: measureMerging,
  device: measureDevice,
  messages: measureMessages,
  peers: measurePeers,
  files: measureFiles,
  simulation: measureSimulation,
  upgrades: measureUpgrades,
} as const;

const run = async (): Promise<void> => {
  const only = process.argv.find((_, index, all) => all[index - 1] === '--only')?.split(',');
  const server = await serveFigures(process.argv.includes('--readable'));
  const browser = await launchChromium();
  const figures: Figure[] = [];
  try {
    for (const [name, measure] of Object.entries(GROUPS)) {
      if (only !== undefined && !only.includes(name)) continue;
      figures.push(...(await measure(browser, server)));
    }
  } finally {
    await browser.close();
    await server.close();
  }
  const missed = figures.filter((figure) => isMet(figure) === false).map(({ name }) => name);
  const counted = figures.filter((figure) => figure.goal !== null).length;
  process.stdout.write(`${tableOf(figures)}\n\n`);
  process.stdout.write(`${counted - missed.length} of ${counted} goals met`);
  process.stdout.write(missed.length === 0 ? '.\n' : `; missed: ${missed.join(', ')}.\n`);
  if (process.argv.includes('--json')) process.stdout.write(`${jsonOf(figures)}\n`);
};

await run();
