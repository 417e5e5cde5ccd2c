import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { listFiles, ROOT } from './sources.js';

const TEXT = /(?:\.(?:ts|js|json|md|svelte|css|html|svg|webmanifest|yml|toml)|\/run|rc|ignore)$/;
const FILES_AT_TOP = [
  '.gitignore .prettierignore .prettierrc',
  'ARCHITECTURE.md DECISIONS.md LICENSE README.md SECURITY.md',
  'package-lock.json package.json',
  'svelte.config.js tsconfig.json tsconfig.worker.json vite.config.ts vitest.config.ts',
].flatMap((names) => names.split(' '));
const FOLDERS_AT_TOP = ['.ci', 'docs', 'library', 'public', 'src', 'tests'];

/** Built from parts, so that this file does not hold what it looks for. */
const STRAYS: readonly (readonly [name: string, pattern: RegExp])[] = [
  ['a path of one machine', new RegExp(`(?<![\\w.])/(?:${'work|root|home|Users'})/[\\w.-]+/`)],
  ['the host of a registry', new RegExp(['registry', '(?:npmjs|yarnpkg|npmmirror)'].join('\\.'))],
  ['the host of a mirror', new RegExp(`"resolved":\\s*"${'http'}`)],
  ['a merge that was not finished', new RegExp(`^(?:${'<'.repeat(7)}|${'>'.repeat(7)}) `, 'm')],
  ['a test that is left out', new RegExp(`\\b(?:it|test|describe)\\.${'(?:only|skip|todo)'}\\b`)],
];

const paths = listFiles('.').filter((path) => !path.endsWith('.log'));
const texts = paths.filter((path) => TEXT.test(path));

describe('strays', () => {
  it('are looked for in all that the repository holds', () => {
    expect(texts.length).toBeGreaterThan(60);
    expect(texts).toContain('package-lock.json');
    expect(texts).toContain('src/core/base/limits.ts');
  });

  it.each(STRAYS)('%s is nowhere', (_name, pattern) => {
    const found = texts.filter((path) => pattern.test(readFileSync(join(ROOT, path), 'utf8')));
    expect(found).toEqual([]);
  });

  it('do not lie at the top', () => {
    const isKnown = (path: string): boolean => {
      const [top = '', ...rest] = path.split('/');
      return rest.length === 0 ? FILES_AT_TOP.includes(top) : FOLDERS_AT_TOP.includes(top);
    };
    expect(paths.filter((path) => !isKnown(path))).toEqual([]);
  });
});
