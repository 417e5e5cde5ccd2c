import { describe, expect, it } from 'vitest';
import { LAPTOP, hex } from './fixtures/sample-parts.js';
import { READING_HASH } from './fixtures/samples-everyday.js';
import { stageGallery } from './gallery-stage.js';
import { findFaultsInLooks, findTightPlaces } from './screen-checks.js';

const DECISION = `#/decision/${hex('de')}`;
const LAPTOP_HASH = `#/devices/${LAPTOP}`;

/** Pairing, reading and writing: one screen after the other as people meet them. */
const SCREENS: readonly (readonly [sample: string, hash: string])[] = [
  ['empty', '#/pair'],
  ['empty', '#/join/115GZ'],
  ['inviting', '#/pair'],
  ['inviting-over', '#/pair'],
  ['offering', '#/pair'],
  ['answering', '#/'],
  ['seeking-long', '#/'],
  ['compare-inviter', '#/pair'],
  ['compare-confirmed', '#/'],
  ['pair-waiting', '#/pair'],
  ['receiving', '#/'],
  ['done-inviter', '#/pair'],
  ['done-newcomer', '#/pair'],
  ['failed-code', '#/'],
  ['failed-words', '#/'],
  ['failed-inviter', '#/pair'],
  ['reading', READING_HASH],
  ['past-kept', '#/snapshots'],
  ['quiet', LAPTOP_HASH],
  ['quiet', `${LAPTOP_HASH}/rename`],
  ['quiet', '#/propose'],
  ['late-edits', '#/records'],
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
  { sample: 'quiet', hash: '#/more', names: [/^Everything by name/] },
  { sample: 'waiting', hash: '#/', names: [/^Remind/] },
  { sample: 'quiet', hash: '#/', names: [/^In step/] },
  { sample: 'reading', hash: READING_HASH, names: [/^Remove/] },
  { sample: 'reading', hash: READING_HASH, names: [/^Edit/] },
  { sample: 'reading', hash: READING_HASH, names: [/^How it came to be/] },
  { sample: 'empty', hash: '#/', names: [/^Create an account/] },
  { sample: 'quiet', hash: '#/try', names: [/^Start again/] },
];

const stage = stageGallery();

/** Judges what stands there now, in every look, by every measure. */
const judge = async (): Promise<void> => {
  expect(await findFaultsInLooks(stage.page)).toEqual([]);
  expect(await findTightPlaces(stage.page)).toEqual([]);
};

describe('[P1] the screens of every day', () => {
  it.each(SCREENS)('[P1] %s at %s: no fault, in any look', async (sample, hash) => {
    await stage.open(sample, hash);
    await judge();
  });

  it.each(OPENED)('[P1] $sample, opened by $names: no fault either', async (opened) => {
    await stage.open(opened.sample, opened.hash, opened.names);
    await judge();
  });
});
