import { describe, expect, it } from 'vitest';
import { BENS_PHONE, PHONE, hex } from './fixtures/sample-parts.js';
import { stageGallery } from './gallery-stage.js';
import { judgeScreen } from './judging.js';

const DECISION = `#/decision/${hex('de')}`;

/** What a device cannot do itself, whom it reaches, and what it locks; opened by what names. */
const SCREENS: readonly { sample: string; hash: string; names: readonly RegExp[] }[] = [
  { sample: 'guest', hash: '#/pair', names: [] },
  { sample: 'guest', hash: '#/join/115GZ', names: [] },
  { sample: 'guest', hash: `#/devices/${BENS_PHONE}/remove`, names: [] },
  { sample: 'told-two', hash: '#/pair', names: [] },
  { sample: 'split', hash: '#/pair', names: [] },
  { sample: 'full', hash: '#/pair', names: [] },
  { sample: 'guest', hash: '#/publish', names: [] },
  { sample: 'paper-asked', hash: '#/', names: [] },
  { sample: 'paper-asked', hash: DECISION, names: [] },
  { sample: 'alone', hash: '#/', names: [/^Alone/] },
  { sample: 'unreachable', hash: '#/', names: [] },
  { sample: 'unreachable', hash: '#/', names: [/^Alone/] },
  { sample: 'no-connections', hash: '#/', names: [] },
  { sample: 'no-connections', hash: '#/', names: [/^Problem/] },
  { sample: 'trouble', hash: '#/', names: [/^Problem/] },
  { sample: 'app-locked', hash: '#/pair', names: [] },
  { sample: 'app-locked', hash: '#/recovery', names: [] },
  { sample: 'app-locked', hash: '#/more', names: [] },
];

/** How far a version may be on a device, and what may keep it from it. */
const VERSIONS = ['fetching', 'checking', 'switch-now', 'waves', 'declined', 'hard-offered'].concat(
  ['hard-early', 'no-loader', 'store-shipped'],
);

const stage = stageGallery();

describe('[P1] devices that may not do everything, or reach nobody', () => {
  it.each(SCREENS)('[P1] $sample at $hash, by $names: no fault', async (screen) => {
    await stage.open(screen.sample, screen.hash, screen.names);
    await judgeScreen(stage);
  });

  it.each(VERSIONS)('[P1] %s at #/updates: no fault', async (sample) => {
    await stage.open(sample, '#/updates');
    await judgeScreen(stage);
  });

  it('[F8, N9, P1] who may let devices in shows the code, admin or not', async () => {
    const { page } = stage;
    await stage.open('quiet', '#/pair');
    const show = page.getByRole('button', { name: 'Show the code' });
    await show.waitFor();
    expect(await show.getAttribute('aria-disabled')).toBeNull();
    expect(await page.getByRole('list', { name: 'How it goes' }).count()).toBe(1);
  });

  it.each([
    ['guest', /Do it on Anna’s laptop or Ben’s phone/, 'Devices'],
    ['told-two', /Its data was copied or put back/, null],
    ['split', /Two changes of the devices were both agreed to/, 'See both'],
    ['full', /Take out one that is no longer used/, 'Devices'],
  ])(
    '[F8, C8, P1] %s: no steps that lead nowhere, but who can and how',
    async (sample, told, to) => {
      const { page } = stage;
      await stage.open(sample, '#/pair');
      await page.getByText(told).waitFor();
      expect(await page.getByRole('list', { name: 'How it goes' }).count()).toBe(0);
      expect(await page.getByRole('button').filter({ hasText: /code/i }).count()).toBe(0);
      // Who comes back takes the place of another: there is room for it even where all is full.
      expect(await page.getByText('lost its data').count()).toBe(sample === 'full' ? 1 : 0);
      if (to !== null)
        await page.getByRole('main').getByRole('link', { name: to }).last().waitFor();
    },
  );

  it('[P5, P1] who cannot unlock finds the way back', async () => {
    const { page } = stage;
    await stage.open('app-locked', '#/pair');
    await page.getByRole('heading', { level: 1, name: 'Locked' }).waitFor();
    await page.getByRole('link', { name: 'Home', exact: true }).click();
    await page.getByRole('heading', { level: 1, name: 'All quiet.' }).waitFor();
  });

  it('[A5, P1] a key on paper is counted where yeses are, and told of as no device', async () => {
    const { page } = stage;
    await stage.open('paper-asked', DECISION);
    await page.getByRole('heading', { level: 1, name: 'Add a recovery key' }).waitFor();
    await page.getByText('3 and a recovery key').waitFor();
    await page.getByText('three of four say yes').waitFor();
    expect(await page.getByText('The new device gets everything').count()).toBe(0);
  });

  it('[F8, P1] what has to be asked elsewhere is said before it is asked', async () => {
    const { page } = stage;
    await stage.open('guest', `#/devices/${BENS_PHONE}/remove`);
    const dialog = page.getByRole('dialog');
    const send = dialog.getByRole('button', { name: 'Take it out' });
    expect(await send.getAttribute('aria-disabled')).toBe('true');
    await dialog.getByText('Only Anna’s laptop or Ben’s phone may ask for this.').waitFor();
    await stage.open('guest', `#/devices/${PHONE}/rename`);
    await page.getByRole('textbox').fill('Pocket');
    await page.getByText('Only Anna’s laptop or Ben’s phone may ask for this.').waitFor();
    await stage.open('quiet', `#/devices/${BENS_PHONE}/remove`);
    expect(await send.getAttribute('aria-disabled')).toBeNull();
  });
});
