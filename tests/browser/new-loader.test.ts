import { describe, expect, it } from 'vitest';
import { LIMITS } from '../../src/core/base/limits.js';
import { LOADER_PIN, loaderPath } from '../../src/core/upgrades/loader-pin.js';
import { en } from '../../src/ui/words/en.js';
import { updates as updateWords } from '../../src/ui/words/en/later/updates.js';
import type { Device } from './device.js';
import { instead } from './hostile-host.js';
import { reopenLater, sayYesWith } from './membership-acts.js';
import { loadersOf, makeNextLoader, takesOver } from './next-loader.js';
import { PATIENTLY } from './patience.js';
import * as people from './people.js';
import { askHost, bundleOf } from './releases.js';
import { makeBinding, offer, switchNow, take } from './upgrade-acts.js';
import { setUpgradeStage } from './upgrade-stage.js';

/** By the clock on the wall, a little more than a hard fork is announced for. */
const LATER_MS = LIMITS.hardForkNoticeMs + 60_000;
const FIRST = loaderPath(LOADER_PIN.sha256);

const { lay, gather, meddle, devices } = setUpgradeStage();
const say = updateWords.opener;

const isSaid = async (device: Device, text: string): Promise<void> => {
  await people.goTo(device.page(), '#/updates');
  await device.page().getByText(text).first().waitFor();
};

const isLocked = (device: Device): Promise<void> =>
  device.page().getByRole('heading', { name: en.stage.lockedTitle }).waitFor();

describe('a release with another loader, in real browsers', () => {
  it('[U6, U10, U13, A9] changes it once the devices made exactly that binding, and whatever else the host gives stays out', async () => {
    const first = await lay(1, '0.1.0');
    const next = await makeNextLoader();
    const [alice, bob, carol] = await gather();
    await people.writeRecord(carol, { title: 'Cellar', text: 'Under the first loader.' });

    const second = await lay(2, '0.2.0', next.files, { brings: next.pin });
    // The host has the former loader no more, as after any deployment of the new build.
    const bare = instead(`/${FIRST}`, '<!doctype html>');
    meddle(bare);
    await offer(alice, 'Another part that opens the app.', 'hard');
    for (const device of [alice, bob]) await take(device);
    for (const device of [bob, alice]) await switchNow(device);
    for (const device of [alice, bob]) {
      expect(await bundleOf(device.page())).toBe(second);
      expect(await loadersOf(device)).toEqual([FIRST, undefined]);
    }
    await sayYesWith(bob, /^Make version 0\.2\.0 binding/, await makeBinding(alice));

    const other = instead(`/${next.path}`, '// another one\n');
    meddle((path, response) => {
      if (path === `/${next.path}`) response.setHeader('content-type', 'text/javascript');
      return bare(path, response) || other(path, response);
    });
    await reopenLater([alice, bob, carol], LATER_MS);
    for (const device of [alice, bob, carol]) {
      await isSaid(device, say.fault.mismatch);
      expect(await loadersOf(device)).toEqual([FIRST, undefined]);
    }

    meddle(bare);
    for (const device of [alice, bob, carol]) {
      await askHost(device.page());
      await isSaid(device, say.comes);
      // It comes before it waits.
      await expect.poll(() => loadersOf(device), PATIENTLY).toEqual([FIRST, next.path]);
      await takesOver(device, next.path);
      await people.isInStep(device, 3);
      expect(await loadersOf(device)).toEqual([next.path, undefined]);
      await people.openRecord(device, 'Cellar');
    }
    // Carol’s bundle is the one before: the new loader gives that away, too, and then the new one.
    expect(await bundleOf(carol.page())).toBe(first);
    await askHost(carol.page());
    await take(carol);
    await switchNow(carol);
    expect(await bundleOf(carol.page())).toBe(second);
    await people.writeRecord(bob, { title: 'Attic', text: 'Under the next one.' });
    for (const device of devices) await people.openRecord(device, 'Attic');
    expect(devices.flatMap(({ complaints }) => complaints)).toEqual([]);

    meddle((path, response) => {
      if (path === `/${next.path}`) response.setHeader('content-type', 'text/javascript');
      return other(path, response);
    });
    await people.goTo(alice.page(), '#/');
    await askHost(alice.page());
    await isLocked(alice);
  });
});
