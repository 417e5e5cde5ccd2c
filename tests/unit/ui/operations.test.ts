import { describe, expect, it } from 'vitest';
import { findOperations, listOperations } from '../../../src/ui/screens/palette/operations.js';
import { palette } from '../../../src/ui/words/en/later/palette.js';
import { FILES_VIEWS } from '../../browser/fixtures/samples-files.js';
import { SAMPLE_VIEWS } from '../../browser/fixtures/sample-views.js';

const operations = listOperations(SAMPLE_VIEWS.quiet, palette);
const find = (typed: string): readonly string[] =>
  findOperations(operations, typed).map(({ name }) => name);

describe('[P1] everything by name', () => {
  it('[P1] each operation has a name of its own', () => {
    const names = operations.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    expect(new Set(operations.map(({ key }) => key)).size).toBe(names.length);
  });

  it('[P1] it is found by the beginnings of its words, in any order', () => {
    expect(find('snapshot propose')[0]).toBe('snapshot propose');
    expect(find('prop sna')[0]).toBe('snapshot propose');
    expect(find('roppose')).toEqual([]);
    expect(find('')).toHaveLength(operations.length);
  });

  it('[P1] what it is called stands before what it is about', () => {
    const [first] = find('device');
    expect(first).toMatch(/^device/);
    expect(find('tidy')).toContain('snapshot propose');
  });

  it('[P1] each device can be named, and nothing is offered that would do nothing', () => {
    expect(find('admin replace')).toContain('admin replace Ben’s phone');
    expect(find('device remove')).not.toContain('device remove Anna’s phone');
    expect(find('rename anna laptop')).toEqual(['device rename Anna’s laptop']);
    expect(find('fence')).toEqual([]);
    expect(find('file')).toEqual(['file attach', 'file policy']);
    const coming = listOperations(FILES_VIEWS['files-coming'], palette);
    expect(findOperations(coming, 'file').map(({ name }) => name)).toContain('file fetch');
    const held = listOperations(SAMPLE_VIEWS.fence, palette);
    expect(findOperations(held, 'fence').map(({ name }) => name)).toEqual(['fence release']);
  });
});
