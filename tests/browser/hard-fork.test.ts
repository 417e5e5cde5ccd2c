import { describe, expect, it } from 'vitest';
import { LIMITS } from '../../src/core/base/limits.js';
import { updates as updateWords } from '../../src/ui/words/en/later/updates.js';
import { fenced } from '../../src/ui/words/en/later/fenced.js';
import type { Device } from './device.js';
import { reopenLater } from './membership-acts.js';
import * as people from './people.js';
import { bundleOf } from './releases.js';
import { bindTogether, isFencedOut, switchNow, take } from './upgrade-acts.js';
import { setUpgradeStage } from './upgrade-stage.js';

/** By the clock on the wall, a little more than a hard fork is announced for. */
const LATER_MS = LIMITS.hardForkNoticeMs + 60_000;

const { lay, devices, gather } = setUpgradeStage();

/** What stands in the list of a device, once what was written last among the others does. */
const titlesOn = async (device: Device): Promise<string> => {
  await people.goTo(device.page(), '#/records');
  await device.page().getByRole('link', { name: 'Boiler' }).waitFor();
  return device.page().locator('main').innerText();
};

describe('a hard fork in real browsers', () => {
  it('[U4, U5, A9, C9] binds a week after two asked for it; who stayed behind is refused, is told what to do, and comes back with what waited there', async () => {
    const first = await lay(1, '0.1.0');
    const [alice, bob, carol] = await gather();

    const second = await lay(
      2,
      '0.2.0',
      { 'assets/more.js': 'export const more = 1;\n' },
      { protocols: ['upkeep/1', 'upkeep/2'] },
    );
    await bindTogether(alice, bob, '0.2.0');

    // Carol goes away with it undone, and writes where there is no network.
    carol.cable.cut();
    await carol.open();
    await people.writeRecord(carol, { title: 'Cellar', text: 'Before she knew.' });
    await carol.shut();
    await reopenLater([alice, bob], LATER_MS);
    for (const device of [alice, bob]) {
      await people.goTo(device.page(), '#/updates');
      await device.page().getByText(updateWords.upToDate).first().waitFor();
    }
    await people.writeRecord(alice, { title: 'Boiler', text: 'In the new way.' });

    carol.cable.mend();
    await reopenLater([carol], LATER_MS);
    await isFencedOut(carol);
    const written = { title: 'Attic', text: 'Behind the fence.' };
    expect(await people.writeRecord(carol, written)).toBe('queued');
    await isFencedOut(carol);
    await carol.page().getByText(fenced.queued(1)).waitFor();
    for (const device of [alice, bob]) expect(await titlesOn(device)).not.toContain('Attic');
    expect(await bundleOf(carol.page())).toBe(first);

    await take(carol);
    await switchNow(carol);
    expect(await bundleOf(carol.page())).toBe(second);
    for (const device of [alice, bob]) {
      await people.openRecord(device, 'Attic');
      await people.openRecord(device, 'Cellar');
    }
    await people.openRecord(carol, 'Boiler');
    for (const device of devices) await people.isInStep(device, 3);
    expect(devices.flatMap(({ complaints }) => complaints)).toEqual([]);
  });
});
