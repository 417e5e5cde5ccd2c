import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LIMITS } from '../../src/core/base/limits.js';
import { en } from '../../src/ui/words/en.js';
import { pair as pairWords } from '../../src/ui/words/en/later/pair.js';
import { type CameraFilm, createFilm, readQr } from './camera-film.js';
import { launchChromium } from './chromium.js';
import { startDevice, type Device } from './device.js';
import * as disorder from './disorder.js';
import { setStage } from './journey-stage.js';
import * as acts from './membership-acts.js';
import * as hearing from './overhearing.js';
import * as people from './people.js';

/** By the clock on the wall, a little more than a dangerous change waits. */
const LATER_MS = LIMITS.dangerDelayMs + 10_000;
const BEFORE = 'The spare key hangs behind the blue barrel.';
const AFTER = 'The new alarm code is under the third stair.';
const stage = setStage();
let film: CameraFilm;
let browser: Browser;

beforeAll(async () => {
  film = await createFilm();
  browser = await launchChromium({ args: [...film.flags] });
});
afterAll(async () => {
  await browser.close();
  await film.discard();
});

/** Both look at the words; the newcomer is in, and both screens go on. */
const compareAndEnter = async (
  inviter: Device,
  newcomer: Device,
  others: readonly Device[] = [],
): Promise<void> => {
  await people.chooseWords(inviter, await people.readWords(newcomer));
  await people.sayWords(newcomer, true);
  for (const other of others) await people.sayYes(other, new RegExp(`^Add .*${newcomer.name}`));
  await newcomer.page().getByRole('button', { name: en.common.toHome }).click();
  await inviter.page().getByRole('button', { name: en.common.toDevices }).click();
};

/** The bytes of the rows of a store that hold a text. */
const rowsWith = async (device: Device, text: string): Promise<string> => {
  const rows = await hearing.readRows(device.page());
  return rows.flatMap(({ bytes }) => (bytes.includes(text) ? [bytes] : [])).join('\n');
};

const allRows = async (device: Device): Promise<string> =>
  (await hearing.readRows(device.page())).map(({ bytes }) => bytes).join('\n');

describe('the devices of an account', () => {
  it('[A2, A3, A4, A5, A8, A9, F8, N2, N3, N9] come by camera, by two codes and by typing; one is lost, another leads, and the key on paper helps', async () => {
    const alice = await stage.add('Alice phone');
    const bob = stage.adopt(await startDevice(browser, stage.app().port, 'Bob phone'));
    const carol = await stage.add('Carol laptop');
    const dave = await stage.add('Dave tablet');
    await bob.context.grantPermissions(['camera']);
    await hearing.overhear(carol);
    for (const device of [alice, bob, dave]) await hearing.countEffort(device);
    await people.createAccount(alice);
    const made = await hearing.readEffort(alice);

    // Bob's new phone looks at Alice's screen.
    await bob.open();
    await acts.tapToCode(alice);
    await acts.scanCode(bob, async () => film.show(await readQr(alice, pairWords.qrLabel)));
    await compareAndEnter(alice, bob);
    await people.isInStep(bob, 2);
    expect(await hearing.readEffort(bob)).toEqual({ taps: 5, keys: 0 });
    expect((await hearing.readEffort(alice)).taps - made.taps).toBe(6);

    // Carol's laptop comes while no rendezvous answers; Bob is asked over the line that stands.
    await carol.open();
    await people.isInstalled(carol);
    const three = [alice, bob, carol];
    for (const device of three) device.cable.cut();
    await acts.exchangeCodes(alice, carol);
    await compareAndEnter(alice, carol, [bob]);
    for (const device of three) device.cable.mend();
    for (const device of three) {
      await device.context.setOffline(true);
      await device.context.setOffline(false);
    }
    await Promise.all(three.map((device) => people.isInStep(device, 3)));

    // Dave's tablet has no camera.
    await dave.open();
    const before = await hearing.readEffort(alice);
    await people.goTo(alice.page(), '#/');
    await acts.tapToCode(alice);
    await acts.typeCodeByHand(dave, (await alice.page().locator('.groups').innerText()).trim());
    await compareAndEnter(alice, dave, [bob]);
    await people.isInStep(dave, 4);
    expect(await hearing.readEffort(dave)).toEqual({ taps: 5, keys: 16 });
    expect((await hearing.readEffort(alice)).taps - before.taps).toBe(6);

    // A key on paper, checked at once and again later.
    const words = await acts.makeRecoveryKey(alice);
    for (const device of [bob, dave]) await people.sayYes(device, /^Add a recovery key/);
    await acts.checkRecoveryKey(alice, words);
    await people.writeRecord(alice, { title: 'Spare key', text: BEFORE });
    await people.openRecord(carol, 'Spare key');
    expect(await hearing.readOverheard(carol)).toContain(BEFORE);
    expect(await rowsWith(carol, BEFORE)).not.toBe('');

    // Carol's laptop is lost: nothing happens before the time to think is over.
    await carol.shut();
    const number = await acts.loseLaptop(alice, carol);
    const wrong = number === '11' ? '12' : '11';
    await acts.sayYesWith(bob, /^Take .*Carol laptop/, wrong, number);
    await acts.sayYesWith(dave, /^Take .*Carol laptop/, number);
    await acts.reopenLater([alice, bob, dave], LATER_MS);
    await Promise.all([alice, bob, dave].map((device) => acts.isTakenOut(device, carol)));
    await Promise.all([alice, bob, dave].map((device) => people.isInStep(device, 3)));

    // Whoever finds it gets to know that it was taken out, and nothing of what is new.
    const known = await allRows(alice);
    await people.writeRecord(alice, { title: 'Alarm', text: AFTER });
    await Promise.all([bob, dave].map((device) => people.openRecord(device, 'Alarm')));
    const written = await rowsWith(alice, AFTER);
    await carol.open();
    await carol.page().getByRole('heading', { name: en.membership.removed.title }).waitFor();

    const next = await acts.makeAdmin(alice, bob);
    for (const device of [bob, dave]) await acts.sayYesWith(device, /^Change the admin/, next);
    await acts.reopenLater([alice, bob, dave], LATER_MS);
    await Promise.all([alice, bob, dave].map((device) => acts.isAdmin(device, bob)));

    // Dave's tablet is lost too: two are left, and three have to agree.
    await dave.shut();
    const last = await acts.useRecoveryKey(bob, words, dave);
    await acts.sayYesWith(alice, /^Take .*Dave tablet/, last);
    await acts.reopenLater([alice, bob], LATER_MS);
    await Promise.all([alice, bob].map((device) => acts.isTakenOut(device, dave)));
    await Promise.all([alice, bob].map((device) => people.isInStep(device, 2)));

    const pages = await Promise.all([alice, bob].map((device) => device.takeHandle()));
    await disorder.allAgree(pages);
    const [first, second] = await Promise.all(
      pages.map((page) => page.evaluate(() => window.handle?.replica.inspect())),
    );
    expect(first?.digest).toBeTruthy();
    expect(second).toEqual(first);

    // Whatever reached Bob shows that it would be seen; then nobody is left who could send anything.
    expect(hearing.findShared(await allRows(bob), written, known)).not.toEqual([]);
    for (const device of [alice, bob]) await device.shut();
    const reached = `${await hearing.readOverheard(carol)}\n${await allRows(carol)}`;
    expect(reached).toContain(BEFORE);
    expect(written).toContain(AFTER);
    expect(hearing.findShared(reached, written, known)).toEqual([]);
  });
});
