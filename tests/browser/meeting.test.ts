import { describe, expect, it } from 'vitest';
import {
  codeAccountTag,
  encodePairingCode,
  parsePairingCode,
} from '../../src/core/links/pairing-code.js';
import { en } from '../../src/ui/words/en.js';
import { pair as pairWords } from '../../src/ui/words/en/later/pair.js';
import type { Device } from './device.js';
import { setStage } from './journey-stage.js';
import * as people from './people.js';

/** Within this time a device that is gone is shown as away (rule N6). */
const AWAY_MS_MAX = 15_000;
const NO_CONNECTIONS = { kind: 'pairing', reason: 'no-connections' } as const;
const stage = setStage();

const startTwo = async (): Promise<readonly [Device, Device]> => {
  const alice = await stage.add('Alice phone');
  const bob = await stage.add('Bob phone');
  await people.createAccount(alice);
  await people.pairDevices(alice, bob);
  await people.isInStep(alice, 2);
  return [alice, bob];
};

describe('two devices', () => {
  it('[N6] a device whose page was killed is shown as away within 15 s', async () => {
    const [alice, bob] = await startTwo();
    await people.goTo(alice.page(), '#/devices');
    const row = alice.page().getByRole('link', { name: 'Bob phone' });
    await row.filter({ hasText: /connected/ }).waitFor();
    const session = await bob.context.newCDPSession(bob.page());
    void session.send('Page.crash').catch(() => undefined);
    await bob.page().waitForEvent('crash');
    await row.filter({ hasText: /away, last seen/ }).waitFor({ timeout: AWAY_MS_MAX });
  });

  it('[N6] a device that was without a network connects at once when that is back', async () => {
    const [alice, bob] = await startTwo();
    await people.isInstalled(bob);
    bob.cable.cut();
    const page = await bob.open('#/records');
    await page.getByText('Alone').first().waitFor();
    await people.writeRecord(bob, { title: 'Written alone', text: 'On the train.' });
    bob.cable.mend();
    // The browser tells the page that there is a network again.
    await bob.context.setOffline(true);
    await bob.context.setOffline(false);
    await people.isInStep(alice, 2);
    await people.openRecord(alice, 'Written alone');
  });
});

describe('a browser without WebRTC', () => {
  it('[N1, C8] says that it connects to no other device, and keeps what is written', async () => {
    const alice = await stage.add('Alice phone');
    await alice.context.addInitScript(() => Reflect.deleteProperty(window, 'RTCPeerConnection'));
    const page = await alice.open();
    await page.getByRole('button', { name: en.welcome.create }).click();
    await page.getByRole('button', { name: en.welcome.createNow }).click();
    await page.getByText(en.errors.problem['no-connections'].title).first().waitFor();
    await people.goTo(page, '#/records');
    await people.writeRecord(alice, { title: 'Kept alone', text: 'On one phone.' });
    await people.goTo(page, '#/pair');
    await page.getByRole('button', { name: pairWords.showCode }).click();
    await page.getByText(en.errors.command(NO_CONNECTIONS)).waitFor();
  });
});

describe('pairing codes', () => {
  const { failure } = pairWords;

  it('[N9] each wrong code has its own sentence, before anybody is asked', async () => {
    const bob = await stage.add('Bob phone');
    const page = await bob.open('#/pair');
    const good = { purpose: 'join', secret: new Uint8Array(16).fill(7) } as const;
    const accountTag = codeAccountTag('00'.repeat(32) as never);
    const fresh = encodePairingCode({ ...good, accountTag, expiresMs: Date.now() + 600_000 }).text;
    const old = encodePairingCode({ ...good, accountTag, expiresMs: Date.now() - 600_000 }).text;
    const last = fresh.at(-1) === '0' ? '1' : '0';
    const code = page.getByLabel(pairWords.code, { exact: true });
    const said = async (typed: string, sentence: string): Promise<void> => {
      await code.fill(typed);
      await page.getByText(sentence).waitFor();
    };
    await said('U'.repeat(60), failure['code-malformed'].text);
    await said(`${fresh.slice(0, -1)}${last}`, failure['code-mistyped'].text);
    await said(old, failure['code-expired'].text);
    await said(fresh, pairWords.codeGood);
  });

  it('[N9] a code that names another account ends the pairing, and nobody joins', async () => {
    const alice = await stage.add('Alice phone');
    const bob = await stage.add('Bob phone');
    await people.createAccount(alice);
    await people.showCode(alice);
    const shown = parsePairingCode(await people.copyLink(alice), Date.now());
    if (!shown.ok) throw new Error('the code on the screen is no code');
    const accountTag = codeAccountTag('00'.repeat(32) as never);
    await people.typeCode(bob, encodePairingCode({ ...shown.value, accountTag }).text);
    await people.chooseWords(alice, await people.readWords(bob));
    await people.sayWords(bob, true);
    await bob.page().getByText(failure['other-account'].title).waitFor();
    await people.goTo(alice.page(), '#/devices');
    await alice.page().getByText(en.devices.alone).waitFor();
  });

  it('[N9] a wrong choice of three ends it on both screens, and nobody joins', async () => {
    const alice = await stage.add('Alice phone');
    const bob = await stage.add('Bob phone');
    await people.createAccount(alice);
    await people.typeCode(bob, await people.showCode(alice));
    const shown = (await people.readWords(bob)).join(' ');
    const sets = await people.readChoices(alice);
    expect(sets.filter((set) => set === shown)).toHaveLength(1);
    const wrong = sets.find((set) => set !== shown) ?? '';
    await people.chooseWords(alice, wrong.split(' '));
    await Promise.all(
      [alice, bob].map((each) => each.page().getByText(failure['words-differ'].title).waitFor()),
    );
    await people.goTo(alice.page(), '#/devices');
    await alice.page().getByText(en.devices.alone).waitFor();
  });

  it('[N9] a device that has an account says so when it is given a code', async () => {
    const alice = await stage.add('Alice phone');
    await people.createAccount(alice);
    await people.goTo(alice.page(), '#/join/0000000000');
    await alice.page().getByText(pairWords.memberText).waitFor();
  });
});
