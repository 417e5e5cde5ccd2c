import type { CDPSession, Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { en } from '../../src/ui/words/en.js';
import { rules } from '../../src/ui/words/en/later/rules.js';
import { updates as updateWords } from '../../src/ui/words/en/later/updates.js';
import { PHONE, hex } from './fixtures/sample-parts.js';
import { stageGallery } from './gallery-stage.js';
import { findFaultsInLooks, findTightPlaces } from './screen-checks.js';

const DECISION = `#/decision/${hex('de')}`;
const stage = stageGallery();

/** Gives the page a device that knows its owner; the answer makes it doubt or know them again. */
const addOwner = async (): Promise<(isThere: boolean) => Promise<void>> => {
  const session: CDPSession = await stage.page.context().newCDPSession(stage.page);
  await session.send('WebAuthn.enable');
  const { authenticatorId } = await session.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
  return async (isUserVerified) => {
    await session.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified });
  };
};

const passTime = (ms: number): Promise<unknown> =>
  stage.page.evaluate((detail) => dispatchEvent(new CustomEvent('pass-time', { detail })), ms);

const AGREED = new RegExp(`^${rules.code.agreed}`);

/** What writes this device's yes, moves its code, or lets go of a rule. */
const ASKED: readonly (readonly [
  sample: string,
  hash: string,
  press: (page: Page) => Promise<void>,
])[] = [
  [
    'quiet',
    '#/propose',
    (page) => page.getByRole('button', { name: en.snapshots.send, exact: true }).click(),
  ],
  [
    'switch-now',
    '#/updates',
    (page) => page.getByRole('button', { name: updateWords.switch, exact: true }).click(),
  ],
  ['switch-now', '#/rules', (page) => page.getByRole('radio', { name: AGREED }).click()],
];

const turnOn = async (): Promise<void> => {
  await stage.open('quiet', '#/more');
  await stage.page.getByRole('button', { name: 'Turn the lock on' }).click();
  await stage.page.getByRole('button', { name: 'Turn the lock off' }).waitFor();
};

describe('the app lock', () => {
  it('[P5] a link that leads to a locked screen goes on there once it is unlocked', async () => {
    const { page } = stage;
    const setOwner = await addOwner();
    await turnOn();
    await stage.open('quiet', '#/pair');
    await page.getByRole('heading', { level: 1, name: 'Add a device' }).waitFor();
    // The app is closed and opened again, by the same link.
    await page.reload();
    await page.getByRole('heading', { name: 'Locked' }).waitFor();
    await setOwner(false);
    await page.getByRole('button', { name: 'Unlock' }).click();
    await page.getByText('The device did not recognise you. Try again.').waitFor();
    await setOwner(true);
    await page.getByRole('button', { name: 'Unlock' }).click();
    await page.getByRole('heading', { level: 1, name: 'Add a device' }).waitFor();
    expect(new URL(page.url()).hash).toBe('#/pair');
  });

  it('[P5] a screen left open is locked again after two minutes, and goes on where it was', async () => {
    const { page } = stage;
    const setOwner = await addOwner();
    await turnOn();
    await setOwner(true);
    await stage.open('recovery-due', '#/recovery', [/^Unlock$/, /^Make a/]);
    const onward = page.getByRole('button', { name: /^I have them/ });
    await onward.waitFor();
    await passTime(3 * 60_000);
    await page.getByRole('heading', { name: 'Locked' }).waitFor();
    expect(await onward.isVisible()).toBe(false);
    await page.getByRole('button', { name: 'Unlock' }).click();
    await onward.waitFor();
  });

  it('[P5] asking for a snapshot, another version and another rule take the owner', async () => {
    const { page } = stage;
    const setOwner = await addOwner();
    await turnOn();
    await setOwner(false);
    for (const [sample, hash, press] of ASKED) {
      await stage.open(sample, hash);
      await page.reload();
      await press(page);
      await page.getByText('The device did not recognise you. Try again.').waitFor();
    }
    // What was not taken does not look as if it were.
    expect(await page.getByRole('radio', { name: AGREED }).isChecked()).toBe(false);
    await setOwner(true);
    await page.getByRole('radio', { name: AGREED }).click();
    await expect.poll(() => page.getByRole('radio', { name: AGREED }).isChecked()).toBe(true);
  });

  it('[P5] a yes counts only from the owner, and the decision stays open to be read', async () => {
    const { page } = stage;
    const setOwner = await addOwner();
    await turnOn();
    await setOwner(false);
    await stage.open('needs-me', DECISION);
    await page.getByText('Same result here.').waitFor();
    await page.getByRole('button', { name: 'Approve' }).click();
    await page.getByText('The device did not recognise you. Try again.').waitFor();
    expect(await page.getByText('It is done on this device.').count()).toBe(0);
    await setOwner(true);
    await page.getByRole('button', { name: 'Approve' }).click();
    await page.getByText('Two said yes. It is done on this device.').waitFor();
  });

  it('[P1, P5] the locked screen and the setting have no fault for anyone', async () => {
    const { page } = stage;
    await page.addInitScript((key) => localStorage.setItem(key, 'AAAA'), `upkeep-lock:${PHONE}`);
    for (const hash of ['#/recovery', '#/more']) {
      await stage.open('quiet', hash);
      await page.reload();
      await page.getByRole('heading').first().waitFor();
      expect(await findFaultsInLooks(page), hash).toEqual([]);
      expect(await findTightPlaces(page), hash).toEqual([]);
    }
  });
});
