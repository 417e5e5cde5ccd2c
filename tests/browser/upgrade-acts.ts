import type { Locator } from 'playwright-core';
import { en } from '../../src/ui/words/en.js';
import { updates as updateWords } from '../../src/ui/words/en/later/updates.js';
import type { Device } from './device.js';
import { sayYesWith } from './membership-acts.js';
import { goTo } from './people.js';
import { isSettled } from './releases.js';

/** What people do about the app's own versions, in the words that stand there. */

const say = updateWords;
const publish = await en.later.publish();
const button = (device: Device, name: string): Locator =>
  device.page().getByRole('button', { name, exact: true });

/** The button that switches to the version that lies here, checked. */
export const switchButton = (device: Device): Locator => button(device, say.switch);

/** The card of one version among those on Updates. */
export const cardOf = (device: Device, version: string): Locator => {
  const page = device.page();
  const name = page.getByRole('heading', { name: say.name(version) });
  return page.locator('[aria-labelledby^="upgrade-"]').filter({ has: name });
};

/** Puts what the host has to the others. */
export const offer = async (
  device: Device,
  notes: string,
  kind: 'soft' | 'hard' = 'soft',
): Promise<void> => {
  const page = device.page();
  await goTo(page, '#/publish');
  await button(device, publish.look).click();
  await page.getByLabel(publish.notes, { exact: true }).fill(notes);
  await page.getByLabel(publish.kinds[kind].label).check();
  await button(device, publish.send).click();
};

/** Fetches what is offered, until it lies there checked. */
export const take = async (device: Device): Promise<void> => {
  await goTo(device.page(), '#/updates');
  await button(device, say.download).click();
  await switchButton(device).waitFor();
};

/** Switches, and waits until the page that came after it is found to be well. */
export const switchNow = async (device: Device): Promise<void> => {
  const moved = device.page().waitForEvent('load');
  await switchButton(device).click();
  await moved;
  await isSettled(device.page());
};

/** Asks the others to make the version that runs here binding. Gives the number to compare. */
export const makeBinding = async (device: Device): Promise<string> => {
  const page = device.page();
  await goTo(page, '#/updates');
  await button(device, say.bind).click();
  await page.getByRole('dialog').getByRole('button', { name: say.bindDialog.send }).click();
  const card = page.getByRole('article', { name: en.membership.danger.number });
  return (await card.locator('.number').innerText()).trim();
};

/** Two devices take what the host has, run it, and ask for it to bind once its notice is over. */
export const bindTogether = async (one: Device, other: Device, version: string): Promise<void> => {
  await offer(one, 'Another way to speak with each other.', 'hard');
  for (const device of [one, other]) await take(device);
  for (const device of [other, one]) await switchNow(device);
  const asked = new RegExp(`^Make version ${version.replaceAll('.', '\\.')} binding`);
  await sayYesWith(other, asked, await makeBinding(one));
};

/** Home of a device that a hard fork left behind. */
export const isFencedOut = async (device: Device): Promise<void> => {
  await goTo(device.page(), '#/');
  const fenced = await en.later.fenced();
  await device.page().getByRole('heading', { name: fenced.title }).waitFor();
};
