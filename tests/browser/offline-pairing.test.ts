import { describe, it } from 'vitest';
import { en } from '../../src/ui/words/en.js';
import { pair as pairWords } from '../../src/ui/words/en/later/pair.js';
import type { Device } from './device.js';
import { setStage } from './journey-stage.js';
import * as people from './people.js';

const stage = setStage();

/** The code of a screen, as its letters. */
const readLetters = async (device: Device): Promise<string> => {
  const page = device.page();
  await page.getByText(pairWords.asLetters).click();
  return page.locator('[data-code=shown]').innerText();
};

describe('two devices with no network but their own', () => {
  it('[N9, N11] pair by two codes with the rendezvous out of reach, and find each other later', async () => {
    const alice = await stage.add('Alice phone');
    const bob = await stage.add('Bob phone');
    await people.createAccount(alice);
    await people.isInstalled(alice);
    await bob.open();
    await people.isInstalled(bob);
    for (const device of [alice, bob]) device.cable.cut();

    await people.goTo(alice.page(), '#/pair');
    await alice.page().getByRole('button', { name: pairWords.offlineStart }).click();
    const offer = await readLetters(alice);
    await bob.page().getByRole('link', { name: en.welcome.join }).click();
    await bob.page().getByLabel(pairWords.code, { exact: true }).fill(offer);
    await bob.page().getByLabel(en.welcome.name, { exact: true }).fill(bob.name);
    await bob.page().getByRole('button', { name: pairWords.joinNow, exact: true }).click();
    const answer = await readLetters(bob);
    await alice.page().getByLabel(pairWords.otherLetters).fill(answer);
    await alice.page().getByRole('button', { name: pairWords.connect, exact: true }).click();

    await people.chooseWords(alice, await people.readWords(bob));
    await people.sayWords(bob, true);
    await bob.page().getByRole('button', { name: en.common.toHome }).click();
    await alice.page().getByRole('button', { name: en.common.toDevices }).click();

    for (const device of [alice, bob]) device.cable.mend();
    for (const device of [alice, bob]) {
      await device.context.setOffline(true);
      await device.context.setOffline(false);
    }
    await people.isInStep(alice, 2);
  });
});
