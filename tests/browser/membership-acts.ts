import type { Locator, Page } from 'playwright-core';
import { en } from '../../src/ui/words/en.js';
import { pair as pairWords } from '../../src/ui/words/en/later/pair.js';
import { recoveryKey } from '../../src/ui/words/en/later/recovery.js';
import type { Device } from './device.js';
import { goTo } from './people.js';

/** What people do about the devices of their account, in the words that stand there. */

const say = en.membership;
const button = (at: Page | Locator, name: string): Locator =>
  at.getByRole('button', { name, exact: true });
const field = (at: Page | Locator, name: string): Locator => at.getByLabel(name, { exact: true });
const link = (page: Page, name: string): Locator =>
  page.getByRole('link', { name, exact: true }).first();

/** Goes from Home to the code by hand, and shows it. */
export const tapToCode = async (inviter: Device): Promise<void> => {
  const page = inviter.page();
  await page.getByRole('navigation').getByRole('link', { name: en.common.devices }).click();
  await link(page, en.devices.add).click();
  await button(page, pairWords.showCode).click();
  await page.getByRole('img', { name: pairWords.qrLabel }).waitFor();
};

/** Holds the camera of a new device before the code, and joins by it. `hold` shows it the code. */
export const scanCode = async (newcomer: Device, hold: () => Promise<void>): Promise<void> => {
  const page = newcomer.page();
  await link(page, en.welcome.join).click();
  await button(page, pairWords.scan).click();
  await hold();
  await page.getByText(pairWords.codeGood).waitFor();
  await field(page, en.welcome.name).fill(newcomer.name);
  await button(page, pairWords.joinNow).click();
};

/** Types the code on a new device, key by key. */
export const typeCodeByHand = async (newcomer: Device, code: string): Promise<void> => {
  const page = newcomer.page();
  await link(page, en.welcome.join).click();
  await field(page, pairWords.code).click();
  await page.keyboard.type(code.replaceAll(/\s/g, '').toLowerCase());
  await page.getByText(pairWords.codeGood).waitFor();
  await field(page, en.welcome.name).fill(newcomer.name);
  await button(page, pairWords.joinNow).click();
};

/** Lets the two devices exchange two codes, as letters; they need no rendezvous for it. */
export const exchangeCodes = async (inviter: Device, newcomer: Device): Promise<void> => {
  await goTo(inviter.page(), '#/pair');
  await button(inviter.page(), pairWords.offlineStart).click();
  const page = newcomer.page();
  await link(page, en.welcome.join).click();
  await field(page, pairWords.code).fill(await readLetters(inviter));
  await field(page, en.welcome.name).fill(newcomer.name);
  await button(page, pairWords.joinNow).click();
  await field(inviter.page(), pairWords.otherLetters).fill(await readLetters(newcomer));
  await button(inviter.page(), pairWords.connect).click();
};

const readLetters = async (device: Device): Promise<string> => {
  const page = device.page();
  await page.getByText(pairWords.asLetters).click();
  return page.locator('[data-code=shown]').innerText();
};

/** Makes the key, writes its words down and shows that they were written down. */
export const makeRecoveryKey = async (device: Device): Promise<readonly string[]> => {
  const page = device.page();
  await goTo(page, '#/recovery');
  await button(page, recoveryKey.make).click();
  const list = page.getByRole('list', { name: recoveryKey.wordsLabel });
  await list.waitFor();
  const words = await list.locator('b').allInnerTexts();
  await button(page, recoveryKey.written).click();
  await enterWords(page, words);
  await page.getByText(recoveryKey.right).waitFor();
  return words;
};

/** Fills in the words that are asked for by their places. */
const enterWords = async (at: Page | Locator, words: readonly string[]): Promise<void> => {
  await button(at, recoveryKey.check).waitFor();
  for (const [index, word] of words.entries()) {
    const asked = field(at, recoveryKey.word(index));
    if ((await asked.count()) > 0) await asked.fill(word);
  }
  await button(at, recoveryKey.check).click();
};

/** Looks later whether the words are still at hand. */
export const checkRecoveryKey = async (device: Device, words: readonly string[]): Promise<void> => {
  const page = device.page();
  await goTo(page, '#/devices');
  await page.getByRole('link', { name: recoveryKey.title, exact: true }).click();
  await button(page, recoveryKey.checkDo).click();
  await enterWords(page.getByRole('dialog'), words);
  await page.getByText(recoveryKey.right).waitFor();
};

