import { describe, expect, it } from 'vitest';
import { LIMITS } from '../../src/core/base/limits.js';
import { en } from '../../src/ui/words/en.js';
import { updates as updateWords } from '../../src/ui/words/en/later/updates.js';
import { fenced } from '../../src/ui/words/en/later/fenced.js';
import type { Device } from './device.js';
import { reopenLater } from './membership-acts.js';
import * as people from './people.js';
import { bundleOf, isBackAt } from './releases.js';
import { bindTogether, isFencedOut, switchButton, switchNow, take } from './upgrade-acts.js';
import { setUpgradeStage } from './upgrade-stage.js';

/** By the clock on the wall, a little more than a hard fork is announced for. */
const LATER_MS = LIMITS.hardForkNoticeMs + 60_000;
/** What breaks pages of one bundle on a device, as long as it lies there. */
const TROUBLE = 'trouble-of-this-device';

const { lay, devices, gather } = setUpgradeStage();
const say = updateWords;

/** From now on each page of that bundle fails on this device before it has come up. */
const breakPagesOf = async (device: Device, bundle: string): Promise<void> => {
  await device.context.addInitScript(
    ([key, hash]) => {
      document.addEventListener('readystatechange', () => {
        const kept = document.querySelector<HTMLMetaElement>('meta[name="upkeep-bundle"]');
        if (kept?.content === hash && localStorage.getItem(key) !== null) throw new Error(key);
      });
    },
    [TROUBLE, bundle] as const,
  );
  await device.page().evaluate((key) => localStorage.setItem(key, ''), TROUBLE);
};

describe('a version that binds and failed on a device', () => {
  it('[U4, U6, U7, C9] is tried again when its person says so, and brings what waited there; the recovery page is at hand', async () => {
    const first = await lay(1, '0.1.0');
    const [alice, bob, carol] = await gather();
    const more = { 'assets/more.js': 'export const more = 1;\n' };
    const second = await lay(2, '0.2.0', more, { protocols: ['upkeep/1', 'upkeep/2'] });
    await bindTogether(alice, bob, '0.2.0');
    await carol.shut();
    await reopenLater([alice, bob], LATER_MS);
    for (const device of [alice, bob]) {
      await people.goTo(device.page(), '#/updates');
      await device.page().getByText(say.upToDate).first().waitFor();
    }

    await reopenLater([carol], LATER_MS);
    await isFencedOut(carol);
    await people.writeRecord(carol, { title: 'Attic', text: 'Behind the fence.' });
    await take(carol);
    await breakPagesOf(carol, second);
    await switchButton(carol).click();
    await isBackAt(carol.page(), first);

    // Nothing else is offered on Updates either, and what opens without the app is at hand there.
    const page = carol.page();
    await people.goTo(page, '#/updates');
    await page.getByText(say.wentBackTitle).waitFor();
    expect(await page.getByText(say.upToDate, { exact: true }).count()).toBe(0);
    await page.getByText(say.noOpening).click();
    await page.getByRole('link', { name: en.stage.recovery }).click();
    await page.getByRole('heading', { name: 'Recovery', exact: true }).waitFor();
    await page.getByRole('button', { name: 'Try again' }).click();

    await isFencedOut(carol);
    await page.getByText(fenced.againHint).waitFor();
    await page.evaluate((key) => localStorage.removeItem(key), TROUBLE);
    await page.getByRole('button', { name: say.again, exact: true }).click();
    await switchButton(carol).waitFor();
    await switchNow(carol);
    expect(await bundleOf(page)).toBe(second);
    await people.goTo(page, '#/');
    await page.getByRole('heading', { name: en.home.allQuiet }).waitFor();
    for (const device of [alice, bob]) await people.openRecord(device, 'Attic');
    for (const device of devices) await people.isInStep(device, 3);
    const isExpected = (each: string): boolean => each.includes(TROUBLE);
    expect(carol.complaints.some(isExpected)).toBe(true);
    const others = devices.flatMap(({ complaints }) => complaints);
    expect(others.filter((each) => !isExpected(each))).toEqual([]);
  });
});
