import { createHash } from 'node:crypto';
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type Hash, brandHex } from '../../src/core/base/brands.js';
import { LOADER_PIN, type LoaderPin, loaderPath } from '../../src/core/upgrades/loader-pin.js';
import type { Device } from './device.js';
import { APP_ROOT, LOADER_FILE } from './serve.js';

/** A build with another loader: what changes of the present one. */
export interface NextLoader {
  readonly pin: LoaderPin;
  readonly path: string;
  /** Its script, and the one file of the app in which loaders are named, by path. */
  readonly files: Readonly<Record<string, string>>;
}

/** What a build would be whose loader is the next version. The present build has to be there. */
export const makeNextLoader = async (): Promise<NextLoader> => {
  const script = `${await readFile(LOADER_FILE, 'utf8')}// The next version.\n`;
  const sha256 = brandHex<Hash>(createHash('sha256').update(script).digest('hex'));
  const pin = { version: LOADER_PIN.version + 1, sha256 };
  const path = loaderPath(sha256);
  const [build] = await readdir(join(APP_ROOT, 'assets'));
  const naming = `assets/${build}/bundles.js`;
  const before = await readFile(join(APP_ROOT, naming), 'utf8');
  const own = new RegExp(`\\{version:\\d+,sha256:[^{}]*${LOADER_PIN.sha256}[^{}]*\\}`);
  const added = before.replace(own, `$&,{version:${pin.version},sha256:\`${sha256}\`}`);
  if (added === before) throw new Error(`${naming} names no loader`);
  return { pin, path, files: { [path]: script, [naming]: added } };
};

/** The script that gives the page away, and the one that waits for every page to close. */
export const loadersOf = (device: Device): Promise<readonly (string | undefined)[]> =>
  device.page().evaluate(async () => {
    const nameOf = (worker?: ServiceWorker | null) => worker?.scriptURL.split('/').at(-1);
    const registration = await navigator.serviceWorker.getRegistration();
    return [nameOf(navigator.serviceWorker.controller), nameOf(registration?.waiting)];
  });

/** Its one page goes, what waited takes over, and the page comes again. */
export const takesOver = async (device: Device, path: string): Promise<void> => {
  const aside = await device.context.newPage();
  const session = await device.context.newCDPSession(aside);
  const isActive = new Promise<void>((resolve) =>
    session.on('ServiceWorker.workerVersionUpdated', ({ versions }) => {
      const own = versions.filter(({ scriptURL }) => scriptURL === `${device.cable.url}${path}`);
      if (own.some(({ status }) => status === 'activated')) resolve();
    }),
  );
  await session.send('ServiceWorker.enable');
  await device.shut();
  await isActive;
  await aside.close();
  await device.open();
};
