import { describe, expect, it } from 'vitest';
import { en } from '../../src/ui/words/en.js';
import { leave } from '../../src/ui/words/en/later/leave.js';
import { pair as pairWords } from '../../src/ui/words/en/later/pair.js';
import { setStage } from './journey-stage.js';
import * as people from './people.js';

const stage = setStage();
const button = (name: string) => ['button', { name, exact: true }] as const;
const link = (name: string) => ['link', { name, exact: true }] as const;

describe('leaving together', () => {
  it('[A12, N9, P1, P6] two of three begin an account with the records; the third sees nothing change', async () => {
    const alice = await stage.add('Alice phone');
    const bob = await stage.add('Bob phone');
    const carol = await stage.add('Carol laptop');
    await people.createAccount(alice);
    await people.pairDevices(alice, bob);
    await people.pairDevices(alice, carol, [bob]);
    await people.writeRecord(alice, { title: 'Boiler', text: 'Serviced in May.' });
    for (const each of [bob, carol]) await people.openRecord(each, 'Boiler');

    const page = alice.page();
    await people.goTo(page, '#/devices');
    await page.getByRole(...link(en.devices.leave)).click();
    await page.getByRole(...button(leave.start)).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText(leave.noSnapshot).waitFor();
    await dialog.getByRole('checkbox', { name: 'Bob phone' }).check();
    await dialog.getByRole(...button(leave.send(1))).click();
    await page.getByRole('heading', { name: leave.own.title }).waitFor();

    const bobs = bob.page();
    await people.goTo(bobs, '#/');
    await bobs.getByText(leave.notice.title('Alice phone')).waitFor();
    await bobs.getByRole(...link(leave.notice.look)).click();
    await bobs.getByRole(...button(leave.asked.yes)).click();
    await bobs.getByText(leave.asked.waits).waitFor();
    await page.getByText('comes along', { exact: true }).waitFor();
    await page.getByRole(...button(leave.own.found)).click();
    await page.getByRole(...link(leave.founded.open)).click();
    await people.openRecord(alice, 'Boiler');
    await people.goTo(page, '#/leave');
    await page.getByText(leave.origin.text(2)).waitFor();

    // Bob opens a place for it where he is, and joins by a code of the new account.
    await people.goTo(page, '#/pair');
    await page.getByRole(...button(pairWords.showCode)).click();
    const code = (await page.locator('.groups').innerText()).trim();
    await bobs.getByRole(...link(leave.asked.place)).click();
    await bobs.getByRole('link', { name: en.welcome.join }).click();
    await bobs.getByLabel(pairWords.code, { exact: true }).fill(code);
    await bobs.getByLabel(en.welcome.name, { exact: true }).fill(bob.name);
    await bobs.getByRole(...button(pairWords.joinNow)).click();
    await people.chooseWords(alice, await people.readWords(bob));
    await people.sayWords(bob, true);
    await people.leavePairing(alice, bob);
    await people.openRecord(bob, 'Boiler');
    expect(
      await people.writeRecord(alice, { title: 'Only here', text: 'Of the new account.' }),
    ).not.toBe('queued');
    await people.openRecord(bob, 'Only here');

    // Carol's screen lists the three as before, and asks her nothing.
    const carols = carol.page();
    await people.goTo(carols, '#/devices');
    for (const name of ['Alice phone', 'Bob phone', 'Carol laptop']) {
      await carols.getByRole('link', { name: new RegExp(`^${name}`) }).waitFor();
    }
    await people.goTo(carols, '#/leave');
    await carols.getByRole('heading', { name: leave.how }).waitFor();
    await people.goTo(carols, '#/records');
    await carols.getByText('Boiler').first().waitFor();
    expect(await carols.getByText('Only here').count()).toBe(0);

    // The account before opens as ever on a device that left it.
    await alice.open('#/records');
    await people.openRecord(alice, 'Boiler');
    await people.goTo(alice.page(), '#/records');
    await alice.page().getByRole('link', { name: 'Boiler' }).waitFor();
    expect(await alice.page().getByText('Only here').count()).toBe(0);
  });
});
