import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { STAGING_QUERY } from '../../src/adapters/bundles/loader-words.js';
import { manifestHashOf } from '../../src/core/upgrades/manifest.js';
import { en } from '../../src/ui/words/en.js';
import type { Device } from './device.js';
import { type Meddling, layHostileHost } from './hostile-host.js';
import * as people from './people.js';
import { bundleOf } from './releases.js';

const ground = layHostileHost({});
let device: Device;
let first: string;
let home: string;

/** A page of the host's own, whatever is asked for. */
const givePage: Meddling = (_, response) => {
  response.writeHead(200, { 'content-type': 'text/html' });
  response.end('<!doctype html><title>Mine</title><p>Mine.</p>');
  return true;
};

const isOurs = async (page: Page): Promise<void> => {
  await page.getByRole('link', { name: en.common.updates }).first().waitFor();
  expect([await bundleOf(page), new URL(page.url()).pathname]).toEqual([first, '/']);
};

beforeAll(async () => {
  const begun = ground.begun();
  device = begun.device;
  first = manifestHashOf(begun.first);
  await people.createAccount(device);
  await people.isInstalled(device);
  home = new URL('/', (await device.open()).url()).href;
});

describe('a hostile host', () => {
  const PLACES = ['', 'health', 'release.cbor', 'files/welcome', 'releases/1/', 'none'];

  it.each([...PLACES, STAGING_QUERY, `more${STAGING_QUERY}1`])(
    '[U6, U10] puts no page of its own into the app at /%s, which is opened or sent to',
    async (path) => {
      ground.meddle(givePage);
      const page = await device.open();
      await isOurs(page);
      await page.goto(`${home}${path}`);
      await isOurs(page);
      await page.goto('about:blank');
      await page.setContent(`<form method="post" action="${home}${path}"></form>`);
      const moved = page.waitForEvent('load');
      await page.evaluate(() => document.forms[0]?.submit());
      await moved;
      await isOurs(page);
    },
  );
});
