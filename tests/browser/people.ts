import type { Locator, Page } from 'playwright-core';
import { en } from '../../src/ui/words/en.js';
import { pair as pairWords } from '../../src/ui/words/en/later/pair.js';
import type { Device } from './device.js';

/** What people do on the screens, in the words that stand there. */

const button = (page: Page, name: string): Locator =>
  page.getByRole('button', { name, exact: true });
const field = (page: Page, name: string): Locator => page.getByLabel(name, { exact: true });
const heading = (page: Page, name: string): Locator =>
  page.getByRole('heading', { name, exact: true });

/** Goes to a place of the app as a link does, without loading it anew. */
export const goTo = (page: Page, hash: string): Promise<unknown> =>
  page.evaluate((place) => void (location.hash = place), hash);

/** Makes a new account on a device that has none. */
export const createAccount = async (device: Device): Promise<void> => {
  const page = await device.open();
  await button(page, en.welcome.create).click();
  await field(page, en.welcome.name).fill(device.name);
  await button(page, en.welcome.createNow).click();
  await heading(page, en.home.allQuiet).waitFor();
};

/** Shows a code, and gives what stands on the screen to be typed. */
export const showCode = async (device: Device): Promise<string> => {
  const page = device.page();
  await goTo(page, '#/pair');
  await button(page, pairWords.showCode).click();
  return (await page.locator('.groups').innerText()).trim();
};

/** Types a code and a name into a device that has no account. */
export const typeCode = async (device: Device, code: string): Promise<void> => {
  const page = await device.open();
  await page.getByRole('link', { name: en.welcome.join }).click();
  await field(page, pairWords.code).fill(code);
  await field(page, en.welcome.name).fill(device.name);
  await button(page, pairWords.joinNow).click();
};

/** The link of the code that a device shows, as its button copies it. */
export const copyLink = async (device: Device): Promise<string> => {
  const page = device.page();
  await device.context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await button(page, pairWords.copyLink).click();
  await button(page, pairWords.copied).waitFor();
  return page.evaluate(() => navigator.clipboard.readText());
};

/** The words that a newcomer's screen shows. */
export const readWords = async (newcomer: Device): Promise<readonly string[]> => {
  const list = newcomer.page().getByRole('list', { name: pairWords.compareLabel });
  await list.waitFor();
  return list.getByRole('listitem').allInnerTexts();
};

/** The newcomer's person says whether one of the inviter's sets is the same. */
export const sayWords = (newcomer: Device, areSame: boolean): Promise<void> =>
  button(newcomer.page(), areSame ? pairWords.same : pairWords.differ).click();

/** The sets that the inviter's screen shows to choose from. */
export const readChoices = async (inviter: Device): Promise<readonly string[]> => {
  const sets = inviter.page().getByRole('group', { name: pairWords.chooseLabel }).locator('.words');
  await sets.first().waitFor();
  return sets.allInnerTexts();
};

/** Chooses on the inviter's screen; throws where it does not offer these words. */
export const chooseWords = async (inviter: Device, words: readonly string[]): Promise<void> => {
  const sets = await readChoices(inviter);
  if (!sets.includes(words.join(' '))) throw new Error(`no set has ${words}: ${sets}`);
  await inviter.page().getByText(words.join(' '), { exact: true }).click();
  await button(inviter.page(), pairWords.choose).click();
};

/**
 * Lets a newcomer in by a code. `others` are asked on their Home; each says yes.
 *
 * Errors: throws when the words on the two screens are not the same.
 */
export const pairDevices = async (
  inviter: Device,
  newcomer: Device,
  others: readonly Device[] = [],
): Promise<readonly string[]> => {
  await typeCode(newcomer, await showCode(inviter));
  const shown = await readWords(newcomer);
  await chooseWords(inviter, shown);
  await sayWords(newcomer, true);
  for (const other of others) await sayYes(other, new RegExp(`^Add .*${newcomer.name}`));
  await leavePairing(inviter, newcomer);
  return shown;
};

/** Both put the pairing that is done away, and stand where its last button leads. */
export const leavePairing = async (inviter: Device, newcomer: Device): Promise<void> => {
  await button(newcomer.page(), en.common.toHome).click();
  await newcomer.page().waitForURL(/#\/$/);
  await button(inviter.page(), en.common.toDevices).click();
  await inviter.page().waitForURL(/#\/devices$/);
};

/** Finds a question on Home, opens it and approves. Gives the short code that stood there. */
export const sayYes = async (device: Device, title: RegExp): Promise<string> => {
  const page = device.page();
  await goTo(page, '#/');
  const card = page.getByRole('article', { name: title });
  await card.getByRole('link', { name: en.home.look }).click();
  await heading(page, en.common.compare).waitFor();
  const code = await readShortCode(page);
  await button(page, en.decision.approve).click();
  return code;
};

/** The four groups that are the same on every screen of one decision. */
export const readShortCode = async (page: Page): Promise<string> =>
  (await page.locator('.code .group').allInnerTexts()).join(' ');

/** Writes a record and waits until the screen says where it is kept. */
export const writeRecord = async (
  device: Device,
  record: { readonly title: string; readonly text: string; readonly label?: string },
): Promise<'saved' | 'shared' | 'queued'> => {
  const page = device.page();
  await goTo(page, '#/records/new');
  await field(page, en.records.fieldTitle).fill(record.title);
  await field(page, en.records.fieldText).fill(record.text);
  if (record.label !== undefined) {
    await field(page, en.records.fieldLabel).fill(record.label);
    await field(page, en.records.fieldLabel).press('Enter');
  }
  await button(page, en.records.save).click();
  await button(page, en.records.edit).waitFor();
  // Read in one go: what is saved here may be shared a moment later.
  const said = (await page.locator('div.state > .state').innerText()).trim();
  const states = ['saved', 'shared', 'queued'] as const;
  const state = states.find((each) => en.records.state[each] === said);
  if (state === undefined) throw new Error(`the screen says of where the record is kept: ${said}`);
  return state;
};

/** Waits until the device holds every file of the app, so that it opens without its host. */
export const isInstalled = async (device: Device): Promise<void> => {
  const page = device.page();
  await page.evaluate(async () => void (await navigator.serviceWorker.ready));
  await page.waitForFunction(() => navigator.serviceWorker.controller !== null);
};

/** Opens a record out of the list. */
export const openRecord = async (device: Device, title: string): Promise<void> => {
  const page = device.page();
  await goTo(page, '#/records');
  await page.getByRole('link', { name: title }).first().click();
  await button(page, en.records.edit).waitFor();
};

/** Proposes a snapshot, and gives the short code that the proposer's screen shows. */
export const proposeSnapshot = async (device: Device, comment: string): Promise<string> => {
  const page = device.page();
  await goTo(page, '#/snapshots');
  await button(page, en.snapshots.propose).click();
  await field(page, en.snapshots.comment).fill(comment);
  await button(page, en.snapshots.send).click();
  await heading(page, en.common.compare).waitFor();
  return readShortCode(page);
};

/** Waits until the pill says that a device agrees with so many devices, itself included. */
export const isInStep = (device: Device, count: number, of = count): Promise<void> =>
  device
    .page()
    .locator('button.pill')
    .filter({ hasText: `In step with ${count} of ${of}` })
    .first()
    .waitFor();

/** Waits until the list of snapshots names one as kept. */
export const holdsSnapshot = async (device: Device, index: number): Promise<void> => {
  const page = device.page();
  await goTo(page, '#/snapshots');
  await page.getByRole('button', { name: en.snapshots.nth(index) }).waitFor();
};
