import type { Locator } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { BENS_PHONE, LAPTOP, hex } from './fixtures/sample-parts.js';
import { READING_HASH } from './fixtures/samples-everyday.js';
import { FILES_HASH } from './fixtures/samples-files.js';
import { findFocusFaults } from './focus-walk.js';
import { stageGallery } from './gallery-stage.js';
import { PATIENTLY } from './patience.js';
import { WIDE, resizeTo } from './screen-checks.js';

const DECISION = `#/decision/${hex('de')}`;
const BENS_PAGE = `#/devices/${BENS_PHONE}`;

/** What opens a dialog, by the button at the end; the others lead there. */
const DIALOGS: readonly { sample: string; hash: string; names: readonly RegExp[] }[] = [
  { sample: 'quiet', hash: '#/', names: [/^In step/] },
  { sample: 'trouble', hash: '#/', names: [/^Problem/] },
  { sample: 'quiet', hash: '#/more', names: [/^Everything by name/] },
  { sample: 'needs-me', hash: DECISION, names: [/^Refuse/] },
  { sample: 'removal-asked', hash: DECISION, names: [/^Approve/] },
  { sample: 'removal-asked', hash: DECISION, names: [/^Stop it/] },
  { sample: 'quiet', hash: '#/snapshots', names: [/^Propose/] },
  { sample: 'reading', hash: READING_HASH, names: [/^Remove/] },
  { sample: 'reading', hash: READING_HASH, names: [/^How it came to be/] },
  { sample: 'files', hash: FILES_HASH, names: [/^IMG_2041/] },
  { sample: 'files', hash: FILES_HASH, names: [/^Bill May/, /^Remove$/] },
  { sample: 'quiet', hash: BENS_PAGE, names: [/^I lost this phone/] },
  { sample: 'quiet', hash: BENS_PAGE, names: [/^Change what it may do/] },
  { sample: 'quiet', hash: BENS_PAGE, names: [/^Make it the admin/] },
  { sample: 'quiet', hash: '#/rules', names: [/^Renew the keys/] },
  { sample: 'recovery-there', hash: '#/recovery', names: [/^Check it/] },
  { sample: 'recovery-there', hash: '#/recovery', names: [/^Use the recovery key/] },
  { sample: 'split', hash: '#/split', names: [/^Bring them together/] },
  { sample: 'quiet', hash: '#/leave', names: [/^Leave together/] },
  { sample: 'offered', hash: '#/updates', names: [/^Not now/] },
  { sample: 'up-to-date', hash: '#/updates', names: [/^Go back/] },
  { sample: 'hard-bind', hash: '#/updates', names: [/^Make it binding/] },
  { sample: 'quiet', hash: '#/try', names: [/^Start again/] },
];

const stage = stageGallery();
const hasFocus = (element: Locator): Promise<boolean> =>
  element.evaluate((each) => each === document.activeElement);

describe('[P1] dialogs by keyboard', () => {
  it.each(DIALOGS)(
    '[P1] $sample at $hash, by $names: keeps the focus, and gives it back to what opened it',
    async ({ sample, hash, names }) => {
      const { page } = stage;
      const before = names.slice(0, -1);
      await stage.open(sample, hash, before);
      const outer = page.getByRole('dialog');
      if (before.length > 0) await outer.waitFor();
      const around = before.length > 0 ? outer : page;
      const opener = around.getByRole('button', { name: names.at(-1) ?? /^/ }).last();
      await opener.focus();
      await page.keyboard.press('Enter');
      const dialogs = page.locator('dialog[open]');
      await expect.poll(() => dialogs.count(), PATIENTLY).toBe(before.length + 1);
      const inner = dialogs.last();
      await expect
        .poll(() => inner.evaluate((each) => each.contains(document.activeElement)), PATIENTLY)
        .toBe(true);
      expect(await findFocusFaults(page)).toEqual([]);
      await page.keyboard.press('Escape');
      await expect.poll(() => dialogs.count(), PATIENTLY).toBe(before.length);
      await expect.poll(() => hasFocus(opener), PATIENTLY).toBe(true);
    },
  );

  it('[P1] what is chosen by name is done by Enter, and the dialog is gone', async () => {
    const { page } = stage;
    await stage.open('quiet', '#/');
    await page.keyboard.press('Control+k');
    await page.getByRole('combobox').fill('device add');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'Add a device' }).waitFor();
    expect(await page.locator('dialog[open]').count()).toBe(0);
  });

  it('[P1] a link in a dialog leads out of it', async () => {
    const { page } = stage;
    await stage.open('trouble', '#/', [/^Problem/]);
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('link', { name: 'See what takes room' }).click();
    await page.getByRole('heading', { level: 1, name: 'Files and room' }).waitFor();
    await dialog.waitFor({ state: 'hidden' });
  });
});

/** What takes itself away when it is pressed, and where the focus is then. */
const STEPS: readonly (readonly [
  sample: string,
  hash: string,
  press: string,
  role: 'heading' | 'textbox',
  name: string,
])[] = [
  ['empty', '#/', 'Create an account', 'heading', 'Name this device'],
  ['recovery-due', '#/recovery', 'Make a recovery key', 'heading', 'These are the words'],
  ['needs-me', DECISION, 'Approve', 'heading', 'Tidy up the past three weeks'],
  ['needs-me', DECISION, 'Add a comment to your yes', 'textbox', 'Comment'],
  ['quiet', `#/devices/${LAPTOP}`, 'Rename', 'textbox', 'New name'],
  ['quiet', `#/devices/${LAPTOP}/rename`, 'Cancel', 'heading', 'Anna’s laptop'],
  ['reading', READING_HASH, 'Edit', 'heading', 'Edit record'],
  ['fence', '#/', 'Go on writing now', 'heading', 'Needs you'],
  ['alone', '#/more', 'Keep it safe', 'heading', 'More'],
  ['elsewhere', '#/', 'Use here', 'heading', 'All quiet.'],
];

describe('[P1] the place of whoever goes by keyboard', () => {
  it.each(STEPS)('[P1] %s at %s: %s leads on', async (sample, hash, press, role, name) => {
    const { page } = stage;
    await stage.open(sample, hash);
    await page.getByRole('button', { name: press, exact: true }).focus();
    await page.keyboard.press('Enter');
    const next = page.getByRole(role, { name, ...(role === 'heading' ? { level: 1 } : {}) });
    await next.waitFor();
    await expect.poll(() => hasFocus(next), PATIENTLY).toBe(true);
  });

  it('[P1] on a wide screen it stays beside the list', async () => {
    const { page } = stage;
    await stage.open('needs-me', DECISION);
    await resizeTo(page, WIDE);
    await page.getByRole('button', { name: 'Approve' }).focus();
    await page.keyboard.press('Enter');
    const title = page.getByRole('heading', { level: 1, name: /^Tidy up/ });
    await expect.poll(() => hasFocus(title), PATIENTLY).toBe(true);
  });
});
