import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { encodeCanonical } from '../../src/core/base/canonical.js';
import { compareText } from '../../src/core/base/ordering.js';
import {
  type BundleFile,
  type Manifest,
  type ManifestError,
  encodeManifest,
  manifestHashOf,
} from '../../src/core/upgrades/manifest.js';
import type { ReleaseFault } from '../../src/core/upgrades/release-check.js';
import type { OfferFault } from '../../src/ports/bundles.js';
import { en } from '../../src/ui/words/en.js';
import { updates as updateWords } from '../../src/ui/words/en/later/updates.js';
import { type Meddling, drip, instead, layHostileHost, neverEnd } from './hostile-host.js';
import type { Device } from './device.js';
import * as people from './people.js';
import { bundleOf, isSettled, keptSlots } from './releases.js';
import { cardOf, offer, switchNow } from './upgrade-acts.js';

const say = updateWords;
const publish = await en.later.publish();
const NUMBER = 5;

const ground = layHostileHost({ sequence: NUMBER, version: '0.5.0' });
const { root, lay } = ground;
const meddleBy = ground.meddle;
let device: Device;
let page: Page;
let first: Manifest;

beforeAll(async () => {
  ({ device, first } = ground.begun());
  await people.createAccount(device);
  await people.isInstalled(device);
  // Of a page that its loader gave away.
  page = await device.open();
  await page.getByRole('link', { name: en.common.updates }).first().waitFor();
});

/** What runs is what ran before, and nothing else was made ready to run. */
const isUntouched = async (): Promise<void> => {
  expect(await bundleOf(page)).toBe(manifestHashOf(first));
  const { a, b, active, trial } = await keptSlots(page);
  expect([active === 'a' ? a?.stage : b?.stage, trial]).toEqual(['good', null]);
  expect([null, undefined, 'staging']).toContain(active === 'a' ? b?.stage : a?.stage);
};

type Attack = readonly [title: string, attack: () => Promise<unknown>, words: string];

const noOffer = (kind: OfferFault['kind']): string =>
  en.errors.command({ kind: 'no-offer', fault: { kind } });
const badManifest = (error: ManifestError): string =>
  en.errors.command({ kind: 'bad-manifest', error });
const badRelease = (fault: ReleaseFault): string => en.errors.releaseFault(fault);
const MALFORMED = badManifest({ kind: 'malformed', field: '' });

/** The next release, with its manifest changed. */
const told = (changes: (files: readonly BundleFile[]) => Partial<Manifest>) => async () =>
  lay({ sequence: NUMBER + 1, version: '0.6.0', ...changes(first.files) });
const withPath = (path: string) =>
  told(([some, ...files]) => ({
    files: [...files, { ...some!, path }].sort((one, other) => compareText(one.path, other.path)),
  }));
const bad = (path: string): string => badManifest({ kind: 'bad-path', path });
const asManifest = (bytes: Uint8Array | string) => async () =>
  meddleBy(instead('/release.cbor', bytes));

