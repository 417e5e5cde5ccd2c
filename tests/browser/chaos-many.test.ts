import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import * as disorder from './disorder.js';
import { setStage } from './journey-stage.js';
import type { HandleSurface } from './pages/handle.js';

const DEVICES = disorder.volume(5, 16);
const RECORDS = 5;
const stage = setStage();

type Pairing = ReturnType<HandleSurface['replica']['view']>['pairing']['kind'];

const isAt = (page: Page, kind: Pairing): Promise<unknown> =>
  page.waitForFunction((wanted) => window.handle?.replica.view().pairing.kind === wanted, kind);

/** Lets a device in; whoever is a member already says yes by itself. */
const letIn = async (admin: Page, newcomer: Page, name: string): Promise<void> => {
  const code = await admin.evaluate(async () => {
    const replica = window.handle?.replica;
    await replica?.devices.invite();
    const pairing = replica?.view().pairing;
    return pairing?.kind === 'inviting' ? pairing.uri : '';
  });
  const join = { code, name };
  await newcomer.evaluate(
    (given) => window.handle?.replica.devices.join(given.code, given.name),
    join,
  );
  for (const page of [newcomer, admin]) await isAt(page, 'comparing');
  for (const page of [newcomer, admin]) {
    await page.evaluate(() => window.handle?.replica.devices.confirmWords(true));
  }
  for (const page of [newcomer, admin]) await isAt(page, 'done');
};

describe('an account of many devices in real browsers', () => {
  it(
    '[N5, F12, S6] all write at once, come in step, and prune together with nothing lost',
    async () => {
      const pages: Page[] = [];
      for (let index = 0; index < DEVICES; index += 1) {
        const name = `Device ${index + 1}`;
        const page = await (await stage.add(name)).takeHandle();
        const [admin] = pages;
        if (admin === undefined) {
          await page.evaluate((given) => window.handle?.replica.account.create(given), name);
        } else await letIn(admin, page, name);
        await disorder.attend(page);
        pages.push(page);
      }
      for (const page of pages) await disorder.agrees(page, DEVICES);

      const written = await Promise.all(
        pages.map((page, index) =>
          page.evaluate((order) => window.handle?.write(order), {
            ...{ prefix: `of ${index + 1}`, records: RECORDS, edits: 1, characters: 200 },
          }),
        ),
      );
      const titles = written.flatMap((each) => each ?? []).map(({ title }) => title);
      expect(titles).toHaveLength(DEVICES * RECORDS);
      for (const page of pages) await disorder.agrees(page, DEVICES);
      await pages[0]?.evaluate(() => window.handle?.acts.ask());
      for (const page of pages) await disorder.hasPruned(page);

      const looks = await disorder.allAgree(pages);
      for (const { records } of looks) {
        expect(records.map(({ title }) => title).sort()).toEqual([...titles].sort());
      }
      expect(looks.flatMap(({ problems }) => problems)).toEqual([]);
    },
    disorder.TEST_MS_MAX,
  );
});
