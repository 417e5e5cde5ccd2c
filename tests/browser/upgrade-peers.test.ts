import { describe, expect, it } from 'vitest';
import { sha256Hex } from '../../src/core/base/hash.js';
import { PATIENTLY } from './patience.js';
import * as people from './people.js';
import { bundleOf, isSettled } from './releases.js';
import { offer, switchNow, take } from './upgrade-acts.js';
import { setUpgradeStage } from './upgrade-stage.js';

const { lay, deleteAll, devices, gather } = setUpgradeStage();

describe('an upgrade whose host is gone, in real browsers', () => {
  it('[U3, U6, N7] comes from the one device that has it, then from two; all switch, and start again with nothing but each other', async () => {
    await lay(1, '0.1.0');
    const [alice, bob, carol] = await gather();
    const words = 'more of it, '.repeat(30_000);
    const more = `export const more = '${words}';\n`;
    const second = await lay(2, '0.2.0', { 'assets/more.js': more });
    await offer(alice, 'More of it.');
    await take(alice);
    await deleteAll();

    for (const device of [bob, carol]) {
      await take(device);
      expect(await bundleOf(device.page())).not.toBe(second);
    }
    for (const device of [carol, bob, alice]) await switchNow(device);
    for (const device of devices) expect(await bundleOf(device.page())).toBe(second);
    await people.writeRecord(bob, { title: 'Boiler', text: 'Written by the new version.' });
    await people.openRecord(carol, 'Boiler');
    await carol.page().reload();
    await isSettled(carol.page());
    expect(await bundleOf(carol.page())).toBe(second);
    await people.openRecord(carol, 'Boiler');

    // A file of what runs is lost there: the others give it, and nobody has to ask for it.
    const place = `~code/${sha256Hex(new TextEncoder().encode(more))}`;
    const isKept = (): Promise<boolean> =>
      carol.page().evaluate(async (path) => {
        const kept = await (await caches.open('upkeep.code')).match(path);
        return kept !== undefined;
      }, place);
    // Once it is gone it may come back at any moment, also before anybody has looked.
    const wasKept = await carol
      .page()
      .evaluate(async (path) => (await caches.open('upkeep.code')).delete(path), place);
    expect(wasKept).toBe(true);
    await carol.page().reload();
    await expect.poll(isKept, PATIENTLY).toBe(true);
  });
});
