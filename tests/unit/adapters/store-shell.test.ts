import { describe, expect, test } from 'vitest';
import { storeShellIn } from '../../../src/adapters/bundles/store-shell.js';

const CHROME =
  'Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/142.0 Mobile Safari/537.36';
const plain = { userAgent: CHROME, referrer: '', isStandalone: false };

describe('what a page runs in', () => {
  test.each([
    ['a browser', plain, null],
    ['an installed app', { ...plain, isStandalone: true }, null],
    ['a page opened out of another app', { ...plain, referrer: 'android-app://org.mail/' }, null],
    [
      'what the browser itself installed',
      { ...plain, isStandalone: true, referrer: 'android-app://org.chromium.webapk.a1/' },
      null,
    ],
    [
      'a trusted web activity',
      { ...plain, isStandalone: true, referrer: 'android-app://org.upkeep.app/' },
      { kind: 'framed', protocols: null },
    ],
    [
      'a binary that says what it speaks',
      { ...plain, userAgent: `${CHROME} UpkeepShell/1.2.0 (upkeep/2; upkeep/1)` },
      { kind: 'shipped', protocols: ['upkeep/1', 'upkeep/2'] },
    ],
    [
      'a binary that does not',
      { ...plain, userAgent: `${CHROME} UpkeepShell/1.2.0` },
      { kind: 'shipped', protocols: null },
    ],
  ])('[U8] %s', (_, signs, shell) => {
    expect(storeShellIn(signs)).toEqual(shell);
  });
});
