import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { manifestHashOf } from '../../src/core/upgrades/manifest.js';
import { en } from '../../src/ui/words/en.js';
import { launchChromium } from './chromium.js';
import { startDevice, type Device } from './device.js';
import * as people from './people.js';
import { bundleOf, isSettled, keptSlots, layRelease } from './releases.js';
import { ensureBuild, startApp, type RunningApp } from './serve.js';
import { offer, switchButton, switchNow, take } from './upgrade-acts.js';

let browser: Browser;
let folder: string;
let app: RunningApp;
const devices: Device[] = [];

beforeAll(async () => {
  await ensureBuild();
  browser = await launchChromium();
  folder = await mkdtemp(join(tmpdir(), 'upkeep-upgrading-'));
});

afterAll(async () => {
  await Promise.all(devices.map((device) => device.discard()));
  await app.close();
  await browser.close();
  await rm(folder, { recursive: true, force: true });
});

const lay = async (sequence: number, version: string, files = {}): Promise<string> =>
  manifestHashOf(await layRelease(join(folder, 'app'), files, { sequence, version }));

const add = async (name: string): Promise<Device> => {
  const device = await startDevice(browser, app.port, name);
  devices.push(device);
  return device;
};

describe('an upgrade in real browsers', () => {
  it('[U2, U3, U4, U7, U11] is offered by one, waits for a second to check it, is switched to by both, and the third follows; one that throws is left by itself, and nobody takes it', async () => {
    const first = await lay(1, '0.1.0');
    app = await startApp({ root: join(folder, 'app') });
    const alice = await add('Alice phone');
    const bob = await add('Bob phone');
    const carol = await add('Carol laptop');
    await people.createAccount(alice);
    await people.pairDevices(alice, bob);
    await people.pairDevices(alice, carol, [bob]);
    for (const device of devices) {
      await people.isInstalled(device);
      await isSettled(device.page());
      await people.isInStep(device, 3);
    }

    const second = await lay(2, '0.2.0', { 'assets/more.js': 'export const more = 1;\n' });
    app.reload();
    await offer(alice, 'More of it.');
    await take(alice);
    expect(await switchButton(alice).isEnabled()).toBe(false);
    expect(await bundleOf(bob.page())).not.toBe(second);

    await take(bob);
    await switchNow(bob);
    await switchNow(alice);
    expect([await bundleOf(alice.page()), await bundleOf(bob.page())]).toEqual([second, second]);
    expect(first).not.toBe(second);

    await people.writeRecord(alice, { title: 'Boiler', text: 'Written by the new version.' });
    await people.openRecord(carol, 'Boiler');
    expect(await bundleOf(carol.page())).not.toBe(second);
    await take(carol);
    await switchNow(carol);
    expect(await bundleOf(carol.page())).toBe(second);
    await people.openRecord(carol, 'Boiler');

    // The next one throws as soon as it is opened.
    const html = await readFile(join(folder, 'app', 'index.html'), 'utf8');
    const third = await lay(3, '0.3.0', {
      'assets/early.js': "throw new Error('the list is empty');\n",
      'index.html': html.replace('</title>', '</title><script src="./assets/early.js"></script>'),
    });
    app.reload();
    await offer(alice, 'It shows the list first.');
    await take(alice);
    await take(bob);
    await switchButton(bob).click();
    await bob.page().getByText(en.updates.wentBackTitle).first().waitFor();
    expect(await bundleOf(bob.page())).toBe(second);
    const { history } = await keptSlots(bob.page());
    expect(history.at(-1)).toMatchObject({ outcome: 'rolled-back', isAutomatic: true });
    await people.openRecord(bob, 'Boiler');
    const refused = en.errors.upgradeBlocker({ kind: 'quarantined' });
    await alice.page().getByText(refused).first().waitFor();
    expect(await bundleOf(alice.page())).not.toBe(third);
    expect(devices.flatMap(({ complaints }) => complaints)).toEqual([
      expect.stringContaining('the list is empty'),
    ]);
  });
});
