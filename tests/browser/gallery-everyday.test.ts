import { describe, expect, it } from 'vitest';
import { BENS_PHONE, LAPTOP, hex, records } from './fixtures/sample-parts.js';
import { READING_HASH } from './fixtures/samples-everyday.js';
import { stageGallery } from './gallery-stage.js';
import { PATIENTLY } from './patience.js';
import { judgeScreen } from './judging.js';
import { PHONE, WIDE, resizeTo } from './screen-checks.js';

const DECISION = `#/decision/${hex('de')}`;
const LAPTOP_HASH = `#/devices/${LAPTOP}`;
const LONG_TITLE_HASH = `#/records/${encodeURIComponent(records[0]?.key ?? '')}`;

/** Pairing, reading and writing: one screen after the other as people meet them. */
const SCREENS: readonly (readonly [sample: string, hash: string])[] = [
  ['empty', '#/pair'],
  ['empty', '#/join/115GZ'],
  ['inviting', '#/pair'],
  ['inviting-over', '#/pair'],
  ['offering', '#/pair'],
  ['answering', '#/'],
  ['seeking', '#/'],
  ['seeking-long', '#/'],
  ['compare-inviter', '#/pair'],
  ['compare-back', '#/pair'],
  ['waiting-back', '#/pair'],
  ['compare-confirmed', '#/'],
  ['pair-waiting', '#/pair'],
  ['pair-unheard', '#/'],
  ['pair-unheard-over', '#/'],
  ['receiving', '#/'],
  ['done-inviter', '#/pair'],
  ['done-newcomer', '#/pair'],
  ['failed-code', '#/'],
  ['failed-words', '#/'],
  ['failed-inviter', '#/pair'],
  ['reading', READING_HASH],
  ['past-kept', '#/snapshots'],
  ['snapshot-awaited', '#/'],
  ['snapshot-awaited', '#/snapshots'],
  ['quiet', LAPTOP_HASH],
  ['quiet', `${LAPTOP_HASH}/rename`],
  ['quiet', '#/propose'],
  ['late-edits', '#/records'],
  ['namesakes', DECISION],
  ['namesakes', '#/snapshots'],
  ['pair-namesakes', '#/pair'],
  ['long-names', '#/'],
  ['long-names', DECISION],
  ['long-names', '#/records'],
  ['long-names', LONG_TITLE_HASH],
  ['long-names', '#/devices'],
  ['long-names', `#/devices/${BENS_PHONE}`],
  ['ten-thousand', '#/records'],
  ['quiet', '#/try'],
];

/** What opens over a screen, or within it, by the buttons that lead there. */
const OPENED: readonly { sample: string; hash: string; names: readonly RegExp[] }[] = [
  { sample: 'needs-me', hash: DECISION, names: [/^Refuse/] },
  { sample: 'needs-me', hash: DECISION, names: [/^Add a comment/] },
  { sample: 'needs-me', hash: DECISION, names: [/^Details/] },
  { sample: 'needs-me', hash: DECISION, names: [/^Raw/] },
  { sample: 'quiet', hash: '#/snapshots', names: [/^Propose/] },
  { sample: 'quiet', hash: '#/snapshots', names: [/^Snapshot 12/] },
  { sample: 'namesakes', hash: '#/snapshots', names: [/^Snapshot 12/] },
  { sample: 'quiet', hash: '#/more', names: [/^Everything by name/] },
  { sample: 'waiting', hash: '#/', names: [/^Remind/] },
  { sample: 'quiet', hash: '#/', names: [/^In step/] },
  { sample: 'reading', hash: READING_HASH, names: [/^Remove/] },
  { sample: 'reading', hash: READING_HASH, names: [/^Edit/] },
  { sample: 'long-names', hash: LONG_TITLE_HASH, names: [/^Edit/] },
  { sample: 'reading', hash: READING_HASH, names: [/^How it came to be/] },
  { sample: 'empty', hash: '#/', names: [/^Create an account/] },
  { sample: 'formerly', hash: '#/', names: [/I only have/, /This was my only/] },
  { sample: 'snapshot-awaited', hash: '#/pair', names: [/Is it a device that was here/] },
  { sample: 'quiet', hash: '#/try', names: [/^Start again/] },
];

