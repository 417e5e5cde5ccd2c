import { describe, expect, it } from 'vitest';
import { en } from '../../src/ui/words/en.js';
import { LAPTOP, type Device } from './device.js';
import * as disorder from './disorder.js';
import { setStage } from './journey-stage.js';
import * as people from './people.js';

/** Stock y-webrtc stops without a word at a message of this size. */
const STOCK_MESSAGE_BYTES_MAX = 262_144;
const stage = setStage();

const write = (device: Device, title: string): Promise<'saved' | 'shared' | 'queued'> =>
  people.writeRecord(device, { title, text: `${title}, from ${device.name}.`, label: 'home' });

/** What devices have once they agree, read from their stores by the library, without screens. */
const readDevices = async (devices: readonly Device[]) => {
  const pages = await Promise.all(devices.map((device) => device.takeHandle()));
  await disorder.allAgree(pages);
  return Promise.all(
    pages.map((page) =>
      page.evaluate(() => ({
        digest: window.handle?.replica.inspect().digest,
        base: window.handle?.replica.inspect().base,
        titles: window.handle?.records().map(({ title }) => title),
        journal: window.handle?.replica.view().journal,
        signers: window.handle?.replica.view().snapshots[0]?.signers.length,
      })),
    ),
  );
};

const allInStep = (devices: readonly Device[]): Promise<unknown> =>
  Promise.all(devices.map((device) => people.isInStep(device, devices.length)));

describe('the main job in real browsers', () => {
  it('[A2, A6, F5, F9, F10, N1, N2, N9, P4, P6, S1, S2, S5, S6, S7, S9] three devices pair, write, approve and prune; one is away meanwhile; a fourth joins after', async () => {
    const alice = await stage.add('Alice phone');
    const bob = await stage.add('Bob phone');
    const carol = await stage.add('Carol laptop', LAPTOP);
    const three = [alice, bob, carol];
    await people.createAccount(alice);
    const words = await people.pairDevices(alice, bob);
    expect(words).toHaveLength(4);
    await people.pairDevices(alice, carol, [bob]);
    await allInStep(three);

    await write(alice, 'Boiler');
    await write(bob, 'Router');
    await write(carol, 'Spare key');
    for (const device of three) {
      await people.openRecord(device, 'Boiler');
      await people.openRecord(device, 'Router');
      await people.openRecord(device, 'Spare key');
    }
    await allInStep(three);

    // Carol loses her network and reloads: the app opens from what she keeps, and takes an edit.
    await people.isInstalled(carol);
    carol.cable.cut();
    await carol.open('#/records');
    expect(await write(carol, 'Car papers')).toBe('saved');
    await carol.shut();

    const asked = await people.proposeSnapshot(alice, 'A quiet evening');
    await people.goTo(bob.page(), '#/records');
    await bob.page().getByText(en.records.fenceTitle).first().waitFor();
    expect(await write(bob, 'Written meanwhile')).toBe('queued');

    await people.goTo(bob.page(), '#/');
    await bob.page().getByRole('link', { name: en.home.look }).click();
    await bob.page().getByText(en.decision.same.title).waitFor();
    expect(await people.readShortCode(bob.page())).toBe(asked);
    await bob.page().getByRole('button', { name: en.decision.approve, exact: true }).click();

    await people.holdsSnapshot(alice, 1);
    await people.holdsSnapshot(bob, 1);
    await people.openRecord(alice, 'Written meanwhile');

    carol.cable.mend();
    await carol.open();
    await allInStep(three);
    await people.holdsSnapshot(carol, 1);
    for (const device of three) {
      await people.openRecord(device, 'Car papers');
      await people.openRecord(device, 'Written meanwhile');
    }

    const dave = await stage.add('Dave tablet');
    await people.pairDevices(alice, dave, [bob]);
    await allInStep([...three, dave]);

    const titles = ['Boiler', 'Car papers', 'Router', 'Spare key', 'Written meanwhile'];
    const [first, ...others] = await readDevices([...three, dave]);
    expect(first?.digest).toBeTruthy();
    expect(first?.signers).toBe(2);
    for (const other of others) {
      expect(other.digest).toBe(first?.digest);
      expect(other.base).toBe(first?.base);
      expect([...(other.titles ?? [])].sort()).toEqual(titles);
    }
  });

  it('[N1, F11, F12] over 700 facts, more than stock y-webrtc carries, reach a newcomer in one go', async () => {
    const alice = await stage.add('Alice phone');
    const bob = await stage.add('Bob phone');
    await people.createAccount(alice);
    const page = await alice.takeHandle();
    const order = { prefix: 'shelf', records: 710, edits: 0, characters: 200 };
    await page.evaluate((given) => window.handle?.write(given), order);
    await alice.open();
    await people.pairDevices(alice, bob);
    await allInStep([alice, bob]);
    const [from, to] = await readDevices([alice, bob]);
    expect(to?.digest).toBe(from?.digest);
    expect(to?.titles).toHaveLength(710);
    expect(to?.journal?.bytes).toBeGreaterThan(STOCK_MESSAGE_BYTES_MAX);
  });
});
