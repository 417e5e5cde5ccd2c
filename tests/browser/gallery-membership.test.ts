import { describe, expect, it } from 'vitest';
import { BENS_PHONE, LAPTOP, PAPER, PHONE, hex } from './fixtures/sample-parts.js';
import { stageGallery } from './gallery-stage.js';
import { findFaultsInLooks, findTightPlaces } from './screen-checks.js';

const DECISION = `#/decision/${hex('de')}`;
const LAPTOP_PAGE = `#/devices/${LAPTOP}`;
const BENS_PAGE = `#/devices/${BENS_PHONE}`;

/** Who belongs, who decides, and what happens when something goes wrong; opened by what names. */
const SCREENS: readonly { sample: string; hash: string; names: readonly RegExp[] }[] = [
  { sample: 'quiet', hash: BENS_PAGE, names: [] },
  { sample: 'quiet', hash: `#/devices/${PHONE}`, names: [] },
  { sample: 'quiet', hash: `#/devices/${hex('99')}`, names: [] },
  { sample: 'with-paper', hash: `#/devices/${PAPER}`, names: [] },
  { sample: 'quiet', hash: BENS_PAGE, names: [/^I lost this phone/] },
  { sample: 'quiet', hash: `${LAPTOP_PAGE}/remove`, names: [] },
  { sample: 'quiet', hash: `${LAPTOP_PAGE}/rename`, names: [] },
  { sample: 'quiet', hash: `${BENS_PAGE}/rights`, names: [] },
  { sample: 'quiet', hash: `${BENS_PAGE}/admin`, names: [] },
  { sample: 'locking', hash: '#/devices', names: [] },
  { sample: 'quiet', hash: '#/rules', names: [] },
  { sample: 'quiet', hash: '#/rules', names: [/^Renew the keys/] },
  { sample: 'removal-asked', hash: '#/', names: [] },
  { sample: 'removal-asked', hash: DECISION, names: [] },
  { sample: 'removal-asked', hash: DECISION, names: [/^Approve/] },
  { sample: 'removal-asked', hash: DECISION, names: [/^Stop it/] },
  { sample: 'removal-mine', hash: DECISION, names: [] },
  { sample: 'removal-stopped', hash: DECISION, names: [] },
  { sample: 'rights-asked', hash: DECISION, names: [] },
  { sample: 'admin-asked', hash: DECISION, names: [] },
  { sample: 'keys-asked', hash: DECISION, names: [] },
  { sample: 'recovery-due', hash: '#/', names: [] },
  { sample: 'recovery-due', hash: '#/recovery', names: [] },
  { sample: 'recovery-due', hash: '#/recovery', names: [/^Make a/] },
  { sample: 'recovery-due', hash: '#/recovery', names: [/^Make a/, /^I have them/] },
  { sample: 'recovery-open', hash: '#/recovery', names: [] },
  { sample: 'recovery-there', hash: '#/', names: [] },
  { sample: 'recovery-there', hash: '#/recovery', names: [] },
  { sample: 'recovery-there', hash: '#/recovery', names: [/^Check it/] },
  { sample: 'recovery-elsewhere', hash: '#/recovery', names: [/^Check it/] },
  { sample: 'recovery-there', hash: '#/recovery', names: [/^Use the recovery key/] },
  { sample: 'removed', hash: '#/', names: [] },
  { sample: 'split', hash: '#/', names: [] },
  { sample: 'split', hash: '#/split', names: [] },
  { sample: 'split', hash: '#/split', names: [/^Bring them together/] },
  { sample: 'split-asked', hash: '#/split', names: [] },
  { sample: 'split-stuck', hash: '#/split', names: [] },
  { sample: 'merge-asked', hash: DECISION, names: [] },
];

const stage = stageGallery();

describe('[P1] the screens of membership', () => {
  it.each(SCREENS)('[P1] $sample at $hash, by $names: no fault', async (screen) => {
    await stage.open(screen.sample, screen.hash, screen.names);
    expect(await findFaultsInLooks(stage.page)).toEqual([]);
    expect(await findTightPlaces(stage.page)).toEqual([]);
    expect(stage.complaints).toEqual([]);
  });
});

