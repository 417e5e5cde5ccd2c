import type { Browser, Page } from 'playwright-core';
import { en } from '../../src/ui/words/en.js';
import { launchChromium } from './chromium.js';
import { LAPTOP, PHONE, startDevice, type Device } from './device.js';
import { startHandledApp, type HandledApp } from './handled-app.js';
import type { Acknowledged } from './pages/handle.js';
import * as people from './people.js';

/**
 * Real devices go through the main job: each is a browser context of its own, with the built app.
 *
 * Each step is told in a line; with --json the last line is one object. The exit code is 0 only if
 * everything held.
 */
const RECORDS_EACH = 70;
const EDITS_EACH = 4;
const PRUNED_MIN = 1_000;
const SECONDS_MAX = 120;
const STUCK_MS = 60_000;

interface Step {
  readonly name: string;
  readonly ms: number;
}

interface Outcome {
  readonly digestsEqual: boolean;
  readonly factsPruned: number;
  readonly bytesReclaimed: number;
  readonly lateDeviceConverged: boolean;
  readonly freshDeviceConverged: boolean;
  readonly queuedEditsKept: boolean;
  readonly acknowledgedLost: number;
}

const steps: Step[] = [];
const sinceMs = (from: number): number => Math.round(performance.now() - from);

/** Does one step and tells how it went. */
const step = async <T>(name: string, told: string, work: () => Promise<T>): Promise<T> => {
  const fromMs = performance.now();
  const result = await work();
  const ms = sinceMs(fromMs);
  steps.push({ name, ms });
  process.stdout.write(`${`${(ms / 1000).toFixed(1)} s`.padStart(7)}   ${told}\n`);
  return result;
};

const run = async (app: HandledApp, browser: Browser, devices: Device[]): Promise<Outcome> => {
  const kept: Acknowledged[] = [];
  const add = async (name: string, viewport = PHONE): Promise<Device> => {
    const device = await startDevice(browser, app.port, name, viewport);
    device.context.setDefaultTimeout(STUCK_MS);
    devices.push(device);
    return device;
  };
  /** Writes through the screens, and remembers that it was acknowledged. */
  const write = async (device: Device, title: string): Promise<string> => {
    const record = { title, text: `${title}: written on ${device.name}.` };
    const state = await people.writeRecord(device, { ...record, label: 'home' });
    kept.push(record);
    return state;
  };

  const anna = await add('Anna’s phone');
  const ben = await add('Ben’s phone');
  const carol = await add('Carol’s laptop', LAPTOP);
  const three = [anna, ben, carol];

  await step('create', 'Anna creates the account on her phone.', () => people.createAccount(anna));
  await step('pair-ben', 'Ben types the code; both compare four words; he is in.', () =>
    people.pairDevices(anna, ben),
  );
  await step('pair-carol', 'Carol joins by a code; Ben says yes on Home. Now 2 of 3.', () =>
    people.pairDevices(anna, carol, [ben]),
  );
  await step('write', 'Each writes a record on screen; all three show all of them.', async () => {
    await write(anna, 'Boiler');
    await write(ben, 'Router');
    await write(carol, 'Spare key');
    await Promise.all(three.map((device) => people.isInStep(device, 3)));
    await Promise.all(three.map((device) => people.openRecord(device, 'Router')));
  });
  await step(
    'bulk',
    'All three write at once, until there are over a thousand facts.',
    async () => {
      const pages = await Promise.all(three.map((device) => device.takeHandle()));
      const written = await Promise.all(
        pages.map((page, index) => writeMany(page, `list ${'ABC'.charAt(index)}`)),
      );
      kept.push(...written.flat());
      await Promise.all(pages.map((page) => page.waitForFunction(isEveryoneInStep, 3)));
      await anna.open();
      await ben.open();
      await Promise.all([anna, ben].map((device) => people.isInStep(device, 3)));
    },
  );
  await step(
    'offline',
    'Carol has no network; she writes two records, then shuts down.',
    async () => {
      await carol.shut();
      carol.cable.cut();
      await carol.open();
      await write(carol, 'Car papers');
      await write(carol, 'Bicycle lock');
      await carol.shut();
    },
  );

  const asked = await step('propose', 'Anna proposes a snapshot.', () =>
    people.proposeSnapshot(anna, 'A quiet evening'),
  );
  await step('fence', 'Ben sees that edits wait; he writes one, and it is queued.', async () => {
    const page = ben.page();
    await people.goTo(page, '#/records');
    await page.getByText(en.records.fenceTitle).first().waitFor();
    if ((await write(ben, 'Written meanwhile')) !== 'queued') throw new Error('it was not queued');
  });
  await step(
    'approve',
    'Ben looks: the same result here, the same code. He approves.',
    async () => {
      const page = ben.page();
      await people.goTo(page, '#/');
      await page.getByRole('link', { name: en.home.look }).click();
      await page.getByText(en.decision.same.title).waitFor();
      const shown = await people.readShortCode(page);
      if (shown !== asked) throw new Error(`short codes differ: ${asked} and ${shown}`);
      await page.getByRole('button', { name: en.decision.approve, exact: true }).click();
    },
  );
  await step(
    'prune',
    'It is complete; both let the past go, and the queued edit joins.',
    async () => {
      await Promise.all([anna, ben].map((device) => people.holdsSnapshot(device, 1)));
      await Promise.all(
        [anna, ben].map((device) => people.openRecord(device, 'Written meanwhile')),
      );
      await Promise.all([anna, ben].map((device) => people.isInStep(device, 2, 3)));
    },
  );
  await step('late', 'Carol is back: adopts the snapshot, and keeps what she wrote.', async () => {
    carol.cable.mend();
    await carol.open();
    await Promise.all(three.map((device) => people.isInStep(device, 3)));
    await people.holdsSnapshot(carol, 1);
    await Promise.all(three.map((device) => people.openRecord(device, 'Bicycle lock')));
  });
  const dora = await add('Dora’s tablet');
  await step('fresh', 'Dora joins from the snapshot and what came after it.', async () => {
    await people.pairDevices(anna, dora, [ben]);
    await Promise.all([...three, dora].map((device) => people.isInStep(device, 4)));
    await people.openRecord(dora, 'Car papers');
  });
  return step('compare', 'All four are opened anew, and compared.', () =>
    compare([...three, dora], kept),
  );
};