const stage = stageGallery();

describe('[P1] the screens of every day', () => {
  it.each(SCREENS)('[P1] %s at %s: no fault, in any look', async (sample, hash) => {
    await stage.open(sample, hash);
    await judgeScreen(stage);
  });

  it.each(OPENED)('[P1] $sample, opened by $names: no fault either', async (opened) => {
    await stage.open(opened.sample, opened.hash, opened.names);
    await judgeScreen(stage);
  });
});

/** More rows than any window and what lies just beyond it hold. */
const ROWS_MAX = 60;
const COUNT = 10_000;

/** How many of its own letters the narrowest of these is wide. */
const narrowest = (selector: string): Promise<number> =>
  stage.page.locator(selector).evaluateAll((all) =>
    Math.min(
      ...all.map((each) => {
        const { width } = each.getBoundingClientRect();
        return Math.floor(width / (Number.parseFloat(getComputedStyle(each).fontSize) / 2));
      }),
    ),
  );

describe('[P1] text at 200 %', () => {
  it.each([
    ['quiet', '#/', 'dd'],
    ['quiet', '#/records', 'li .title'],
    ['offered', '#/updates', 'ol .label'],
    ['trial', '#/updates', 'ol .label'],
    ['pair-waiting', '#/pair', 'ol .label'],
  ])('[P1] %s at %s leaves a word its width', async (sample, hash, selector) => {
    await stage.open(sample, hash);
    await stage.page.locator(selector).first().waitFor();
    await stage.page.evaluate(() =>
      document.documentElement.style.setProperty('font-size', '200%'),
    );
    await expect.poll(() => narrowest(selector), PATIENTLY).toBeGreaterThanOrEqual(5);
  });
});

/** Between two words that stand side by side. */
const SPACE_PX_MIN = 6;

describe('[P1] what frames the screens', () => {
  it('[P1] the bar of a phone keeps to one row with text at 200 %, and each word to its place', async () => {
    const { page } = stage;
    await stage.open('quiet', '#/');
    for (const width of [PHONE.width, 320]) {
      await resizeTo(page, { ...PHONE, width });
      for (const size of ['100%', '200%']) {
        await page.evaluate(
          (to) => document.documentElement.style.setProperty('font-size', to),
          size,
        );
        const boxes = await page
          .getByRole('navigation')
          .getByRole('link')
          .evaluateAll(
            (all, space) =>
              all.map((each) => {
                const { top, left, right } = each.getBoundingClientRect();
                const words = document.createRange();
                words.selectNodeContents(each);
                const { width } = words.getBoundingClientRect();
                return { top, left, right, isTight: width > right - left - space };
              }),
            SPACE_PX_MIN,
          );
        expect(boxes).toHaveLength(5);
        expect(new Set(boxes.map(({ top }) => top)).size).toBe(1);
        expect(boxes.filter(({ isTight }) => isTight)).toEqual([]);
        for (const [at, { left }] of boxes.entries()) {
          expect(left).toBeGreaterThanOrEqual(boxes[at - 1]?.right ?? 0);
        }
        expect(boxes.at(-1)?.right).toBeLessThanOrEqual(width);
      }
    }
  });

  it('[P1] nothing is left free below the words of a notice or a card without buttons', async () => {
    const { page } = stage;
    const empties = () => page.locator(':is(.actions, .acts):visible:not(:has(*))').count();
    await stage.open('uncounted', DECISION);
    await page.getByText('One more yes is enough').waitFor();
    expect(await empties()).toBe(0);
    const below = (text: string) =>
      page.getByText(text).evaluate((each) => {
        const frame = each.closest('.notice, .card');
        if (frame === null) throw new Error('it stands in a frame');
        const end = each.getBoundingClientRect().bottom;
        return frame.getBoundingClientRect().bottom - end;
      });
    expect(await below('One more yes is enough')).toBeLessThanOrEqual(16);
    await resizeTo(page, WIDE);
    await stage.open('uncounted', '#/');
    expect(await below('The yes of Ben’s phone does not count yet')).toBeLessThanOrEqual(18);
    await stage.open('quiet', '#/more');
    expect(await below('Details')).toBeLessThanOrEqual(8);
  });
});

