import { expect, it } from 'vitest';
import { compareWithBrowser } from '../simulation/in-browser.js';

it('[X1] the same seeds give the same traces in Chromium as in Node', async () => {
  const task = { mode: 'fake', firstSeed: 0, seeds: 3, devices: 4, steps: 60 } as const;
  expect(await compareWithBrowser(task)).toEqual({ ok: true, seeds: 3, differing: [] });
});
