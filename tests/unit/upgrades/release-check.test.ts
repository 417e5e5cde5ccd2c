import { describe, expect, test } from 'vitest';
import {
  type Manifest,
  contentRootOf,
  manifestHashOf,
} from '../../../src/core/upgrades/manifest.js';
import {
  CLOCK_GRACE_MS,
  type Offered,
  type ReleaseFault,
  releaseFault,
} from '../../../src/core/upgrades/release-check.js';
import { NOW_MS, hashNamed, offeredFor, sampleManifest } from './sample-bundle.js';

const DAY_MS = 24 * 3_600_000;

/** Each attack, or honest case, with what is said to it. */
const CASES: readonly (readonly [
  title: string,
  manifest: Partial<Manifest>,
  offered: Partial<Offered>,
  fault: ReleaseFault['kind'] | null,
])[] = [
  ['the release that was approved', {}, {}, null],
  ['a release of another package', { package: 'words' }, {}, 'other-package'],
  ['one that nobody approved', {}, { approved: hashNamed('other') }, 'not-approved'],
  ['an older sequence', { sequence: 10 }, {}, 'older-release'],
  ['a newer sequence of an older version', { version: '1.0.9' }, {}, 'older-version'],
  ['other files under the sequence that runs here', { sequence: 11 }, {}, 'two-of-one-sequence'],
  [
    'a day before it begins, by a clock that may be a day off',
    { notBefore: NOW_MS + DAY_MS },
    {},
    null,
  ],
  ['before it begins', { notBefore: NOW_MS + CLOCK_GRACE_MS + 1 }, {}, 'not-yet-valid'],
  ['a day after it ended', { expires: NOW_MS - DAY_MS }, {}, null],
  ['after it ended', { expires: NOW_MS - CLOCK_GRACE_MS - 1 }, {}, 'expired'],
  [
    'at any time where it lets the device back over a fence',
    { notBefore: NOW_MS + 2 * CLOCK_GRACE_MS, expires: 1 },
    { wallMs: null },
    null,
  ],
  ['with a clock far back', { notBefore: NOW_MS }, { wallMs: 0 }, 'not-yet-valid'],
  ['one that needs a newer loader', { loader: 2 }, {}, 'newer-loader'],
  ['one that cannot read the snapshots', { fold: 1 }, { fold: 2 }, 'older-fold'],
  ['one without a protocol that all speak', { protocols: ['x/1'] }, {}, 'missing-protocol'],
  [
    'one that needs what is not here',
    { dependencies: [{ package: 'words', version: '1.0.0' }] },
    {},
    'unknown-dependency',
  ],
  [
    'one that needs a newer one',
    { dependencies: [{ package: 'words', version: '1.4.0' }] },
    { packages: new Map([['words', '1.3.9']]) },
    'missing-dependency',
  ],
  [
    'one that needs an older major one',
    { dependencies: [{ package: 'words', version: '1.4.0' }] },
    { packages: new Map([['words', '2.0.0']]) },
    'missing-dependency',
  ],
  [
    'one that needs exactly what is here',
    { dependencies: [{ package: 'words', version: '1.4.0' }] },
    { packages: new Map([['words', '1.4.0']]) },
    null,
  ],
  [
    'one that needs what nobody can read',
    { dependencies: [{ package: 'words', version: '1.x' }] },
    { packages: new Map([['words', '1.4.0']]) },
    'missing-dependency',
  ],
  [
    'one that needs what is here under a version that nobody can read',
    { dependencies: [{ package: 'words', version: '1.4.0' }] },
    { packages: new Map([['words', 'latest']]) },
    'missing-dependency',
  ],
  ['one of a version that nobody can read', { version: '1.x' }, {}, 'older-version'],
  [
    'one whose needs are met',
    { dependencies: [{ package: 'words', version: '1.4.0' }] },
    { packages: new Map([['words', '1.5.0']]) },
    null,
  ],
];

describe('a bundle that is offered', () => {
  test.each(CASES)('[U10] %s', (_title, changes, known, fault) => {
    const manifest = sampleManifest(changes);
    expect(releaseFault(manifest, offeredFor(manifest, known))?.kind ?? null).toBe(fault);
  });

  test('[U7] what failed here is refused under whatever manifest it comes again', () => {
    const failed = sampleManifest();
    const again = sampleManifest({ version: '1.4.0', sequence: 20, notes: 'Nothing to see.' });
    const quarantined = new Set([contentRootOf(failed)]);
    expect(releaseFault(again, offeredFor(again, { quarantined }))).toEqual({
      kind: 'quarantined',
      content: contentRootOf(failed),
    });
  });

  test('[U7] what runs here is no attack on itself', () => {
    const manifest = sampleManifest();
    const same = { sequence: 12, version: '1.2.0', content: contentRootOf(manifest) };
    expect(releaseFault(manifest, offeredFor(manifest, { floor: same }))).toBeNull();
  });

  test('[U10] one edited after it was approved has another name', () => {
    const manifest = sampleManifest();
    const edited = sampleManifest({ notes: 'Lists are faster!' });
    const approved = manifestHashOf(manifest);
    expect(releaseFault(edited, offeredFor(edited, { approved }))?.kind).toBe('not-approved');
  });
});
