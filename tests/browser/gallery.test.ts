import { describe, expect, it } from 'vitest';
import { hex } from './fixtures/sample-parts.js';
import { stageGallery } from './gallery-stage.js';
import { judgeScreen } from './judging.js';
import { WIDE, findFaults, resizeTo } from './screen-checks.js';

const DECISION = `#/decision/${hex('de')}`;
const REMOVAL = `#/decision/${hex('de', 2)}`;
const RECORD = `#/records/${encodeURIComponent(`${hex('f6')}:0`)}`;

const SCREENS: readonly (readonly [sample: string, hash: string])[] = [
  ['empty', '#/'],
  ['opening', '#/'],
  ['elsewhere', '#/'],
  ['formerly', '#/'],
  ['formerly', '#/pair'],
  ['lost', '#/'],
  ['unopened', '#/'],
  ['unopened-newer', '#/'],
  ['locked', '#/'],
  ['comparing', '#/'],
  ['alone', '#/'],
  ['alone', '#/records'],
  ['alone', '#/devices'],
  ['alone', '#/snapshots'],
  ['alone', '#/activity'],
  ['quiet', '#/'],
  ['quiet', '#/records'],
  ['quiet', '#/records/new'],
  ['quiet', RECORD],
  ['quiet', '#/devices'],
  ['quiet', '#/pair'],
  ['quiet', '#/snapshots'],
  ['quiet', '#/activity'],
  ['quiet', '#/updates'],
  ['quiet', '#/more'],
  ['needs-me', '#/'],
  ['needs-me', DECISION],
  ['needs-me', REMOVAL],
  ['facts-missing', DECISION],
  ['differs', DECISION],
  ['waiting', '#/'],
  ['waiting', '#/updates'],
  ['completed', DECISION],
  ['refused', DECISION],
  ['turned-down', '#/'],
  ['turned-down', DECISION],
  ['joining', DECISION],
  ['fence', '#/'],
  ['trouble', '#/'],
  ['trouble', '#/more'],
  ['many', '#/'],
  ['many', DECISION],
  ['many', '#/devices'],
];

const stage = stageGallery();
const { open } = stage;

describe('[P1] every screen with every sample', () => {
  it.each(SCREENS)('[P1] %s at %s: no fault, in any look', async (sample, hash) => {
    await open(sample, hash);
    await judgeScreen(stage);
  });
});

describe('[P1] deciding', () => {
  it('[P1] Home leads to the decision, and a yes completes it before the eyes', async () => {
    await open('needs-me', '#/');
    await stage.page.getByRole('link', { name: 'Look and decide' }).click();
    await stage.page
      .getByRole('heading', { level: 1, name: /Tidy up the past three weeks/ })
      .waitFor();
    await stage.page.getByText('Same result here.').waitFor();
    await stage.page.getByRole('button', { name: 'Approve' }).click();
    await stage.page.getByText('Two said yes. It is done on this device.').waitFor();
    expect(await stage.page.getByRole('button', { name: 'Approve' }).count()).toBe(0);
  });

  it('[P1] a refusal asks for its reason first', async () => {
    await open('needs-me', DECISION);
    await stage.page.getByRole('button', { name: 'Refuse…' }).click();
    const dialog = stage.page.getByRole('dialog');
    const send = dialog.getByRole('button', { name: 'Refuse' });
    expect(await send.getAttribute('aria-disabled')).toBe('true');
    await dialog.getByText('Say in a few words why.').waitFor();
    await dialog.getByRole('textbox').fill('not before the audit');
    await send.click();
    await stage.page.getByText('You said no.').first().waitFor();
    await stage.page.getByText(/not before the audit/).waitFor();
  });

  it.each([
    ['facts-missing', '12 entries are still on their way. Then you can decide.'],
    ['differs', 'This device came to another result, so it must not agree.'],
  ])('[P1] %s: Approve does nothing and says why', async (sample, why) => {
    await open(sample, DECISION);
    const approve = stage.page.getByRole('button', { name: 'Approve' });
    expect(await approve.getAttribute('aria-disabled')).toBe('true');
    const id = (await approve.getAttribute('aria-describedby')) ?? '';
    expect(await stage.page.evaluate((at) => document.getElementById(at)?.textContent, id)).toBe(
      why,
    );
    await approve.click({ force: true });
    expect(await stage.page.getByText('You said yes.').count()).toBe(0);
  });

  it('[P1] who asked can take it back from Home', async () => {
    await open('waiting', '#/');
    await stage.page.getByRole('button', { name: 'Withdraw' }).click();
    await stage.page.getByText('Settled lately').waitFor();
    await stage.page.getByText('Withdrawn').waitFor();
  });

  it('[C3, P1] what too many refused asks nobody, says so, and can be taken back', async () => {
    const { page } = stage;
    await open('turned-down', '#/');
    await page.getByText('Settled lately').waitFor();
    expect(await page.getByText('Waiting for others').count()).toBe(0);
    await page.getByText('Turned down').click();
    await page.getByText('Too many said no').waitFor();
    await page.getByText(/Two said no.*it cannot come about any more/).waitFor();
    expect(await page.getByText('One more yes is enough').count()).toBe(0);
    await page.getByRole('button', { name: 'Withdraw' }).click();
    await page.getByText('Who asked has taken it back. Nothing was changed.').waitFor();
  });

  it('[P1] plain, details and raw are reached by arrow keys', async () => {
    await open('needs-me', DECISION);
    await stage.page.getByRole('tab', { name: 'Plain' }).focus();
    await stage.page.keyboard.press('ArrowRight');
    await stage.page.getByText('Identity epoch').waitFor();
    await stage.page.keyboard.press('End');
    await stage.page.getByText('Everything that this screen is made from').waitFor();
    expect(await stage.page.getByText('Digest proposed').count()).toBe(0);
  });
});

