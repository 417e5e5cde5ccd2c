import { createHash, randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { LAPTOP, type Device } from './device.js';
import { setStage } from './journey-stage.js';
import * as people from './people.js';

const FILE_BYTES = 16 * 1024 * 1024;
const stage = setStage();

/** What a device keeps of the one file, read with nobody near. */
const readFile = async (device: Device) => {
  const page = await device.takeHandle('alone');
  return page.evaluate(async () => {
    const view = window.handle?.replica.view();
    const [file] = view?.records.flatMap(({ attachments }) => attachments) ?? [];
    const read = file && (await window.handle?.replica.files.read(file.blob));
    const hash = read?.ok && (await crypto.subtle.digest('SHA-256', Uint8Array.from(read.value)));
    return {
      ...{ name: file?.name, state: file?.state, bytes: view?.blobs.hereBytes },
      sha256: hash ? [...new Uint8Array(hash)] : null,
    };
  });
};

/** Closes the device in the page as soon as a chunk lies on its disk; the screens learn it later. */
const sleepSoon = async (): Promise<void> => {
  const opening = indexedDB.open('upkeep-main');
  const database = await new Promise<IDBDatabase>((resolve, reject) => {
    opening.onsuccess = () => resolve(opening.result);
    opening.onerror = () => reject(opening.error ?? new Error('not opened'));
  });
  const count = (): Promise<number> =>
    new Promise((resolve) => {
      const counting = database.transaction('blobs').objectStore('blobs').count();
      counting.onsuccess = () => resolve(counting.result);
    });
  // The first row is the list of its chunks.
  while ((await count()) < 2);
  database.close();
  await window.handle?.replica.close();
};

describe('a file in real browsers', () => {
  it('[F9, N7] that was added with nobody near comes to two devices, one of which is cut off midway and goes on', async () => {
    const alice = await stage.add('Alice phone');
    const bob = await stage.add('Bob phone');
    const carol = await stage.add('Carol laptop', LAPTOP);
    await people.createAccount(alice);
    await people.pairDevices(alice, bob);
    await people.pairDevices(alice, carol, [bob]);
    await people.writeRecord(alice, { title: 'Boiler', text: 'Its manual is as long as a book.' });
    await Promise.all([alice, bob, carol].map((device) => people.isInStep(device, 3)));
    await people.isInstalled(alice);
    await bob.shut();

    alice.cable.cut();
    await alice.page().reload();
    await people.openRecord(alice, 'Boiler');
    const buffer = randomBytes(FILE_BYTES);
    const sha256 = [...createHash('sha256').update(buffer).digest()];
    const file = { name: 'manual.pdf', mimeType: 'application/pdf', buffer };
    await alice.page().setInputFiles('input[type=file]', file);
    await alice
      .page()
      .getByRole('button', { name: /^manual\.pdf/u })
      .waitFor();
    alice.cable.mend();
    await alice.open();

    // Bob's phone sleeps as soon as it has some of it.
    const page = await bob.takeHandle();
    await page.evaluate(sleepSoon);
    const partly = await readFile(bob);
    expect(partly).toMatchObject({ name: 'manual.pdf', state: 'partly', sha256: null });
    expect(partly.bytes).toBeLessThan(FILE_BYTES);
    const again = await bob.takeHandle();
    const whole = (bytes: number): boolean =>
      window.handle?.replica.view().blobs.hereBytes === bytes;
    await again.waitForFunction(whole, FILE_BYTES);

    const there = await carol.takeHandle();
    await there.waitForFunction(whole, FILE_BYTES);
    for (const device of [bob, carol]) {
      expect(await readFile(device)).toMatchObject({ state: 'here', bytes: FILE_BYTES, sha256 });
    }
  });
});
