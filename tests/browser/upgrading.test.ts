import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { en } from '../../src/ui/words/en.js';
import { updates as updateWords } from '../../src/ui/words/en/later/updates.js';
import * as people from './people.js';
import { bundleOf, isBackAt, keptSlots } from './releases.js';
import { offer, switchButton, switchNow, take } from './upgrade-acts.js';
import { setUpgradeStage } from './upgrade-stage.js';

/** In any time. */
const TRIED = /^Tried on a copy of your records: fits, [\d.]+ s, nothing is lost\.$/u;

const { root, lay, devices, gather } = setUpgradeStage();

describe('an upgrade in real browsers', () => {
  it('[U2, U3, U4, U7, U11] is offered by one, waits for a second to check it, is switched to by both, and the third follows; one that throws is left by itself, and nobody takes it', async () => {
    const first = await lay(1, '0.1.0');
    const [alice, bob, carol] = await gather();

    const second = await lay(2, '0.2.0', { 'assets/more.js': 'export const more = 1;\n' });
    await offer(alice, 'More of it.');
    await take(alice);
    // It was tried here before this device called itself ready, and the others are told.
    await alice.page().getByText(TRIED).first().waitFor();
    expect(await switchButton(alice).isEnabled()).toBe(false);

    await take(bob);
    expect(await bundleOf(bob.page())).not.toBe(second);
    await switchNow(bob);
    await switchNow(alice);
    expect([await bundleOf(alice.page()), await bundleOf(bob.page())]).toEqual([second, second]);
    expect(first).not.toBe(second);

    await people.writeRecord(alice, { title: 'Boiler', text: 'Written by the new version.' });
    await people.openRecord(carol, 'Boiler');
    await take(carol);
    expect(await bundleOf(carol.page())).not.toBe(second);
    await switchNow(carol);
    expect(await bundleOf(carol.page())).toBe(second);
    await people.openRecord(carol, 'Boiler');

    // The next one throws as soon as it is opened.
    const html = await readFile(join(root(), 'index.html'), 'utf8');
    await lay(3, '0.3.0', {
      'assets/early.js': "throw new Error('the list is empty');\n",
      'index.html': html.replace('</title>', '</title><script src="./assets/early.js"></script>'),
    });
    await offer(alice, 'It shows the list first.');
    await take(alice);
    await take(bob);
    await switchButton(bob).click();
    await isBackAt(bob.page(), second);
    await bob.page().getByText(updateWords.wentBackTitle).first().waitFor();
    const { history } = await keptSlots(bob.page());
    expect(history.at(-1)).toMatchObject({ outcome: 'rolled-back', isAutomatic: true });
    await people.openRecord(bob, 'Boiler');
    const refused = en.errors.upgradeBlocker({ kind: 'quarantined' });
    await alice.page().getByText(refused).first().waitFor();
    expect(await bundleOf(alice.page())).toBe(second);
    expect(devices.flatMap(({ complaints }) => complaints)).toEqual([
      expect.stringContaining('the list is empty'),
    ]);
  });
});
