import { expect, it } from 'vitest';
import { LOADER_PIN, loaderPath } from '../../src/core/upgrades/loader-pin.js';
import { manifestHashOf } from '../../src/core/upgrades/manifest.js';
import { updates as updateWords } from '../../src/ui/words/en/later/updates.js';
import { layHostileHost } from './hostile-host.js';
import { loadersOf, makeNextLoader, takesOver } from './next-loader.js';
import { PATIENTLY } from './patience.js';
import * as people from './people.js';
import { askHost, bundleOf, isSettled, moveToNewer, newerWaits } from './releases.js';

const FIRST = loaderPath(LOADER_PIN.sha256);
const say = updateWords;
const { begun, lay } = layHostileHost({ sequence: 1, version: '0.1.0' });

it('[U6, U13] a device alone takes the loader of the bundle that its person moved to, and going back from that is no alarm', async () => {
  const { device, first } = begun();
  await people.createAccount(device);
  await people.isInstalled(device);
  const next = await makeNextLoader();
  const second = await lay({ sequence: 2, version: '0.2.0', brings: next.pin }, next.files);
  await people.goTo(device.page(), '#/updates');
  await newerWaits(device.page());
  expect(await loadersOf(device)).toEqual([FIRST, undefined]);
  await moveToNewer(device.page());
  expect(await bundleOf(device.page())).toBe(manifestHashOf(second));
  await expect.poll(() => loadersOf(device), PATIENTLY).toEqual([FIRST, next.path]);
  await takesOver(device, next.path);
  expect(await loadersOf(device)).toEqual([next.path, undefined]);

  const page = device.page();
  await people.goTo(page, '#/updates');
  await page.getByRole('button', { name: say.goBack, exact: true }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('textbox').fill('The old one was quicker.');
  const moved = page.waitForEvent('load');
  await dialog.getByRole('button', { name: say.reasons.rollBack.send, exact: true }).click();
  await moved;
  await isSettled(page);
  expect(await bundleOf(page)).toBe(manifestHashOf(first));
  // Whoever looks at the loader has looked once the host was asked for its script.
  const looked = device.context.waitForEvent('response', {
    predicate: (response) => response.url().includes(`${next.path}?`),
  });
  await askHost(page);
  await looked;
  await people.writeRecord(device, { title: 'Cellar', text: 'After all.' });
  await people.goTo(page, '#/updates');
  await page.getByText(say.upToDate).first().waitFor();
  expect(await page.getByText(say.loaderTitle).count()).toBe(0);
  expect(await loadersOf(device)).toEqual([next.path, undefined]);
  expect(device.complaints).toEqual([]);
});
