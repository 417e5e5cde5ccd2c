import type { Browser, BrowserContext } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseAnnouncement } from '../../src/adapters/webrtc/signals.js';
import { decodeCanonical } from '../../src/core/base/canonical.js';
import { LIMITS } from '../../src/core/base/limits.js';
import { isMap } from '../../src/core/base/shape-groups.js';
import type { Channel, RoomConfig } from '../../src/ports/transport.js';
import { closeContext, launchChromium } from './chromium.js';
import type { Device } from './device.js';
import { setStage } from './journey-stage.js';
import { createMoodyRendezvous, openHeard, type Mood } from './moody-rendezvous.js';
import * as people from './people.js';
import { PATIENTLY } from './patience.js';
import { openPageTransport, servePage, type PageServer } from './transport-page.js';

const MOODS: readonly Mood[] = ['deaf', 'swapping', 'replaying', 'flooding', 'slamming'];
/** In every record, so that it is found wherever a journal leaks. */
const SECRET = 'the spare key lies under the third stone';
/** How often Mallory is met in vain before the rendezvous repents. */
const MEETINGS = 3;
const moody = createMoodyRendezvous();
const stage = setStage({ attach: moody.attach });
let browser: Browser;
let pages: PageServer;

beforeAll(async () => {
  pages = await servePage();
  browser = await launchChromium();
});

afterAll(async () => {
  await browser?.close();
  await pages?.close();
});

/** Learns the rooms of a device from inside its pages, as one who was a member once would. */
const spyOnRooms = async (context: BrowserContext): Promise<() => readonly RoomConfig[]> => {
  const rooms = new Map<string, RoomConfig>();
  await context.exposeFunction('spy', (name: string, password: string) => {
    rooms.set(name, { name, password, purpose: 'account' });
  });
  await context.addInitScript(() => {
    // An empty page, which every tab begins as, is no secure one.
    if (typeof SubtleCrypto === 'undefined') return;
    const { importKey, deriveKey } = SubtleCrypto.prototype;
    const passwords = new WeakMap<CryptoKey, string>();
    const text = (bytes: unknown): string => new TextDecoder().decode(bytes as Uint8Array);
    SubtleCrypto.prototype.importKey = async function (this: SubtleCrypto, ...given) {
      const key = (await importKey.apply(this, given as never)) as CryptoKey;
      if (given[2] === 'PBKDF2') passwords.set(key, text(given[1]));
      return key;
    } as typeof importKey;
    SubtleCrypto.prototype.deriveKey = function (this: SubtleCrypto, ...given) {
      const [how, from] = given as unknown as [{ salt: unknown }, CryptoKey];
      const password = passwords.get(from);
      const spy = (window as unknown as { spy: (name: string, word: string) => void }).spy;
      if (password !== undefined) spy(text(how.salt), password);
      return deriveKey.apply(this, given as never);
    } as typeof deriveKey;
  });
  return () => [...rooms.values()];
};

/** Two devices of one account, whose every room the rendezvous has the password of. */
const startTwo = async () => {
  moody.setMood('honest');
  const alice = await stage.add('Alice phone');
  const bob = await stage.add('Bob phone');
  const rooms = await spyOnRooms(alice.context);
  await people.createAccount(alice);
  await people.pairDevices(alice, bob);
  await people.isInStep(alice, 2);
  await write(alice, 'Boiler');
  await people.openRecord(bob, 'Boiler');
  for (const room of rooms()) await moody.learn(room);
  return { alice, bob, rooms: rooms() };
};

const write = (device: Device, title: string): Promise<string> =>
  people.writeRecord(device, { title, text: SECRET });

/** Everything that a device in the middle was told, while it passes all on to the other side. */
const eavesdrop = (one: Channel, other: Channel, told: Uint8Array[]): void => {
  for (const [from, to] of [
    [one, other],
    [other, one],
  ] as const) {
    from.onMessage((message) => {
      told.push(message);
      void to.send(message);
    });
    from.onClose(() => to.close());
  }
};