describe('[P1] the frame around the screens', () => {
  it('[P1] an address that nobody knows leads Home', async () => {
    await open('quiet', '#/decision/not-hex');
    await stage.page.getByRole('heading', { level: 1, name: 'All quiet.' }).waitFor();
  });

  it('[P1] who goes on before a screen has come finds each screen at its own place', async () => {
    const { page } = stage;
    let isAsked = (): void => undefined;
    const asked = new Promise<void>((resolve) => (isAsked = resolve));
    let letThrough = (): void => undefined;
    const held = new Promise<void>((resolve) => (letThrough = resolve));
    await page.route(/\/Devices-[^/]*\.js$/, async (route) => {
      isAsked();
      await held;
      await route.continue();
    });
    const goTo = (hash: string): Promise<void> =>
      page.evaluate((at) => void (location.hash = at), hash);
    await open('quiet', '#/');
    await goTo('#/devices');
    await asked;
    await goTo('#/updates');
    await page.getByRole('heading', { level: 1, name: 'Updates' }).waitFor();
    const came = page.waitForResponse(/\/Devices-[^/]*\.js$/);
    letThrough();
    await (await came).finished();
    await goTo('#/devices');
    await page.getByRole('heading', { level: 1, name: 'Devices' }).waitFor();
    await goTo('#/updates');
    await page.getByRole('heading', { level: 1, name: 'Updates' }).waitFor();
  });

  it('[P1] the pill opens the other devices, and Escape closes them', async () => {
    await open('trouble', '#/');
    await stage.page.getByRole('button', { name: 'Problem' }).click();
    const sheet = stage.page.getByRole('dialog', { name: 'Connection' });
    await sheet.getByText('out of reach; tried again by itself').waitFor();
    expect(await findFaults(stage.page)).toEqual([]);
    await stage.page.keyboard.press('Escape');
    await sheet.waitFor({ state: 'hidden' });
  });

  it('[P1, F9] where no room is left, what takes it is one touch away', async () => {
    await open('trouble', '#/');
    const alert = stage.page.getByRole('alert').filter({ hasText: 'No room left' });
    await alert.getByRole('link', { name: 'See what takes room' }).click();
    await stage.page.getByRole('heading', { level: 1, name: 'Files and room' }).waitFor();
  });

  it('[P1] another tab is taken over by one touch', async () => {
    await open('elsewhere', '#/');
    await stage.page.getByRole('button', { name: 'Use here' }).click();
    await stage.page.getByRole('navigation').waitFor();
  });

  it('[P1] a wide screen shows the queue and the decision side by side', async () => {
    await resizeTo(stage.page, WIDE);
    await open('needs-me', '#/');
    await stage.page.getByRole('heading', { level: 1, name: 'Needs you' }).waitFor();
    await stage.page.getByRole('button', { name: 'Approve' }).waitFor();
    expect(await stage.page.getByRole('link', { name: 'Back' }).count()).toBe(0);
  });

  it('[P1] the log is searched and filtered', async () => {
    await open('quiet', '#/activity');
    await stage.page.getByText('Trouble', { exact: true }).click();
    await stage.page.getByText('An entry of Ben’s phone was refused').waitFor();
    await stage.page.getByText('1 line', { exact: true }).waitFor();
    await stage.page.getByRole('searchbox').fill('zebra');
    await stage.page.getByText('Nothing like that').waitFor();
  });

  it('[P1] a proposal shows what would go before it is sent', async () => {
    await open('quiet', '#/snapshots');
    await stage.page.getByRole('button', { name: 'Propose a snapshot' }).click();
    const dialog = stage.page.getByRole('dialog');
    await dialog.getByText(/Up to 412 entries of the past would go/).waitFor();
    await dialog.getByText('2 of 3 devices have to say yes, this one included.').waitFor();
    await dialog.getByRole('button', { name: 'Propose' }).click();
    await stage.page.waitForURL(/#\/decision\/de/);
  });

  it('[P1] storage that may be forgotten is kept by one touch', async () => {
    await open('alone', '#/more');
    await stage.page.getByRole('button', { name: 'Keep it safe' }).click();
    await stage.page.getByText('The browser keeps this account until you remove it.').waitFor();
  });
});
