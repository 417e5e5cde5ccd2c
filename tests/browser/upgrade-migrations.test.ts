import { describe, expect, it } from 'vitest';
import type { DeviceId } from '../../src/core/base/brands.js';
import { EMPTY_STATE } from '../../src/core/journal/state.js';
import { encodePayload } from '../../src/core/snapshots/payload.js';
import type { MigrationTrial, ReadinessView } from '../../src/replica/view.js';
import { updates as updateWords } from '../../src/ui/words/en/later/updates.js';
import type { Device } from './device.js';
import { PATIENTLY } from './patience.js';
import * as people from './people.js';
import { bundleOf, keptSlots } from './releases.js';
import { cardOf, offer, switchNow, take } from './upgrade-acts.js';
import { setUpgradeStage } from './upgrade-stage.js';

const { lay, devices, gather } = setUpgradeStage();
const say = updateWords;

const STARTED = "postMessage({ kind: 'started' });";
/** A state of nobody's records, as a script gives one back. */
const NOTHING = `new Uint8Array([${encodePayload(EMPTY_STATE).join()}])`;
const LOSES = `postMessage({ kind: 'done', format: 2, bytes: 1, back: ${NOTHING} });`;

/** What a candidate brings for being tried, and what its trial then shows. */
const CANDIDATES: readonly (readonly [text: string, outcome: MigrationTrial['outcome']])[] = [
  ["throw new Error('the list is empty');", 'breaks'],
  [`onmessage = () => { ${STARTED} for (;;); };`, 'hangs'],
  [`onmessage = () => { ${STARTED} ${LOSES} };`, 'breaks'],
];

const shown = (outcome: MigrationTrial['outcome']): MigrationTrial => ({
  ...{ outcome, from: 1, to: 2, lossy: [], durationMs: 0, bytes: 0 },
});

/** Downloads what is offered; the device finds by itself that it is not to be run. */
const takeInVain = async (
  device: Device,
  version: string,
  outcome: MigrationTrial['outcome'],
): Promise<void> => {
  await people.goTo(device.page(), '#/updates');
  const card = cardOf(device, version);
  await card.getByRole('button', { name: say.download, exact: true }).click();
  await card.getByText(say.triedHere(shown(outcome))).waitFor();
  await card.getByText(say.refusedTitle).waitFor();
};

/** The row of a device among those who may be ready, on the screen of another one. */
const isTold = async (on: Device, outcome: MigrationTrial['outcome']): Promise<void> => {
  const row: ReadinessView = {
    ...{ device: '' as DeviceId, verdict: 'rejected', reason: 'failed-migration', words: '' },
    ...{ trial: shown(outcome), atMs: null, version: null },
    ...{ isRunning: false, hasRolledBack: false },
  };
  const page = on.page();
  await people.goTo(page, '#/updates');
  await page.getByText(say.readiness(row)).first().waitFor();
};

describe('candidates whose migration is bad, in real browsers', () => {
  it('[U10, U12] throw, hang or lose records: no device calls itself ready, each says why, all are told, and nothing changes; a sound one follows', async () => {
    const first = await lay(1, '0.1.0');
    const [alice, bob, carol] = await gather();
    await people.writeRecord(alice, { title: 'Boiler', text: 'Turn the left valve.' });
    for (const device of [bob, carol]) await people.openRecord(device, 'Boiler');

    for (const [at, [text, outcome]] of CANDIDATES.entries()) {
      const version = `0.${at + 2}.0`;
      await lay(at + 2, version, { 'migration.js': text });
      await offer(alice, 'It keeps the records in another way.');
      await Promise.all([alice, bob].map((device) => takeInVain(device, version, outcome)));
      await isTold(carol, outcome);
      for (const device of [alice, bob]) {
        // What it refuses it shows at once, and lets go of in its own time.
        const held = async (): Promise<readonly unknown[]> => {
          const { a, b, active, trial, quarantined } = await keptSlots(device.page());
          const [runs, idle] = active === 'a' ? [a, b] : [b, a];
          return [runs?.manifest, idle, trial, quarantined];
        };
        await expect.poll(held, PATIENTLY).toEqual([first, null, null, []]);
      }
    }
    for (const device of devices) await people.openRecord(device, 'Boiler');

    const sound = await lay(5, '0.5.0', { 'assets/more.js': 'export const more = 1;\n' });
    await offer(alice, 'It keeps the records as they are.');
    for (const device of [alice, bob]) await take(device);
    for (const device of [alice, bob]) await switchNow(device);
    expect(await bundleOf(alice.page())).toBe(sound);
    await people.openRecord(alice, 'Boiler');
    expect(devices.flatMap(({ complaints }) => complaints)).toEqual([]);
  });
});