/** A message of the handshake by its name; null for anything else. */
const handshakeOf = (message: Uint8Array): string | null => {
  const read = decodeCanonical(message, LIMITS.handshakeBytesMax);
  const fields = read.ok && isMap(read.value) ? read.value : {};
  const name = fields['t'];
  return name === 'hello' || name === 'proof' ? name : null;
};

describe('an app whose rendezvous is hostile', () => {
  it('[N2, N4] works on and keeps what is written, whatever the rendezvous does, and tells it nothing of the journal', async () => {
    const { alice, bob, rooms } = await startTwo();
    expect(rooms.length).toBeGreaterThan(0);
    for (const mood of MOODS) {
      const from = { swaps: moody.swaps(), strays: moody.strays() };
      await Promise.all([alice, bob].map((device) => device.shut()));
      const isSudden = mood === 'flooding' || mood === 'slamming';
      moody.setMood(isSudden ? 'honest' : mood);
      await Promise.all([alice, bob].map((device) => device.open()));
      if (isSudden) await people.isInStep(alice, 2);
      moody.setMood(mood);
      await write(alice, `${mood}, from Alice`);
      await write(bob, `${mood}, from Bob`);
      if (mood === 'swapping')
        await expect.poll(moody.swaps, PATIENTLY).toBeGreaterThan(from.swaps);
      if (mood === 'replaying' || mood === 'flooding') {
        await expect.poll(moody.strays, PATIENTLY).toBeGreaterThan(from.strays);
      }
      moody.setMood('honest');
      await Promise.all([alice, bob].map((device) => people.isInStep(device, 2)));
      await people.openRecord(bob, `${mood}, from Alice`);
      await people.openRecord(alice, `${mood}, from Bob`);
    }
    const said = (await Promise.all(rooms.map((room) => openHeard(moody.heard(), room)))).flat();
    expect(said.length).toBeGreaterThan(MOODS.length);
    expect(said.filter((each) => parseAnnouncement(each) === undefined)).toEqual([]);
    expect(JSON.stringify([moody.heard(), said])).not.toContain(SECRET);
  });

  it('[N2] a device in the middle, which has the room’s password, is told a hello and a proof and not a byte of the journal', async () => {
    const { alice, bob, rooms } = await startTwo();
    const hosts = [alice, bob].map((device) => new URL(device.cable.url).host);
    await Promise.all([alice, bob].map((device) => device.shut()));
    moody.setMood('parting');
    const context = await browser.newContext();
    const near = (host: string): string =>
      `ws://127.0.0.1:${stage.app().port}/rendezvous?near=${host}`;
    const mallory = await openPageTransport(context, pages.url, hosts.map(near));
    const told: Uint8Array[] = [];
    let waiting: Channel | null = null;
    let met = 0;
    const meetings = new Promise<void>((resolve) => {
      const meet = (channel: Channel): void => {
        const other = waiting;
        if (other === null) {
          waiting = channel;
          return;
        }
        waiting = null;
        other.onClose(() => ++met === MEETINGS && resolve());
        eavesdrop(channel, other, told);
      };
      for (const room of rooms) mallory.join(room, meet);
    });
    await Promise.all([alice, bob].map((device) => device.open()));
    await write(alice, 'Written near Mallory');
    await meetings;

    expect(told.length).toBeGreaterThan(0);
    expect(new Set(told.map(handshakeOf))).toEqual(new Set(['hello', 'proof']));
    expect(Buffer.concat(told).includes(SECRET)).toBe(false);
    for (const device of [alice, bob]) await device.page().getByText('Alone').first().waitFor();

    await closeContext(context);
    moody.setMood('honest');
    await Promise.all([alice, bob].map((device) => device.open()));
    await people.isInStep(alice, 2);
    await people.openRecord(bob, 'Written near Mallory');
  });
});
