import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { referenceText, undocumented } from '../../library/reference.js';
import { ROOT } from './sources.js';

describe('the reference of the library', () => {
  it('[P2] says of every exported name and every command what it means', () => {
    expect(undocumented()).toEqual([]);
  });

  it('[P2] is as the declarations are: `npm run docs` makes it anew', () => {
    const written = readFileSync(join(ROOT, 'docs/api.md'), 'utf8');
    expect(written).toBe(referenceText());
    for (const name of ['openBrowserReplica', 'createReplica', 'records.create', 'CommandError']) {
      expect(written).toMatch(new RegExp(`^#{3,4} ${name.replace('.', '\\.')}$`, 'm'));
    }
  });
});