/** Signs with the key beside a device: takes a lost one out. Gives the number to compare. */
export const useRecoveryKey = async (
  device: Device,
  words: readonly string[],
  lost: Device,
): Promise<string> => {
  const page = device.page();
  await goTo(page, '#/recovery');
  await button(page, recoveryKey.useStart).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel(lost.name).check();
  await field(dialog, recoveryKey.secret).fill(words.join(' '));
  await button(dialog, recoveryKey.use).click();
  return readNumber(page);
};

/** The number that whoever says yes is asked for. */
const readNumber = async (page: Page): Promise<string> => {
  const card = page.getByRole('article', { name: say.danger.number });
  return (await card.locator('.number').innerText()).trim();
};

const openPageOf = async (device: Device, other: Device): Promise<Page> => {
  const page = device.page();
  await goTo(page, '#/devices');
  await page
    .getByRole('list', { name: en.devices.list })
    .getByRole('link', { name: other.name })
    .click();
  return page;
};

/** Says that a laptop was lost, and asks to take it out. Gives the number to compare. */
export const loseLaptop = async (device: Device, lost: Device): Promise<string> => {
  const page = await openPageOf(device, lost);
  await button(page, say.lostIt.laptop).click();
  await button(page.getByRole('dialog'), say.takeOut).click();
  return readNumber(page);
};

/** Asks to make another device the admin. Gives the number to compare. */
export const makeAdmin = async (device: Device, next: Device): Promise<string> => {
  const page = await openPageOf(device, next);
  await button(page, say.admin.make).click();
  await button(page.getByRole('dialog'), say.admin.send).click();
  return readNumber(page);
};

/** What stands on the screen of whoever said yes, while there is time to think. */
const WAITS = new RegExp(`^${say.danger.waitMine('.+', '.+').replaceAll(/[()]/g, '.')}$`);

/**
 * Opens a dangerous question from Home and says yes with a number, after wrong ones; the yes waits.
 */
export const sayYesWith = async (
  device: Device,
  title: RegExp,
  ...numbers: readonly string[]
): Promise<void> => {
  const page = device.page();
  await goTo(page, '#/');
  await page
    .getByRole('article', { name: title })
    .getByRole('link', { name: en.home.look })
    .click();
  await button(page, en.decision.approve).click();
  const dialog = page.getByRole('dialog');
  for (const [index, number] of numbers.entries()) {
    await field(dialog, say.danger.field).fill(number);
    await button(dialog, say.danger.approve).click();
    const isLast = index === numbers.length - 1;
    if (!isLast) await dialog.getByText(en.errors.command({ kind: 'match-wrong' })).waitFor();
  }
  await dialog.waitFor({ state: 'hidden' });
  await page.getByText(WAITS).waitFor();
  await page.getByText(en.decision.answer.yesWaits).waitFor();
};

/** Opens the devices again so much later, by the clock on the wall. */
export const reopenLater = async (devices: readonly Device[], byMs: number): Promise<void> => {
  for (const device of devices) {
    await device.shut();
    await device.context.addInitScript((ms) => {
      const Before = Date;
      const Later = class extends Before {
        constructor(...given: [] | [number]) {
          super(...((given.length === 0 ? [Before.now() + ms] : given) as [number]));
        }
        static override now(): number {
          return Before.now() + ms;
        }
      };
      globalThis.Date = Later as unknown as DateConstructor;
    }, byMs);
  }
  await Promise.all(devices.map((device) => device.open()));
};

/** Waits until a device is on the list of another no more. */
export const isTakenOut = async (device: Device, gone: Device): Promise<void> => {
  const page = device.page();
  await goTo(page, '#/devices');
  const list = page.getByRole('list', { name: en.devices.list });
  await list.waitFor();
  await list.getByRole('link', { name: gone.name }).waitFor({ state: 'detached' });
};

/** Waits until the list of a device marks another as the admin. */
export const isAdmin = async (device: Device, admin: Device): Promise<void> => {
  const page = device.page();
  await goTo(page, '#/devices');
  const row = page.getByRole('link', { name: admin.name });
  await row.filter({ hasText: en.devices.admin }).waitFor();
};
