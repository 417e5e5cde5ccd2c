import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import type { Device } from './device.js';
import * as disorder from './disorder.js';
import { setStage } from './journey-stage.js';
import { PATIENTLY } from './patience.js';
import * as people from './people.js';

const ROUNDS = disorder.volume(4, 20);
const TABS_MAX = 4;
const ACTS = 10_000;
const stage = setStage();

/** The tabs of one device that are alive. */
const createTabs = (device: Device) => {
  const open = new Set<Page>();
  const add = async (): Promise<void> => {
    const tab = await device.addTab();
    open.add(tab);
    tab.on('crash', () => open.delete(tab));
  };
  const isWriter = (tab: Page): Promise<boolean> =>
    tab.evaluate(() => window.handle?.isWriter() === true);
  return {
    all: () => [...open],
    fill: async (count: number): Promise<void> => {
      while (open.size < count) await add();
    },
    /** The one tab that holds the pen. Several may have asked: it goes on until each had it. */
    writer: async (): Promise<Page> => {
      let writers: readonly Page[] = [];
      const count = async (): Promise<number> => {
        const tabs = [...open];
        const answers = await Promise.all(tabs.map(isWriter));
        writers = tabs.filter((_, index) => answers[index]);
        return writers.length;
      };
      await expect.poll(count, PATIENTLY).toBe(1);
      return writers[0] as Page;
    },
    /** Resolves once a tab holds the pen; gives it. */
    nextWriter: (among: readonly Page[]): Promise<Page> =>
      Promise.any(
        among.map(async (tab) => {
          await tab.waitForFunction(() => window.handle?.isWriter() === true);
          return tab;
        }),
      ),
  };
};

/** Ends a tab's process as the system does when memory is short. */
const crash = async (device: Device, tab: Page): Promise<void> => {
  const session = await device.context.newCDPSession(tab);
  const gone = tab.waitForEvent('crash');
  void session.send('Page.crash').catch(() => undefined);
  await gone;
};

describe('one device in several tabs', () => {
  it(
    '[F1, F5, P5] passes the pen on when its writer dies or is asked for it; no seq is used twice',
    async () => {
      const alice = await stage.add('Alice phone');
      const bob = await stage.add('Bob phone');
      const ledger = disorder.createLedger();
      ledger.hear(alice.context);
      await people.createAccount(alice);
      await people.pairDevices(alice, bob);
      await people.isInStep(alice, 2);
      await alice.shut();
      const far = await bob.takeHandle();
      await disorder.attend(far);
      const tabs = createTabs(alice);

      for (let round = 1; round <= ROUNDS; round += 1) {
        const chance = disorder.chanceOf('tabs', round);
        await tabs.fill(2 + chance.below(TABS_MAX - 1));
        const writer = await tabs.writer();
        const struck = ledger.next('begins', null, 5 + chance.below(20));
        const life = disorder.live(writer, disorder.orderOf(`alice ${round}`, ACTS));
        await Promise.race([struck, life]);
        const isKilled = round % 2 === 1;
        if (isKilled) {
          await crash(alice, writer);
          await life.catch(() => undefined);
        }
        const waiting = tabs.all().filter((tab) => tab !== writer);
        if (waiting.length === 0) await tabs.fill(1);
        // Several people at once, each at a tab of its own, ask for the pen.
        const asking = waiting.slice(0, 1 + chance.below(waiting.length));
        await Promise.all(
          asking.map((tab) => tab.evaluate(() => window.handle?.replica.takeOver())),
        );
        await tabs.nextWriter(tabs.all().filter((tab) => isKilled || tab !== writer));
        if (!isKilled) await life;
      }

      const writer = await tabs.writer();
      await disorder.attend(writer);
      await Promise.all([writer, far].map(disorder.rests));
      const [here, there] = await disorder.allAgree([writer, far]);
      if (here === undefined || there === undefined) throw new Error('two were looked at');
      expect(ledger.titles().length).toBeGreaterThan(ROUNDS);
      expect(ledger.doubles()).toEqual([]);
      expect([...ledger.missing(here), ...ledger.lost(there)]).toEqual([]);
      expect([...here.problems, ...there.problems]).toEqual([]);
    },
    disorder.TEST_MS_MAX,
  );
});
