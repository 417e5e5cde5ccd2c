import { describe, expect, it } from 'vitest';
import { PHONE as ME } from './fixtures/sample-parts.js';
import { stageGallery } from './gallery-stage.js';
import { PATIENTLY } from './patience.js';
import { findFaultsInLooks, findTightPlaces } from './screen-checks.js';

const stage = stageGallery();

/** Opens a sample, whose moment is 14:20 on a Saturday, with quiet hours already set. */
const openIn = async (fromMinute: number, untilMinute: number, sample: string): Promise<void> => {
  const text = JSON.stringify({ fromMinute, untilMinute, days: [6] });
  await stage.page.addInitScript(([key, value]) => localStorage.setItem(key, value), [
    `upkeep-quiet:${ME}`,
    text,
  ] as const);
  await stage.open(sample, '#/');
};
const atHome = () => stage.page.getByRole('link', { name: /Home/ });

describe('[P5] quiet hours', () => {
  it('[P5] are set on More, kept by this browser, and turned off again', async () => {
    const { page } = stage;
    await stage.open('needs-me', '#/more');
    await page.getByRole('button', { name: 'Set quiet hours' }).click();
    expect(await findFaultsInLooks(page)).toEqual([]);
    expect(await findTightPlaces(page)).toEqual([]);
    // Another width lays the screen out anew, with the form closed.
    await page.getByRole('button', { name: 'Set quiet hours' }).click();
    await page.getByLabel('From').fill('22:00');
    await page.getByLabel('To', { exact: true }).fill('22:00');
    await page.getByText('They would begin and end at the same time.').waitFor();
    await page.getByLabel('To', { exact: true }).fill('06:30');
    await page.getByRole('checkbox', { name: 'Sunday' }).click({ force: true });
    await page.getByRole('button', { name: 'Save' }).click();
    const told = page.getByText(/from 22:00 to 06:30/);
    await told.waitFor();
    await page.reload();
    await told.waitFor();
    expect(await findFaultsInLooks(page)).toEqual([]);
    await page.getByRole('button', { name: 'Turn off' }).click();
    await page.getByRole('button', { name: 'Set quiet hours' }).waitFor();
    expect(stage.complaints).toEqual([]);
  });

  it('[P5] what can wait stands on Home, and neither counts nor calls', async () => {
    const { page } = stage;
    await stage.open('needs-me', '#/');
    // What counts and calls is fetched after the first screen stands.
    await expect.poll(() => page.title(), PATIENTLY).toMatch(/^\(\d\) Upkeep$/);
    expect(await atHome().textContent()).toMatch(/\d/);
    await openIn(13 * 60, 17 * 60, 'needs-me');
    await page.reload();
    await page.getByText('Quiet until 17:00').waitFor();
    expect(await atHome().textContent()).not.toMatch(/\d/);
    expect(await page.title()).toBe('Upkeep');
    await page.getByRole('link', { name: 'Look and decide' }).waitFor();
    expect(await findFaultsInLooks(page)).toEqual([]);
    expect(await findTightPlaces(page)).toEqual([]);
  });

  it('[P5] what is attacked calls all the same', async () => {
    await openIn(13 * 60, 17 * 60, 'trouble');
    await stage.page.getByRole('alert').first().waitFor();
    await expect.poll(() => stage.page.title(), PATIENTLY).toMatch(/^\(\d\) Upkeep$/);
  });

  it('[P5] what came while it was quiet is told together when that is over', async () => {
    const { page } = stage;
    await openIn(12 * 60, 14 * 60 + 19, 'needs-me');
    await page.getByText('While it was quiet').waitFor();
    expect(await atHome().textContent()).toMatch(/\d/);
    expect(await findFaultsInLooks(page)).toEqual([]);
  });
});