/** Makes and changes many records through the library, on the device of a page. */
const writeMany = (page: Page, prefix: string): Promise<readonly Acknowledged[]> =>
  page.evaluate((order) => window.handle?.write(order) ?? [], {
    prefix,
    records: RECORDS_EACH,
    edits: EDITS_EACH,
    characters: 120,
  });

const isEveryoneInStep = (count: number): boolean =>
  window.handle?.replica.view().sync.inStepCount === count;

/** Reads every device from its own store, with no other near. */
const compare = async (
  devices: readonly Device[],
  kept: readonly Acknowledged[],
): Promise<Outcome> => {
  const read = await Promise.all(
    devices.map(async (device) => {
      await device.shut();
      device.cable.cut();
      device.cable.mend();
      const page = await device.takeHandle();
      return page.evaluate(() => ({
        held: window.handle?.replica.inspect(),
        snapshot: window.handle?.replica.view().snapshots[0],
        records: window.handle?.records() ?? [],
      }));
    }),
  );
  const [first, , late, fresh] = read;
  const isLike = (other: (typeof read)[number] | undefined): boolean =>
    first?.held?.digest != null &&
    first.held.digest === other?.held?.digest &&
    first.held.base === other.held.base;
  const lost = read.map(({ records }) => {
    const texts = new Map(records.map((each) => [each.title, each.text]));
    return kept.filter((each) => texts.get(each.title) !== each.text).length;
  });
  return {
    digestsEqual: read.every(isLike),
    factsPruned: first?.snapshot?.factsPruned ?? 0,
    bytesReclaimed: first?.snapshot?.bytesFreed ?? 0,
    lateDeviceConverged: isLike(late),
    freshDeviceConverged: isLike(fresh),
    queuedEditsKept: read.every(({ records }) =>
      records.some(({ title }) => title === 'Written meanwhile'),
    ),
    acknowledgedLost: Math.max(...lost),
  };
};

/** Tells what stood on each screen when something did not come. */
const tellScreens = async (devices: readonly Device[]): Promise<void> => {
  for (const device of devices) {
    const text = await Promise.resolve()
      .then(() => device.page().locator('body').innerText({ timeout: 1_000 }))
      .catch(() => 'no page');
    process.stderr.write(`\n== ${device.name}\n${text}\n`);
  }
};

const tell = (outcome: Outcome | null): string => {
  if (outcome === null) return 'a step did not come to its end';
  const { factsPruned, bytesReclaimed, digestsEqual, acknowledgedLost } = outcome;
  const freed = `${factsPruned} facts let go, ${Math.round(bytesReclaimed / 1000)} kB freed`;
  return `${freed}, digests ${digestsEqual ? 'equal' : 'differ'}, ${acknowledgedLost} edits lost`;
};

const main = async (): Promise<void> => {
  const devices: Device[] = [];
  const app = await startHandledApp();
  const browser = await launchChromium();
  const startedMs = performance.now();
  let outcome: Outcome | null = null;
  try {
    outcome = await run(app, browser, devices);
  } catch (error) {
    process.stderr.write(`${String(error)}\n`);
    await tellScreens(devices);
  }
  const complaints = devices.flatMap((device) => device.complaints);
  for (const complaint of complaints) process.stderr.write(`${complaint}\n`);
  for (const device of devices) await device.discard();
  await browser.close();
  await app.discard();
  const seconds = sinceMs(startedMs) / 1000;
  const ok =
    outcome !== null &&
    complaints.length === 0 &&
    outcome.digestsEqual &&
    outcome.lateDeviceConverged &&
    outcome.freshDeviceConverged &&
    outcome.queuedEditsKept &&
    outcome.acknowledgedLost === 0 &&
    outcome.factsPruned >= PRUNED_MIN &&
    seconds < SECONDS_MAX;
  process.stdout.write(`${ok ? 'All of it held' : 'It did not hold'}, ${tell(outcome)}.\n`);
  if (process.argv.includes('--json')) {
    const all = { ok, devices: devices.length, seconds, steps, ...outcome };
    process.stdout.write(`${JSON.stringify(all)}\n`);
  }
  process.exitCode = ok ? 0 : 1;
};

await main();