const LOOKS: readonly Attack[] = [
  [
    'a manifest that never ends',
    async () => meddleBy((path, to) => path === '/release.cbor' && neverEnd(to)),
    noOffer('too-large'),
  ],
  [
    'no word at all, and holds the line',
    async () => meddleBy((path) => path === '/release.cbor'),
    noOffer('unreachable'),
  ],
  [
    'a byte a second, without end',
    async () => meddleBy((path, to) => path === '/release.cbor' && drip(to)),
    noOffer('unreachable'),
  ],
  [
    'half a manifest',
    async () => {
      const bytes = await readFile(join(root(), 'release.cbor'));
      meddleBy(instead('/release.cbor', bytes.subarray(0, bytes.length / 2)));
    },
    badManifest({ kind: 'not-canonical' }),
  ],
  ['a page for a manifest', asManifest('<!doctype html>'), badManifest({ kind: 'not-canonical' })],
  [
    'another kind of thing for a manifest',
    asManifest(encodeCanonical({ kind: 'record' })),
    MALFORMED,
  ],
  [
    'nothing where it was',
    async () =>
      meddleBy((_, response) => {
        response.writeHead(404).end();
        return true;
      }),
    noOffer('missing'),
  ],
  ['a path that leaves the bundle', withPath('../x.js'), bad('../x.js')],
  ['a hidden path', withPath('.git/config'), bad('.git/config')],
  ['a path to be decoded', withPath('assets/%2e%2e/x.js'), bad('assets/%2e%2e/x.js')],
  ['a loader of its own', withPath('sw.js'), bad('sw.js')],
  [
    'a new loader that is none',
    told(([some]) => ({ brings: { version: 1, sha256: some!.sha256 } })),
    MALFORMED,
  ],
  ['one path twice', told((files) => ({ files: [files[0]!, ...files] })), MALFORMED],
  [
    'no page to open',
    told((files) => ({ files: files.filter(({ path }) => path !== 'index.html') })),
    badManifest({ kind: 'no-entry-page' }),
  ],
  [
    'files of more bytes than a version may have',
    told((files) => ({ files: files.map((each) => ({ ...each, bytes: 16 * 1024 * 1024 })) })),
    badManifest({ kind: 'too-large', bytes: 0, bytesMax: 0 }),
  ],
  [
    'a version that is none',
    told(() => ({ version: '6.0.x' })),
    badManifest({ kind: 'bad-version', version: '6.0.x' }),
  ],
  [
    'an end before its beginning',
    told(() => ({ notBefore: 2_000, expires: 1_000 })),
    badManifest({ kind: 'never-valid' }),
  ],
  [
    'another app',
    told(() => ({ package: 'downkeep' })),
    badRelease({ kind: 'other-package', package: 'downkeep' }),
  ],
  [
    'a need for a newer loader',
    told(() => ({ loader: 99 })),
    badRelease({ kind: 'newer-loader', loader: 99 }),
  ],
  [
    'what cannot read the snapshots of the account',
    told(() => ({ fold: 0 })),
    badRelease({ kind: 'older-fold', fold: 0 }),
  ],
  [
    'a dependency that is not there',
    told(() => ({ dependencies: [{ package: 'units', version: '1.0.0' }] })),
    badRelease({ kind: 'unknown-dependency', package: 'units' }),
  ],
  [
    'a release before the one that runs',
    told(() => ({ sequence: NUMBER - 1 })),
    badRelease({ kind: 'older-release', sequence: NUMBER - 1, floor: NUMBER }),
  ],
  [
    'an older version under a higher number',
    told(() => ({ version: '0.4.9' })),
    badRelease({ kind: 'older-version', version: '0.4.9', floor: '0.5.0' }),
  ],
  [
    'other files under the number that runs',
    () => lay({ sequence: NUMBER, version: '0.5.1' }, { 'assets/other.js': '// other\n' }),
    badRelease({ kind: 'two-of-one-sequence', sequence: NUMBER }),
  ],
  [
    'what is over',
    told(() => ({ expires: 1_700_000_000_000 })),
    badRelease({ kind: 'expired', expires: 1_700_000_000_000 }),
  ],
  [
    'what is not yet',
    told(() => ({ notBefore: 4_000_000_000_000 })),
    badRelease({ kind: 'not-yet-valid', notBefore: 4_000_000_000_000 }),
  ],
];

const look = async (): Promise<void> => {
  // What was said of the host before goes with its screen.
  await people.goTo(page, '#/more');
  await page.getByRole('heading', { level: 1, name: en.common.more }).waitFor();
  await people.goTo(page, '#/publish');
  await page.getByRole('button', { name: publish.look, exact: true }).click();
};

describe('a hostile host that is looked at', () => {
  it.each(LOOKS)('[U2, U10, U13] gives %s, and the app says so', async (_, attack, words) => {
    meddleBy(null);
    await attack();
    await look();
    await page.getByText(words).first().waitFor();
    expect(await page.getByRole('button', { name: publish.send, exact: true }).count()).toBe(0);
    await isUntouched();
  });
});

type FileAttack = readonly [
  title: string,
  reason: 'mismatch' | 'unreachable',
  (path: string) => Meddling,
];
const FILES: readonly FileAttack[] = [
  ['other bytes', 'mismatch', (path) => instead(path, `// ${path.slice(1)} but other\n`)],
  ['a file cut short', 'mismatch', (path) => instead(path, '//')],
  [
    'a file that never ends',
    'mismatch',
    (path) => (asked, response) => asked === path && neverEnd(response),
  ],
  [
    'a file that drips',
    'unreachable',
    (path) => (asked, response) => asked === path && drip(response),
  ],
  ['the same file of another release', 'mismatch', (path) => instead(path, '// release 0\n')],
  [
    'no such file',
    'unreachable',
    (path) => (asked, response) => {
      if (asked === path) response.writeHead(404).end();
      return asked === path;
    },
  ],
];

