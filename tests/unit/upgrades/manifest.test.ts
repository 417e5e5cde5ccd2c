import { describe, expect, test } from 'vitest';
import { encodeCanonical } from '../../../src/core/base/canonical.js';
import { isBundlePath } from '../../../src/core/upgrades/bundle-path.js';
import { fileFault } from '../../../src/core/upgrades/file-check.js';
import {
  BUNDLE_LIMITS,
  bytesOf,
  contentRootOf,
  encodeManifest,
  manifestHashOf,
  parseManifest,
} from '../../../src/core/upgrades/manifest.js';
import { compareVersions, parseVersion } from '../../../src/core/upgrades/version.js';
import { bytesAt, hashNamed, sampleManifest } from './sample-bundle.js';

/** What reading a manifest with these changes says. */
const readingOf = (changes: Parameters<typeof sampleManifest>[0]) => {
  const read = parseManifest(encodeManifest(sampleManifest(changes)));
  return read.ok ? 'ok' : read.error.kind;
};

const fileAt = (path: string, bytes = 1) => ({ path, bytes, sha256: hashNamed(path) });

describe('a manifest', () => {
  test('[U2] reads as what was written, and its hash is over its bytes', () => {
    const manifest = sampleManifest({ dependencies: [{ package: 'words', version: '2.0.1' }] });
    expect(parseManifest(encodeManifest(manifest))).toEqual({ ok: true, value: manifest });
    expect(manifestHashOf(manifest)).not.toBe(manifestHashOf({ ...manifest, notes: 'Other.' }));
    expect(bytesOf(manifest)).toBe(95);
  });

  test('[U7] what is said of the files is no part of their root', () => {
    const manifest = sampleManifest();
    const renamed = sampleManifest({ version: '1.3.0', sequence: 13, notes: '' });
    expect(contentRootOf(renamed)).toBe(contentRootOf(manifest));
    const [first, ...others] = manifest.files;
    const changed = { files: [{ ...fileAt('a'), ...first, bytes: 1 }, ...others] };
    expect(contentRootOf(changed)).not.toBe(contentRootOf(manifest));
  });

  test.each([
    ['../index.html'],
    ['/index.html'],
    ['assets//main.js'],
    ['assets/./main.js'],
    ['assets/../../main.js'],
    ['assets\\main.js'],
    ['assets/'],
    ['.hidden'],
    ['a b.js'],
    ['%2e%2e/a.js'],
    ['naïve.js'],
    ['sw.js'],
    ['SW.js'],
    [`sw-${'0'.repeat(64)}.js`],
    ['a\u0000.js'],
    ['x'.repeat(201)],
    [''],
  ])('[U10] no bundle has a file at %j', (path) => {
    expect(isBundlePath(path)).toBe(false);
    const files = [fileAt('index.html'), fileAt(path)].sort((a, b) => (a.path < b.path ? -1 : 1));
    expect(['bad-path', 'malformed']).toContain(readingOf({ files }));
  });

  test('[U10] a path that comes twice, files out of order, no page to open with', () => {
    const page = fileAt('index.html');
    expect(readingOf({ files: [page, page] })).toBe('malformed');
    expect(readingOf({ files: [page, fileAt('a.js')] })).toBe('malformed');
    expect(readingOf({ files: [fileAt('a.js')] })).toBe('no-entry-page');
    expect(readingOf({ files: [] })).toBe('no-entry-page');
    expect(readingOf({ files: [page] })).toBe('ok');
  });

  test('[U10] endless lists and files are refused before a byte of them is fetched', () => {
    const many = Array.from({ length: BUNDLE_LIMITS.filesMax + 1 }, (_, index) =>
      fileAt(`f${String(index).padStart(5, '0')}`),
    );
    expect(readingOf({ files: many })).toBe('malformed');
    expect(readingOf({ files: [fileAt('index.html', BUNDLE_LIMITS.fileBytesMax + 1)] })).toBe(
      'malformed',
    );
    const large = ['a', 'b', 'c', 'd', 'index.html'].map((path) =>
      fileAt(path, BUNDLE_LIMITS.fileBytesMax),
    );
    expect(readingOf({ files: large })).toBe('too-large');
    const huge = new Uint8Array(BUNDLE_LIMITS.manifestBytesMax + 1);
    expect(parseManifest(huge)).toMatchObject({ error: { kind: 'too-large' } });
  });

  test('[U10] versions and sequences that nothing could follow', () => {
    for (const version of ['1.2', '01.2.3', '1.2.3-rc.1', '1.2.3+b', '9999999.0.0', 'v1.2.3']) {
      expect(['bad-version', 'malformed']).toContain(readingOf({ version }));
    }
    expect(readingOf({ dependencies: [{ package: 'words', version: '>=1.0.0' }] })).toBe(
      'bad-version',
    );
    expect(() => encodeManifest(sampleManifest({ sequence: 2 ** 53 }))).toThrow();
    expect(readingOf({ notBefore: 5, expires: 5 })).toBe('never-valid');
  });

  test('[F2] other bytes for the same manifest are not its bytes', () => {
    expect(parseManifest(new Uint8Array([0xff]))).toMatchObject({
      error: { kind: 'not-canonical' },
    });
    expect(parseManifest(encodeCanonical({ v: 2 }))).toMatchObject({
      error: { kind: 'malformed' },
    });
    const bytes = encodeManifest(sampleManifest());
    expect(parseManifest(bytes.slice(0, -1))).toMatchObject({ error: { kind: 'not-canonical' } });
  });
});

describe('versions', () => {
  test('[U2] are ordered by number, not by text', () => {
    const at = (text: string) => parseVersion(text) ?? { major: -1, minor: 0, patch: 0 };
    expect(compareVersions(at('1.10.0'), at('1.9.9'))).toBeGreaterThan(0);
    expect(compareVersions(at('1.9.9'), at('2.0.0'))).toBeLessThan(0);
    expect(compareVersions(at('1.0.10'), at('1.0.10'))).toBe(0);
    expect(parseVersion('999999.0.0')).not.toBeNull();
    expect(parseVersion('1000000.0.0')).toBeNull();
  });
});

describe('a file of a bundle', () => {
  const manifest = sampleManifest();

  test('[U3] is what the manifest says, to the byte', () => {
    for (const { path } of manifest.files) {
      expect(fileFault(manifest, path, bytesAt(path))).toBeNull();
    }
  });

  test('[U3, U10] a mismatch names the file and what is wrong with it', () => {
    const bytes = bytesAt('index.html');
    const turned = bytes.map((byte, index) => (index === 3 ? byte ^ 1 : byte));
    const longer = new Uint8Array([...bytes, 0]);
    const path = 'index.html';
    expect(fileFault(manifest, path, turned)).toEqual({ kind: 'mismatch', path });
    expect(fileFault(manifest, path, longer)).toEqual({ kind: 'too-long', path });
    expect(fileFault(manifest, path, bytes.slice(1))).toMatchObject({ kind: 'truncated', path });
    expect(fileFault(manifest, 'favicon.svg', bytes)).not.toBeNull();
    expect(fileFault(manifest, 'x.js', bytes)).toEqual({ kind: 'not-part', path: 'x.js' });
  });
});
