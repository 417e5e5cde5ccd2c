import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, posix } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildApp } from './serve.js';

/** The budgets of the first route, in bytes of gzip. */
const JS_BYTES_MAX = 110_000;
const CSS_BYTES_MAX = 15_000;

let root: string;
let html: string;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'upkeep-budget-'));
  await buildApp({ UPKEEP_OUT_DIR: root });
  html = await readFile(join(root, 'index.html'), 'utf8');
});

afterAll(() => rm(root, { recursive: true, force: true }));

/** What a tag of the page points to, as paths below the root of the build. */
const linked = (pattern: RegExp): readonly string[] =>
  [...html.matchAll(pattern)].map((match) => posix.normalize(match[1] ?? ''));

const SCRIPTS = /<(?:script|link)\b[^>]*?(?:src|href)="([^"]+\.js)"/g;
const STYLES = /<link\b[^>]*?href="([^"]+\.css)"/g;
const STATIC_IMPORTS = /(?:\bfrom|\bimport)\s*["'](\.[^"']+\.js)["']/g;

/** Scripts with all that they import before they run; what is imported later is not counted. */
const closureOf = async (paths: readonly string[]): Promise<readonly string[]> => {
  const seen = new Set<string>();
  const visit = async (path: string): Promise<void> => {
    if (seen.has(path)) return;
    seen.add(path);
    const code = await readFile(join(root, path), 'utf8');
    for (const [, imported = ''] of code.matchAll(STATIC_IMPORTS)) {
      await visit(posix.join(posix.dirname(path), imported));
    }
  };
  for (const path of paths) await visit(path);
  return [...seen];
};

const gzipBytes = async (paths: readonly string[]): Promise<number> => {
  const sizes = paths.map(async (path) => gzipSync(await readFile(join(root, path))).length);
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
};

describe('the first route', () => {
  it('[P1] loads at most 110 KB of JavaScript, packed, before it stands', async () => {
    const scripts = await closureOf(linked(SCRIPTS));
    expect(scripts.length).toBeGreaterThan(0);
    const bytes = await gzipBytes(scripts);
    expect(bytes).toBeGreaterThan(20_000);
    expect(bytes).toBeLessThanOrEqual(JS_BYTES_MAX);
  });

  it('[P1] loads at most 15 KB of styles, packed', async () => {
    const styles = linked(STYLES);
    expect(styles.length).toBeGreaterThan(0);
    expect(await gzipBytes(styles)).toBeLessThanOrEqual(CSS_BYTES_MAX);
  });

  it('[P1] leaves no part of the app out of what is kept offline', async () => {
    const worker = await readFile(join(root, 'sw.js'), 'utf8');
    const parts = await readdir(join(root, 'assets'));
    expect(parts.length).toBeGreaterThan(5);
    expect(parts.filter((part) => !worker.includes(`assets/${part}`))).toEqual([]);
  });
});
