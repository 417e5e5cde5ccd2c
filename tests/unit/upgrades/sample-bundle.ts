import { type Hash, brandHex } from '../../../src/core/base/brands.js';
import { sha256Hex } from '../../../src/core/base/hash.js';
import { type Manifest, manifestHashOf } from '../../../src/core/upgrades/manifest.js';
import type { Offered } from '../../../src/core/upgrades/release-check.js';

const UTF8 = new TextEncoder();

/** Files by path, with their texts. */
export const TEXTS = new Map([
  ['assets/main-1a2b.js', 'export const one = 1;'],
  ['favicon.svg', '<svg xmlns="http://www.w3.org/2000/svg"/>'],
  ['index.html', '<!doctype html><title>App</title>'],
]);

export const bytesAt = (path: string): Uint8Array => UTF8.encode(TEXTS.get(path));

export const sampleManifest = (changes: Partial<Manifest> = {}): Manifest => ({
  package: 'app',
  version: '1.2.0',
  sequence: 12,
  loader: 1,
  fold: 1,
  files: [...TEXTS].map(([path, text]) => ({
    path,
    bytes: UTF8.encode(text).length,
    sha256: brandHex<Hash>(sha256Hex(UTF8.encode(text))),
  })),
  protocols: ['upkeep/1'],
  dependencies: [],
  compliance: [],
  notes: 'Lists are faster.',
  notBefore: null,
  expires: null,
  ...changes,
});

export const NOW_MS = Date.UTC(2027, 2, 1);
export const hashNamed = (name: string): Hash => brandHex<Hash>(sha256Hex(UTF8.encode(name)));

/** What a device knows that runs the release before, and whose account approved that manifest. */
export const offeredFor = (manifest: Manifest, changes: Partial<Offered> = {}): Offered => ({
  package: 'app',
  approved: manifestHashOf(manifest),
  floor: { sequence: 11, version: '1.1.0', content: hashNamed('the release before') },
  ...{ loader: 1, loaders: [], inPlace: null, fork: 'soft' },
  fold: 1,
  packages: new Map(),
  quarantined: new Set(),
  wallMs: NOW_MS,
  protocols: ['upkeep/1'],
  ...changes,
});
