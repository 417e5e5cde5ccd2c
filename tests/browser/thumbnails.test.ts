import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { en } from '../../src/ui/words/en.js';
import type { Device } from './device.js';
import { setStage } from './journey-stage.js';
import * as people from './people.js';

const stage = setStage();

/** How wide the small picture is that stands in the record on screen, dotted or not. */
const widthOf = async (page: Page, place: string): Promise<number> => {
  const picture = page.locator(`.thumb${place} img`);
  await picture.waitFor();
  return picture.evaluate(async (image: HTMLImageElement) => {
    await image.decode();
    return image.naturalWidth;
  });
};

/** Whether its log says that this device made a false one. */
const isAccused = async (page: Page, who: string): Promise<boolean> => {
  await people.goTo(page, '#/activity');
  await page.getByRole('heading', { name: en.activity.title, exact: true }).waitFor();
  const line = { kind: 'shared-false', details: {} } as Parameters<typeof en.activity.line>[0];
  return page.getByText(en.activity.line(line, who)).first().isVisible();
};

/** Whose picture it is that the cache holds. */
const keptBy = async (device: Device): Promise<'own' | 'another’s' | 'nobody’s'> => {
  const page = await device.takeHandle('alone');
  return page.evaluate(async () => {
    const replica = window.handle?.replica;
    const [file] = replica?.view().records.flatMap(({ attachments }) => attachments) ?? [];
    const kept = await replica?.cache.get(`thumb:${file?.blob}`);
    if (!Array.isArray(kept)) return 'nobody’s';
    return kept.length === 1 ? 'own' : 'another’s';
  });
};

describe('small pictures in real browsers', () => {
  it('[K4] come dotted from who has the file, and are this device’s own once it has it', async () => {
    const alice = await stage.add('Alice phone');
    const bob = await stage.add('Bob phone');
    await people.createAccount(alice);
    await people.pairDevices(alice, bob);
    const settings = await bob.takeHandle();
    await settings.evaluate(() => window.handle?.replica.files.setPolicy('on-demand'));
    await bob.open();

    const buffer = await alice.page().screenshot();
    await people.writeRecord(alice, { title: 'Boiler', text: 'What stands on its label.' });
    const file = { name: 'label.png', mimeType: 'image/png', buffer };
    await alice.page().setInputFiles('input[type=file]', file);
    expect(await widthOf(alice.page(), ':not(.away)')).toBe(144);

    await people.openRecord(bob, 'Boiler');
    expect(await widthOf(bob.page(), '.away')).toBe(144);
    expect(await keptBy(bob)).toBe('another’s');

    const fetching = await bob.takeHandle();
    await fetching.evaluate(async () => {
      const replica = window.handle?.replica;
      const [made] = replica?.view().records.flatMap(({ attachments }) => attachments) ?? [];
      if (made !== undefined) await replica?.files.fetch(made.blob);
    });
    await fetching.waitForFunction((bytes) => {
      return window.handle?.replica.view().blobs.hereBytes === bytes;
    }, buffer.length);
    await bob.open();
    await people.openRecord(bob, 'Boiler');
    expect(await widthOf(bob.page(), ':not(.away)')).toBe(144);
    expect(await isAccused(bob.page(), alice.name)).toBe(false);
    expect(await keptBy(bob)).toBe('own');
  });
});
