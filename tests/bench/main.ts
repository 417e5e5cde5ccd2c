import { launchChromium } from '../browser/chromium.js';
import { measureFiles } from './files.js';
import { type Figure, isMet, jsonOf, tableOf } from './figures.js';
import { measureMessages } from './messages.js';
import { measureOthers } from './others.js';
import { isOfOthers, othersTables } from './others-table.js';
import { measureDevice, measureMerging } from './one-device.js';
import { serveFigures } from './page-server.js';
import { measurePairing } from './pairing.js';
import { measureSimulation } from './simulation.js';
import { measureTasks } from './tasks.js';
import { measurePeers } from './two-devices.js';
import { measureUpgrades } from './upgrades.js';

/**
 * Measures the figures, those of the app in Chromium, and prints them with their goals.
 *
 * `--json` puts one object on the last line. `--only` measures some of them, with commas between:
 * merge, device, messages, peers, files, simulation, pairing, upgrades, tasks, others. Of the last
 * `--libraries cojson,yjs` measures some beside ours, and `--size 10k` leaves out 100k facts.
 * A missed goal is told, and is no failure of the run. A group that fails is told at the end, after
 * the figures of all others, and the run fails.
 */
const IN_CHROMIUM = {
  merge: measureMerging,
  device: measureDevice,
  peers: measurePeers,
  files: measureFiles,
  upgrades: measureUpgrades,
  tasks: measureTasks,
} as const;
const ALONE = {
  messages: measureMessages,
  simulation: measureSimulation,
  pairing: measurePairing,
} as const;

const said = (option: string): string | undefined =>
  process.argv.find((_, index, all) => all[index - 1] === option);

const run = async (): Promise<void> => {
  const only = said('--only')?.split(',');
  const isAsked = (name: string): boolean => only === undefined || only.includes(name);
  const figures: Figure[] = [];
  const inChromium = Object.entries(IN_CHROMIUM).filter(([name]) => isAsked(name));
  if (inChromium.length > 0) figures.push(...(await measureInChromium(inChromium)));
  for (const [name, measure] of Object.entries(ALONE)) {
    if (isAsked(name)) figures.push(...(await figuresOf(name, measure)));
  }
  let findings = {};
  if (isAsked('others')) {
    const measured = await figuresOf('others', async () => {
      const others = await measureOthers(said('--libraries')?.split(','), said('--size') !== '10k');
      findings = others.findings;
      return others.figures;
    });
    figures.push(...measured);
  }
  const plain = figures.filter(({ name }) => !isOfOthers(name));
  if (plain.length > 0) process.stdout.write(`${tableOf(plain)}\n\n`);
  process.stdout.write(
    othersTables(
      figures.filter(({ name }) => isOfOthers(name)),
      findings,
    ),
  );
  const missed = figures.filter((figure) => isMet(figure) === false).map(({ name }) => name);
  const counted = figures.filter((figure) => figure.goal !== null).length;
  process.stdout.write(`${counted - missed.length} of ${counted} goals met`);
  process.stdout.write(missed.length === 0 ? '.\n' : `; missed: ${missed.join(', ')}.\n`);
  for (const failure of failures) process.stdout.write(`failed: ${failure}\n`);
  if (failures.length > 0) process.exitCode = 1;
  if (process.argv.includes('--json')) process.stdout.write(`${jsonOf(figures, findings)}\n`);
};

const failures: string[] = [];

/** What one group measured; where it fails, the others' figures are not lost with it. */
const figuresOf = async (
  name: string,
  measure: () => Promise<readonly Figure[]>,
): Promise<readonly Figure[]> => {
  try {
    return await measure();
  } catch (error) {
    failures.push(`${name}: ${String(error)}`);
    return [];
  }
};

type Measure = (typeof IN_CHROMIUM)[keyof typeof IN_CHROMIUM];

const measureInChromium = async (
  groups: readonly (readonly [string, Measure])[],
): Promise<readonly Figure[]> => {
  const server = await serveFigures(process.argv.includes('--readable'));
  const browser = await launchChromium();
  try {
    const figures: Figure[] = [];
    for (const [name, measure] of groups) {
      figures.push(...(await figuresOf(name, () => measure(browser, server))));
    }
    return figures;
  } finally {
    await browser.close();
    await server.close();
  }
};

await run();
