import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { listFiles, parse, readSources, ROOT, visit } from './sources.js';

/**
 * How many rules each chapter of the specification has. A room's README.md states those that it
 * keeps; a test may show any of them.
 */
const RULES_BY_CHAPTER: Readonly<Record<string, number>> = {
  A: 12,
  B: 5,
  C: 10,
  F: 13,
  H: 3,
  K: 4,
  M: 7,
  N: 11,
  P: 7,
  S: 13,
  U: 13,
  X: 4,
};
const STATED = /^\s*(?:[-*]\s+|\d+\.\s+|\|\s*|#+\s+)?\**([A-Z]\d{1,2})\b\**(?=[\s.:,|)])/;
const TITLE = /^\[([A-Z]\d{1,2}(?:, [A-Z]\d{1,2})*)\] (?!\[)/;
/** What means to be such a title, in whatever form. */
const TITLE_LIKE = /^\s*\[\s*[A-Z]\d{1,2}\b[^\]]*\]/;

interface Shown {
  readonly id: string;
  readonly where: string;
}

const readmes = listFiles('src').filter((path) => path.endsWith('README.md'));

const stated: readonly Shown[] = readmes.flatMap((path) =>
  readFileSync(join(ROOT, path), 'utf8')
    .split('\n')
    .flatMap((line) => STATED.exec(line)?.[1] ?? [])
    .map((id) => ({ id, where: path })),
);

interface Title {
  readonly text: string;
  readonly where: string;
}

/** Titles of tests: the texts in test files that open with rule ids in brackets. */
const titles: readonly Title[] = readSources('tests')
  .filter((source) => /\.ts$/.test(source.path))
  .flatMap((source) => {
    const found: Title[] = [];
    visit(parse(source), (node) => {
      const text = ts.isStringLiteralLike(node) || ts.isTemplateHead(node) ? node.text : '';
      if (TITLE_LIKE.test(text)) found.push({ text, where: `${source.path}: ${text}` });
    });
    return found;
  });

const shown: readonly Shown[] = titles.flatMap(({ text, where }) =>
  (TITLE.exec(text)?.[1]?.split(', ') ?? []).map((id) => ({ id, where })),
);

describe('rule ids', () => {
  it('are stated in rooms and shown in tests', () => {
    expect(readmes.length).toBeGreaterThan(5);
    expect(stated.length).toBeGreaterThan(15);
    expect(shown.length).toBeGreaterThan(30);
    expect(shown.some(({ id }) => id === 'F7')).toBe(true);
  });

  it('stand at the head of a title in one bracket, with a comma between them', () => {
    const odd = titles.filter(({ text }) => !TITLE.test(text));
    expect(odd.map(({ where }) => where)).toEqual([]);
  });

  it('in titles and rooms are those of rules', () => {
    const isKnown = (id: string): boolean =>
      Number(id.slice(1)) >= 1 && Number(id.slice(1)) <= (RULES_BY_CHAPTER[id.charAt(0)] ?? 0);
    const all = [...shown, ...stated];
    const unknown = all.filter(({ id }) => !isKnown(id));
    expect(unknown.map(({ id, where }) => `${id} in ${where}`)).toEqual([]);
  });

  it('that a room states are shown by a test', () => {
    const ids = new Set(shown.map(({ id }) => id));
    const missing = stated.filter(({ id }) => !ids.has(id));
    expect(missing.map(({ id, where }) => `${id} in ${where}`)).toEqual([]);
  });

  it('stand in the README.md of every room of core', () => {
    const rooms = new Set(
      listFiles('src/core')
        .filter((path) => path.endsWith('.ts'))
        .map((path) => path.split('/').slice(0, 3).join('/')),
    );
    const missing = [...rooms].filter((room) => !readmes.includes(`${room}/README.md`));
    expect(missing).toEqual([]);
  });
});
