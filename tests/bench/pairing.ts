import type { Browser } from 'playwright-core';
import { en } from '../../src/ui/words/en.js';
import { pair as pairWords } from '../../src/ui/words/en/later/pair.js';
import { createFilm, readQr, type CameraFilm } from '../browser/camera-film.js';
import { launchChromium } from '../browser/chromium.js';
import { startDevice, type Device } from '../browser/device.js';
import { scanCode, tapToCode } from '../browser/membership-acts.js';
import { countEffort, readEffort } from '../browser/overhearing.js';
import * as people from '../browser/people.js';
import { startApp } from '../browser/serve.js';
import { type Figure, below, figureOf, median, round, spread } from './figures.js';

const ROUNDS = 3;
const PERSON_MS_MAX = 60_000;

/**
 * What people need for each thing that they do, ms: to point, to press, to press a key, and to make
 * up one's mind, which is counted before every tap. Source: Card, Moran and Newell, The Psychology
 * of Human-Computer Interaction, 1983, the keystroke-level model. Words are read at 240 a minute.
 */
const PERSON = { point: 1_100, press: 200, key: 280, mind: 1_350, word: 250 };
/** Assumed, for no model knows them: to hold the camera still, and the letters of an address. */
const ASSUMED = { aimMs: 4_000, addressKeys: 20 };

interface Pairing {
  readonly taps: number;
  readonly keys: number;
  readonly words: number;
  readonly appMs: number;
}

/**
 * From a new phone in hand to two devices in step, by scanning: what the two people do is counted
 * on the real screens and priced by a model; what they wait for the app is measured.
 */
export const measurePairing = async (): Promise<readonly Figure[]> => {
  const film = await createFilm();
  const browser = await launchChromium({ args: [...film.flags] });
  const app = await startApp();
  try {
    const rounds: Pairing[] = [];
    for (let each = 0; each < ROUNDS; each += 1)
      rounds.push(await pairOnce(browser, app.port, film));
    return figuresOf(rounds);
  } finally {
    await browser.close();
    await app.close();
    await film.discard();
  }
};

const pairOnce = async (browser: Browser, port: number, film: CameraFilm): Promise<Pairing> => {
  const alice = await startDevice(browser, port, 'Alice phone');
  const bob = await startDevice(browser, port, 'Bob phone');
  try {
    await film.show(null);
    await bob.context.grantPermissions(['camera']);
    for (const device of [alice, bob]) await countEffort(device);
    await people.createAccount(alice);
    const before = await effortOf([alice]);
    const startMs = performance.now();
    await bob.open();
    await tapToCode(alice);
    await scanCode(bob, async () => film.show(await readQr(alice, pairWords.qrLabel)));
    const shown = await people.readWords(bob);
    const choices = await people.readChoices(alice);
    await people.chooseWords(alice, shown);
    await people.sayWords(bob, true);
    await bob.page().getByRole('button', { name: en.common.toHome }).click();
    await Promise.all([people.isInStep(bob, 2), people.isInStep(alice, 2)]);
    const appMs = performance.now() - startMs;
    const after = await effortOf([alice, bob]);
    const words = shown.length * (1 + choices.length);
    return { taps: after.taps - before.taps, keys: after.keys - before.keys, words, appMs };
  } finally {
    await Promise.all([alice, bob].map((device) => device.discard()));
  }
};

const effortOf = async (devices: readonly Device[]): Promise<{ taps: number; keys: number }> => {
  const efforts = await Promise.all(devices.map(readEffort));
  const sum = (pick: (effort: { taps: number; keys: number }) => number): number =>
    efforts.reduce((all, effort) => all + pick(effort), 0);
  return { taps: sum(({ taps }) => taps), keys: sum(({ keys }) => keys) };
};

const figuresOf = (rounds: readonly Pairing[]): readonly Figure[] => {
  const appMs = rounds.map((each) => each.appMs);
  const { taps = Number.NaN, keys = Number.NaN, words = Number.NaN } = rounds[0] ?? {};
  const typed = keys + ASSUMED.addressKeys;
  const personMs =
    taps * (PERSON.mind + PERSON.point + PERSON.press) +
    (typed * PERSON.key + words * PERSON.word + ASSUMED.aimMs);
  const told = `${taps} taps, ${typed} keys for the address, ${words} words read, one code scanned`;
  const priced = `by the keystroke-level model ${round(personMs / 1_000)} s`;
  const note = `${told}; ${priced}, and what the app took`;
  return [
    figureOf('pairing-app', 'ms', median(appMs), null, spread(appMs)),
    figureOf('pairing-person', 'ms', personMs + median(appMs), below(PERSON_MS_MAX), note),
  ];
};