describe('the recovery key', () => {
  it('[A5, P1] its words are shown, and three of them asked for before it is done', async () => {
    const { page } = stage;
    await stage.open('recovery-due', '#/');
    await page.getByRole('link', { name: 'Do it now' }).click();
    await page.getByRole('button', { name: 'Make a recovery key' }).click();
    const shown = page.getByRole('list', { name: 'The 24 words' }).locator('b');
    const words = await shown.allTextContents();
    expect(words).toHaveLength(24);
    await page.getByRole('button', { name: 'I have them' }).click();
    const fields = page.getByRole('textbox');
    for (const at of [0, 1, 2]) await fields.nth(at).fill('zebra');
    await page.getByRole('button', { name: 'Check' }).click();
    await page.getByText(/not the words at those places/).waitFor();
    for (const index of [3, 11, 19]) {
      await page.getByLabel(`Word ${index + 1}`, { exact: true }).fill(words[index] ?? '');
    }
    await page.getByRole('button', { name: 'Check' }).click();
    await page.getByText('All right. The words are at hand.').waitFor();
    expect(await page.getByText(words[0] ?? '', { exact: true }).count()).toBe(0);
  });
});

describe('two lists of devices', () => {
  it('[A3, P1] whoever agreed to both is named and goes, unless a person lets it stay', async () => {
    const { page } = stage;
    await stage.open('split', '#/split', [/^Bring them together/]);
    const dialog = page.getByRole('dialog');
    const ben = dialog.getByRole('checkbox', { name: 'Ben’s phone' });
    expect(await ben.isChecked()).toBe(true);
    await ben.uncheck();
    await dialog.getByRole('button', { name: 'Ask the others' }).click();
    await page.waitForURL(/#\/decision\//);
    await stage.open('split-stuck', '#/split');
    await page.getByText(/begin a new account/).waitFor();
    expect(await page.getByRole('button', { name: /^Bring/ }).count()).toBe(0);
  });
});

describe('a dangerous change', () => {
  it('[A9, P1] a yes asks for the number that the other screen shows', async () => {
    const { page } = stage;
    await stage.open('removal-asked', DECISION);
    await page.getByRole('button', { name: 'Approve' }).click();
    const dialog = page.getByRole('dialog');
    const approve = dialog.getByRole('button', { name: 'Approve' });
    expect(await approve.getAttribute('aria-disabled')).toBe('true');
    await dialog.getByRole('textbox').fill('12');
    await approve.click();
    await dialog.getByText(/not the number on the other screen/).waitFor();
    await dialog.getByRole('textbox').fill('47');
    await approve.click();
    await page.getByText('Two said yes. It is done on this device.').waitFor();
  });

  it('[A9, P1] whoever asked sees the number, and any other device can stop it', async () => {
    const { page } = stage;
    await stage.open('removal-mine', DECISION);
    await page.getByText('47', { exact: true }).waitFor();
    await stage.open('removal-asked', DECISION);
    expect(await page.getByText('47', { exact: true }).count()).toBe(0);
    await page.getByRole('button', { name: 'Stop it' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('textbox').fill('it lies under the sofa');
    await dialog.getByRole('button', { name: 'Stop it' }).click();
    await page.getByText('Anna’s phone stopped it. It does not happen.').waitFor();
  });

  it('[A5, P1] the admin’s device leaves only with a name for who comes after it', async () => {
    const { page } = stage;
    await stage.open('quiet', `${LAPTOP_PAGE}/remove`);
    const dialog = page.getByRole('dialog');
    const send = dialog.getByRole('button', { name: 'Take it out' });
    expect(await send.getAttribute('aria-disabled')).toBe('true');
    await dialog.getByRole('radio', { name: 'Ben’s phone' }).check();
    await send.click();
    await page.waitForURL(/#\/decision\//);
  });

  it('[A1, P1] a rule by which one lost device would lock the account is warned of', async () => {
    const { page } = stage;
    await stage.open('quiet', '#/rules');
    const title = page.getByText('One lost device would lock the account');
    expect(await title.count()).toBe(0);
    await page.getByRole('button', { name: 'One more' }).last().click();
    await title.waitFor();
    await page.getByRole('button', { name: 'Ask the others' }).click();
    await page.waitForURL(/#\/decision\//);
  });
});