/** Until then what stands in a release is one file that none before it had. */
const nameOf = (at: number): string => `assets/more${at}.js`;
const layNext = (at: number): Promise<Manifest> =>
  lay(
    { sequence: NUMBER + at, version: `0.6.${at}` },
    { [nameOf(at)]: `// what is in release ${at}\n` },
  );
const press = (at: number, name: string): Promise<void> =>
  cardOf(device, `0.6.${at}`).getByRole('button', { name, exact: true }).click();

describe('a hostile host whose release was agreed to', () => {
  it.each(FILES.map((each, at) => [...each, at + 1] as const))(
    '[U3, U10] gives %s: the file is named, nothing of it runs, and the true one does',
    async (_, reason, attack, at) => {
      meddleBy(null);
      const next = await layNext(at);
      await offer(device, 'More of it.');
      meddleBy(attack(`/${nameOf(at)}`));
      await people.goTo(page, '#/updates');
      await press(at, say.download);
      const card = cardOf(device, `0.6.${at}`);
      const said = card.getByText(en.errors.upgradeReason(reason, nameOf(at)));
      await said.waitFor();
      await card.getByText(say.awaitedTitle).waitFor();
      await isUntouched();
      // Another manifest of the same files takes the place of the one that was agreed to.
      meddleBy(instead('/release.cbor', encodeManifest({ ...next, notes: 'Better.' })));
      await press(at, say.again);
      await card.getByRole('button', { name: say.switch, exact: true }).waitFor();
      const { a, b } = await keptSlots(page);
      expect([a?.manifest, b?.manifest]).toContain(manifestHashOf(next));
    },
  );

  it('[U3, U10] drips at one address: what it has at the next is taken, and nobody is asked', async () => {
    meddleBy(null);
    const at = FILES.length + 1;
    const laid = await layNext(at);
    const hash = laid.files.find(({ path }) => path === nameOf(at))?.sha256 ?? '';
    await offer(device, 'More of it.');
    let dripped = 0;
    const next = instead(`/files/${hash}`, `// what is in release ${at}\n`);
    meddleBy((asked, response) => {
      if (asked !== `/${nameOf(at)}`) return next(asked, response);
      dripped += 1;
      return drip(response);
    });
    await people.goTo(page, '#/updates');
    await press(at, say.download);
    const card = cardOf(device, `0.6.${at}`);
    const ready = card.getByRole('button', { name: say.switch, exact: true });
    await ready.waitFor();
    expect(dripped).toBe(1);
    const { a, b } = await keptSlots(page);
    expect([a?.manifest, b?.manifest]).toContain(manifestHashOf(laid));
  });

  it('[U7, U10] gives what failed here once more, under another number and other words', async () => {
    meddleBy(null);
    const last = FILES.length + 1;
    await people.goTo(page, '#/updates');
    await switchNow(device);
    const { a, b, active } = await keptSlots(page);
    const runs = (active === 'a' ? a : b)?.content;
    await page.getByRole('button', { name: say.goBack, exact: true }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('textbox').fill('It loses labels.');
    const moved = page.waitForEvent('load');
    await dialog.getByRole('button', { name: say.reasons.rollBack.send, exact: true }).click();
    await moved;
    await isSettled(page);
    expect((await keptSlots(page)).quarantined).toEqual([runs]);
    await lay(
      { sequence: NUMBER + last + 1, version: '0.8.0', notes: 'All new.' },
      {
        [nameOf(last)]: `// what is in release ${last}
`,
      },
    );
    await look();
    const fault = { kind: 'quarantined', content: runs ?? first.files[0]!.sha256 } as const;
    await page.getByText(en.errors.releaseFault(fault)).first().waitFor();
    expect(await bundleOf(page)).toBe(manifestHashOf(first));
    expect(device.complaints).toEqual([]);
  });
});
