import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import type { Device } from './device.js';
import * as disorder from './disorder.js';
import { setStage } from './journey-stage.js';
import * as people from './people.js';
import { bringWeather, CALM, setWeather, tollOf, type Weather } from './storm.js';

const STORM_MS = disorder.volume(10_000, 60_000);
const WEATHERS: readonly Weather[] = [
  CALM,
  { ...CALM, lost: 100 },
  { ...CALM, twice: 300 },
  { ...CALM, late: 200 },
  { lost: 50, twice: 100, late: 100, isCut: false },
  { ...CALM, isCut: true },
];
const stage = setStage();

describe('channels that lose, repeat and mix up what they carry', () => {
  it(
    '[F9, F10, N6, N8, S2, S6] three devices write and prune in a storm, and agree after it with nothing lost',
    async () => {
      const names = ['Alice phone', 'Bob phone', 'Carol laptop'];
      const devices: Device[] = [];
      for (const name of names) devices.push(await stage.add(name));
      const [alice, bob, carol] = devices as [Device, Device, Device];
      for (const [index, { context }] of devices.entries()) await bringWeather(context, index + 1);
      await people.createAccount(alice);
      await people.pairDevices(alice, bob);
      await people.pairDevices(alice, carol, [bob]);
      const stations = await Promise.all(
        devices.map(async (device) => {
          const ledger = disorder.createLedger();
          ledger.hear(device.context);
          const page = await device.takeHandle();
          await disorder.attend(page);
          return { page, ledger };
        }),
      );
      await Promise.all(stations.map(({ page }) => disorder.agrees(page, 3)));

      const chance = disorder.chanceOf('storm', 1);
      const endMs = performance.now() + STORM_MS;
      // Every device meets every weather, however slow the machine is.
      const isOver = (turn: number): boolean =>
        turn >= WEATHERS.length && performance.now() >= endMs;
      for (let turn = 0; !isOver(turn); turn += 1) {
        for (const [index, { page }] of stations.entries()) {
          await setWeather(page, WEATHERS[(turn + 2 * index) % WEATHERS.length] ?? CALM);
        }
        const orders = names.map((name) =>
          disorder.orderOf(`${name} ${turn}`, 1 + chance.below(5)),
        );
        await Promise.all(
          stations.map(({ page }, index) => disorder.live(page, orders[index] ?? orders[0]!)),
        );
      }
      const pages = stations.map(({ page }) => page);
      const tolls = await Promise.all(stations.map(({ page }) => tollOf(page)));
      for (const kind of ['lost', 'twice', 'late'] as const) {
        expect(Math.max(...tolls.map((toll) => toll[kind])), kind).toBeGreaterThan(0);
      }

      await Promise.all(stations.map(({ page }) => setWeather(page, CALM)));
      await Promise.all(stations.map(({ page }) => disorder.rests(page)));
      await Promise.all(stations.map(({ page }) => disorder.agrees(page, 3)));
      const isPruned = async (page: Page): Promise<boolean> =>
        (await disorder.lookAt(page)).index > 0;
      if (!(await isPruned(pages[0]!))) await disorder.agreeInCalm(pages);
      for (const page of pages) await disorder.hasPruned(page);
      const looks = await disorder.allAgree(pages);
      for (const [index, { ledger }] of stations.entries()) {
        expect(looks.flatMap(ledger.lost)).toEqual([]);
        expect(ledger.missing(looks[index]!)).toEqual([]);
      }
      expect(stations.flatMap(({ ledger }) => ledger.doubles())).toEqual([]);
      expect(Math.min(...looks.map(({ index }) => index))).toBeGreaterThan(0);
      expect(looks.flatMap(({ problems }) => problems)).toEqual([]);
    },
    disorder.TEST_MS_MAX,
  );
});
