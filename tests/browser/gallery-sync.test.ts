import { describe, expect, it } from 'vitest';
import { PEER_HASHES } from './fixtures/samples-sync.js';
import { stageGallery } from './gallery-stage.js';
import { judgeScreen } from './judging.js';
import { findFaultsInLooks } from './screen-checks.js';

/** Other devices as they were measured. */
const SCREENS: readonly { sample: string; hash: string; names: readonly RegExp[] }[] = [
  { sample: 'peers', hash: '#/peers', names: [] },
  { sample: 'no-peers', hash: '#/peers', names: [] },
  ...PEER_HASHES.map((hash) => ({ sample: 'peers', hash, names: [] })),
  { sample: 'no-peers', hash: PEER_HASHES[0] ?? '', names: [] },
];

const stage = stageGallery();

describe('[N5, P1] other devices on the screens', () => {
  it.each(SCREENS)('[P1] $sample at $hash: no fault', async ({ sample, hash, names }) => {
    await stage.open(sample, hash, names);
    await judgeScreen(stage);
  });

  it('[N5] the pill leads to a device, its figures and what moved them', async () => {
    const { page } = stage;
    await stage.open('peers', '#/', [/^Syncing/]);
    const sheet = page.getByRole('dialog', { name: 'Connection' });
    await sheet.getByRole('link', { name: /^Old tablet in the kitchen/u }).click();
    await sheet.waitFor({ state: 'hidden' });
    await page.getByRole('heading', { level: 1, name: 'Old tablet in the kitchen' }).waitFor();
    await page.getByText('33 of 100').waitFor();
    await page.getByText('Did not give in time what it said it holds, 4 times').waitFor();
    await page.getByText(/that is over in 11 minutes/u).waitFor();
    await page.getByText('Details').click();
    await page.getByText('carrierUpdate').waitFor();
    expect(await findFaultsInLooks(page)).toEqual([]);
  });
});
