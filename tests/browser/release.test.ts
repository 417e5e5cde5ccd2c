import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { brotliCompressSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fileFault } from '../../src/core/upgrades/file-check.js';
import { LOADER_PIN, loaderPath } from '../../src/core/upgrades/loader-pin.js';
import { parseManifest } from '../../src/core/upgrades/manifest.js';
import { type BundleFile } from '../../src/core/upgrades/manifest.js';
import { listBundle, makeRelease } from '../../src/server/release.js';
import { APP_ROOT, LOADER_FILE, buildApp, ensureBuild } from './serve.js';

/** Bytes of the loader's script, minified, its guard and its recovery page in it. */
const LOADER_BYTES_MAX = 10_000;
/** Of all that the app is, packed: what a release that changes one module may bring. */
const SHARE_MAX = 0.15;
const SAID = { sequence: 1, notes: 'The first.', notBefore: null, expires: null };

let scratch = '';
beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'upkeep-release-'));
  await ensureBuild();
});
afterAll(() => rm(scratch, { recursive: true, force: true }));

/** In a process of its own: a test's has an environment of tests. */
const buildChanged = async (module: string, folder: string): Promise<void> => {
  const { NODE_ENV: _, VITEST: __, ...env } = process.env;
  const [maker, root] = ['../bench/changed-build.ts', '../..'].map((path) =>
    fileURLToPath(new URL(path, import.meta.url)),
  );
  const script = `await (await import(${JSON.stringify(maker)})).buildChanged(...process.argv.slice(1));`;
  const args = ['--import', 'tsx', '--input-type=module', '-e', script, module, folder];
  await promisify(execFile)(process.execPath, args, { cwd: root, env });
};

describe('a release', () => {
  test('[U13] two builds of the same sources give one root', async () => {
    const again = join(scratch, 'again');
    await buildApp({ UPKEEP_OUT_DIR: again });
    expect(await listBundle(again)).toEqual(await listBundle(APP_ROOT));
  });

  test('[U3, U13] that changes one module brings one file and the page', async () => {
    const changed = join(scratch, 'one-module');
    await buildChanged('src/core/records/draft.ts', changed);
    const [before, after] = await Promise.all([listBundle(APP_ROOT), listBundle(changed)]);
    const held = new Set(before.map(({ sha256 }) => sha256));
    const brought = after.filter(({ sha256 }) => !held.has(sha256)).map(({ path }) => path);
    expect(brought.map((path) => path.replace(/\/\w{16}\//, '/'))).toEqual([
      'assets/core.js',
      'index.html',
    ]);
    // No address of a part is one of the other build, so no page can mix the two.
    const parts = ({ path }: BundleFile): boolean => path.startsWith('assets/');
    const paths = new Set(before.filter(parts).map(({ path }) => path));
    expect(after.filter(parts).filter(({ path }) => paths.has(path))).toEqual([]);
  });

  test('[U3, U13] holds no file that is much of it', async () => {
    const files = await listBundle(APP_ROOT);
    const packed = await Promise.all(
      files.map(
        async ({ path }) => brotliCompressSync(await readFile(join(APP_ROOT, path))).length,
      ),
    );
    const whole = packed.reduce((sum, bytes) => sum + bytes, 0);
    const large = files.filter((_, at) => (packed[at] ?? 0) > whole * SHARE_MAX);
    expect(large.map(({ path }) => path)).toEqual([]);
  });

  test('[U6, U13] leaves the loader alone, which is the one that the app knows, and small', async () => {
    const loader = await readFile(LOADER_FILE);
    expect(createHash('sha256').update(loader).digest('hex')).toBe(LOADER_PIN.sha256);
    expect(loader.length).toBeLessThan(LOADER_BYTES_MAX);
    const names = await readdir(join(APP_ROOT, 'assets'));
    expect(names).toHaveLength(1);
    expect(names.filter((name) => loader.includes(name))).toEqual([]);
  });

  test('[U2, U3] holds every file by its hash, as its manifest says', async () => {
    const out = join(scratch, 'out');
    const release = await makeRelease(APP_ROOT, out, SAID);
    const bytes = await readFile(join(out, 'releases', `${release.manifestHash}.cbor`));
    expect(createHash('sha256').update(bytes).digest('hex')).toBe(release.manifestHash);
    expect(parseManifest(bytes)).toEqual({ ok: true, value: release.manifest });
    for (const { path, sha256 } of release.manifest.files) {
      const file = await readFile(join(out, 'files', sha256));
      expect(fileFault(release.manifest, path, file)).toBeNull();
    }
    const loader = loaderPath(LOADER_PIN.sha256);
    expect(release.manifest.files.map(({ path }) => path)).not.toContain(loader);
    expect(await readFile(join(out, loader))).toEqual(await readFile(LOADER_FILE));
  });

  test('[U13] beside an older one adds what changed, and the older one stays whole', async () => {
    const [out, changed] = [join(scratch, 'two'), join(scratch, 'changed')];
    const first = await makeRelease(APP_ROOT, out, SAID);
    await cp(APP_ROOT, changed, { recursive: true });
    await writeFile(join(changed, 'assets', 'more.js'), 'export const more = 1;\n');
    const second = await makeRelease(changed, out, { ...SAID, sequence: 2 });
    expect(second).toMatchObject({ newFiles: 1, newBytes: 23 });
    expect(second.contentRoot).not.toBe(first.contentRoot);
    const held = new Set(await readdir(join(out, 'files')));
    expect(first.manifest.files.every(({ sha256 }) => held.has(sha256))).toBe(true);
    expect((await readdir(join(out, 'releases'))).length).toBe(2);
  });

  test('[U10] of a build with a file that no bundle may have is not made', async () => {
    const odd = join(scratch, 'odd');
    await cp(APP_ROOT, odd, { recursive: true });
    await writeFile(join(odd, 'assets', 'a b.js'), '');
    await expect(makeRelease(odd, join(scratch, 'no'), SAID)).rejects.toThrow('a b.js');
  });
});
