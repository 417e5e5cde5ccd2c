import { describe, expect, test } from 'vitest';
import { storeShellIn } from '../../../src/adapters/bundles/store-shell.js';

const CHROME =
  'Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/142.0 Mobile Safari/537.36';

describe('what a page runs in', () => {
  test.each([
    ['a browser, an installed app or a trusted web activity', CHROME, null],
    [
      'a binary that says what it speaks',
      `${CHROME} UpkeepShell/1.2.0 (upkeep/2; upkeep/1)`,
      { protocols: ['upkeep/1', 'upkeep/2'] },
    ],
    ['a binary that does not', `${CHROME} UpkeepShell/1.2.0`, { protocols: null }],
  ])('[U8] %s', (_, userAgent, shell) => {
    expect(storeShellIn(userAgent)).toEqual(shell);
  });
});