describe('[P1] devices of one name', () => {
  const { open } = stage;
  const twice = (text: string | RegExp) =>
    expect.poll(() => stage.page.getByText(text).count(), PATIENTLY).toBe(2);

  it('[P1] each is told of, wherever something is said of both', async () => {
    await open('namesakes', DECISION);
    await twice('iPhone, 9 days; loses nothing');
    await open('namesakes', '#/snapshots');
    await twice(/^iPhone still needs it/);
    await open('namesakes', '#/snapshots', [/^Snapshot 12/]);
    await twice(/^iPhone let go of/);
    await open('pair-namesakes', '#/pair');
    await twice(/^iPhone$/);
    expect(stage.complaints).toEqual([]);
  });
});

describe('[P1] a list of ten thousand records', () => {
  const rows = () => stage.page.getByRole('list', { name: 'Records' }).getByRole('listitem');
  /** Where the rows in the page stand in the list, as a screen reader tells it. */
  const places = () =>
    rows().evaluateAll((all) => all.map((row) => Number(row.getAttribute('aria-posinset'))));
  const focused = () =>
    stage.page.evaluate(() => {
      const row = document.activeElement?.closest('li');
      const { top = -1, bottom = Infinity } = row?.getBoundingClientRect() ?? {};
      const place = Number(row?.getAttribute('aria-posinset'));
      return { place, isInSight: top >= 0 && bottom <= innerHeight };
    });

  it('[P1] draws few of them, and the last one by scrolling', async () => {
    await stage.open('ten-thousand', '#/records');
    expect(await rows().count()).toBeLessThan(ROWS_MAX);
    expect(await rows().first().getAttribute('aria-setsize')).toBe(String(COUNT));
    await stage.page.keyboard.press('End');
    await stage.page.getByText(`Record number ${COUNT}`, { exact: true }).waitFor();
    expect((await places()).at(-1)).toBe(COUNT);
    expect(await rows().count()).toBeLessThan(ROWS_MAX);
  });

  it('[P1] is walked through by keyboard, past what was drawn, down to its last', async () => {
    await stage.open('ten-thousand', '#/records');
    await rows().first().getByRole('link').focus();
    for (let step = 0; step < ROWS_MAX; step += 1) await stage.page.keyboard.press('Tab');
    await expect.poll(focused, PATIENTLY).toEqual({ place: ROWS_MAX + 1, isInSight: true });
    await stage.page.keyboard.press('End');
    await stage.page.getByText(`Record number ${COUNT}`, { exact: true }).waitFor();
    await rows().last().getByRole('link').focus();
    await stage.page.keyboard.press('Shift+Tab');
    await expect.poll(focused, PATIENTLY).toEqual({ place: COUNT - 1, isInSight: true });
  });

  it('[P1] is walked through as fast as keys come, before any scrolling is heard of', async () => {
    await stage.page.addInitScript(() => {
      addEventListener('scroll', (event) => event.stopImmediatePropagation(), { capture: true });
    });
    await stage.open('ten-thousand', '#/records');
    await rows().first().getByRole('link').focus();
    for (let step = 0; step < ROWS_MAX; step += 1) await stage.page.keyboard.press('Tab');
    expect(await focused()).toEqual({ place: ROWS_MAX + 1, isInSight: true });
    for (let step = 0; step < ROWS_MAX; step += 1) await stage.page.keyboard.press('Shift+Tab');
    expect(await focused()).toEqual({ place: 1, isInSight: true });
  });

  it('[P1] is searched whole: the last one is found, by words and with a label', async () => {
    await stage.open('ten-thousand', '#/records');
    await stage.page.getByRole('searchbox').fill(`number ${COUNT}`);
    await expect.poll(places, PATIENTLY).toEqual([1]);
    expect(await stage.page.getByRole('status').getByText('1 of').count()).toBe(1);
    await stage.page.getByRole('searchbox').fill('nowhere at all');
    await stage.page.getByRole('button', { name: 'Show all' }).click();
    await expect.poll(async () => (await places())[0], PATIENTLY).toBe(1);
    expect(await rows().first().getAttribute('aria-setsize')).toBe(String(COUNT));
  });
});
