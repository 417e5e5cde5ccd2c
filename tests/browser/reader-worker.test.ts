import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { setStage } from './journey-stage.js';
import * as people from './people.js';
import { PATIENTLY } from './patience.js';

const SCRIPT = /\/assets\/\w+\/reader-worker\.js$/;
const stage = setStage();

const readersOf = (page: Page): readonly string[] =>
  page
    .workers()
    .map((worker) => new URL(worker.url()).pathname)
    .filter((path) => SCRIPT.test(path));

describe('a foreign update', () => {
  it('[F11, P6] is read by one worker of the build, which comes from the device’s own copy', async () => {
    const alice = await stage.add('Alice phone');
    const bob = await stage.add('Bob phone');
    await people.createAccount(alice);
    expect(readersOf(alice.page())).toEqual([]);
    await people.pairDevices(alice, bob);
    await people.isInStep(alice, 2);
    await people.isInstalled(bob);
    const fromOwnCopy: boolean[] = [];
    bob.context.on('response', (response) => {
      if (SCRIPT.test(new URL(response.url()).pathname)) {
        fromOwnCopy.push(response.fromServiceWorker());
      }
    });
    await bob.open('#/records');
    await people.writeRecord(alice, { title: 'From the train', text: 'Nobody else saw it.' });
    await people.openRecord(bob, 'From the train');
    // The browser tells of both beside the page, in its own time.
    await expect.poll(() => readersOf(bob.page()).length, PATIENTLY).toBe(1);
    await expect.poll(() => fromOwnCopy, PATIENTLY).toEqual([true]);
  });
});
