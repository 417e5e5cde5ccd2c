import { beforeAll, describe, expect, it } from 'vitest';
import { brandHex, type DeviceId } from '../../src/core/base/brands.js';
import { sharedToSign } from '../../src/core/cache/shared-value.js';
import type { SignedValue } from '../../src/core/base/signed-value.js';
import type { Replica, SharedHow } from '../../src/replica/commands.js';
import { createHousehold, pair } from './household.js';
import { type LyingHousehold, areEqual, idOf, lyingHousehold } from './with-liar.js';

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const textOf = (bytes: Uint8Array | null): string | null =>
  bytes === null ? null : new TextDecoder().decode(bytes);
const isSame = (own: Uint8Array, theirs: Uint8Array): boolean => textOf(own) === textOf(theirs);
const isSound = (bytes: Uint8Array): boolean => textOf(bytes)?.startsWith('small') === true;

/** This device lacks what it takes to work the value out. */
const lacking: SharedHow = { compute: null, isSound, isSame };
const having = (text: string): SharedHow => ({ ...lacking, compute: async () => bytesOf(text) });
const lines = (replica: Replica, kind: string) =>
  replica.view().activity.filter((line) => line.kind === kind);

describe('values that devices work out for each other', () => {
  it('[K4] are given to who lacks what it takes, kept, passed on, and thrown out with the rest', async () => {
    const home = createHousehold();
    const [alice, bob, carol] = [
      await home.start('alice'),
      await home.start('bob'),
      await home.start('carol'),
    ];
    await alice.account.create('Alice phone');
    await pair(home, alice, bob, 'Bob phone');
    await pair(home, alice, carol, 'Carol phone', [bob]);
    await home.until('in step', () => areEqual(alice, bob, carol));
    const asked = async (of: Replica, key = 'thumb:a'): Promise<string | null> => {
      let came: { text: string | null } | null = null;
      void of.cache.fetchShared(key, lacking).then((bytes) => (came = { text: textOf(bytes) }));
      await home.until('it came to an end', () => came !== null);
      return (came as unknown as { text: string | null }).text;
    };
    expect(await asked(bob)).toBeNull();
    expect(textOf(await alice.cache.fetchShared('thumb:a', having('small a')))).toBe('small a');
    expect(await asked(bob)).toBeNull();
    await home.pass(60_000);
    expect(await asked(bob)).toBe('small a');
    expect(bob.cache.figures().foreign).toBe(1);
    // What lies in the cache for this device alone is nobody's.
    await alice.cache.set('thumb:own', bytesOf('small own'));
    expect(await asked(bob, 'thumb:own')).toBeNull();
    await home.stop('alice');
    expect(await asked(carol)).toBe('small a');
    await home.stop('bob');
    const again = await home.start('bob');
    // Counted for what it is before anybody asks for it.
    await again.cache.get('anything');
    expect(again.cache.figures().foreign).toBe(1);
    expect(await asked(again)).toBe('small a');
    await carol.cache.invalidate(['thumb:*']);
    await home.until('in step', () => areEqual(again, carol));
    expect(await asked(again)).toBeNull();
    expect(textOf(await again.cache.fetchShared('thumb:a', having('small b')))).toBe('small b');
    expect(again.cache.figures().foreign).toBe(0);
    await Promise.all(['bob', 'carol'].map(home.stop));
  });

  it('[K4] give way to what this device works out itself; who made another one is named', async () => {
    const home = createHousehold();
    const [alice, bob] = [await home.start('alice'), await home.start('bob')];
    await alice.account.create('Alice phone');
    await pair(home, alice, bob, 'Bob phone');
    await home.until('in step', () => areEqual(alice, bob));
    for (const key of ['thumb:a', 'thumb:b', 'thumb:c']) {
      await alice.cache.fetchShared(key, having(`small ${key}`));
    }
    const came: (string | null)[] = [];
    for (const key of ['thumb:a', 'thumb:b', 'thumb:c']) {
      void bob.cache.fetchShared(key, lacking).then((bytes) => came.push(textOf(bytes)));
    }
    await home.until('all came', () => came.length === 3);
    expect(came.sort()).toEqual(['small thumb:a', 'small thumb:b', 'small thumb:c']);
    expect(textOf(await bob.cache.fetchShared('thumb:a', having('small thumb:a')))).toBe(
      'small thumb:a',
    );
    expect(lines(bob, 'shared-false')).toEqual([]);
    expect(textOf(await bob.cache.fetchShared('thumb:b', having('small other')))).toBe(
      'small other',
    );
    expect(lines(bob, 'shared-false').map(({ device }) => device)).toEqual([idOf(alice)]);
    // All that it made is let go of, and it is not asked again.
    expect(bob.cache.figures().foreign).toBe(0);
    let last: Uint8Array | null | undefined;
    void bob.cache.fetchShared('thumb:c', lacking).then((bytes) => (last = bytes));
    await home.until('it came to an end', () => last !== undefined);
    expect(last).toBeNull();
    expect(bob.view().peers[0]?.conduct.map(({ act }) => act)).toContain('gave-wrong');
    await Promise.all(['alice', 'bob'].map(home.stop));
  });
});

describe('a member that lies about values', () => {
  let all: LyingHousehold;
  beforeAll(async () => {
    all = await lyingHousehold();
    // Alice has nobody else to ask.
    await all.home.stop('bob');
    await all.home.until('bob is away', () =>
      all.alice.view().peers.some(({ state }) => state === 'away'),
    );
  });

  const made = async (
    text: string,
    over: Partial<SignedValue> & { readonly of?: string } = {},
  ): Promise<SignedValue> => {
    const { keys, device, holdings } = all.mallory;
    const { of = 'thumb:x', ...rest } = over;
    const said = {
      maker: device,
      epoch: holdings.chain().tip.epoch,
      known: [],
      bytes: bytesOf(text),
    };
    const value = { ...said, ...rest };
    const message = sharedToSign(holdings.account, of, value);
    return { ...value, signature: await keys.signer.sign(message), ...rest };
  };

  /** What Alice makes of that answer to what she asks for. */
  const answered = async (value: SignedValue, key = 'thumb:x'): Promise<string | null> => {
    const { home, alice, mallory } = all;
    const link = mallory.to(idOf(alice));
    const before = link.heard.length;
    let came: string | null | undefined;
    void alice.cache.fetchShared(key, lacking).then((bytes) => (came = textOf(bytes)));
    await home.until('she asks', () =>
      link.heard.slice(before).some((each) => each.kind === 'wantShared' && each.key === key),
    );
    link.say({ kind: 'sharedValue', key, value });
    await home.until('it came to an end', () => came !== undefined);
    await home.pass(60_000);
    return came ?? null;
  };

  it('[K4] is not taken at a value for another key, of a later or outdated epoch, or not its own', async () => {
    const { home, alice } = all;
    expect(await answered(await made('small', { of: 'thumb:y' }))).toBeNull();
    expect(await answered(await made('small', { epoch: 99 }))).toBeNull();
    expect(await answered(await made('small', { maker: idOf(alice) }))).toBeNull();
    const stranger = brandHex<DeviceId>('7'.repeat(64));
    expect(await answered(await made('small', { maker: stranger }))).toBeNull();
    const twisted = { ...(await made('small')), bytes: bytesOf('small too') };
    expect(await answered(twisted)).toBeNull();
    expect(lines(alice, 'shared-false')).toEqual([]);
    const before = await made('small before', { of: 'thumb:z' });
    await alice.cache.invalidate(['thumb:z']);
    await home.pass(500);
    expect(await answered(before, 'thumb:z')).toBeNull();
    expect(await answered(await made('small x'))).toBe('small x');
  });

  it('[K4, N8] fills nothing with what nobody asked for, and asks for no more than is given', async () => {
    const { home, alice, mallory } = all;
    const link = mallory.to(idOf(alice));
    const held = alice.cache.figures().values;
    for (let at = 0; at < 300; at += 1) {
      link.say({ kind: 'sharedValue', key: `thumb:${at}`, value: await made('small') });
    }
    await home.pass(2_000);
    expect(alice.cache.figures().values).toBe(held);
    await alice.cache.fetchShared('thumb:big', having('x'.repeat(24 * 1024 + 1)));
    await alice.cache.fetchShared('thumb:none', having(''));
    const before = link.heard.length;
    for (const key of ['thumb:big', 'thumb:none', 'thumb:unheard'])
      link.say({ kind: 'wantShared', key });
    await home.until(
      'all are answered',
      () => link.heard.slice(before).filter(({ kind }) => kind === 'sharedValue').length === 3,
    );
    for (const each of link.heard.slice(before)) {
      if (each.kind === 'sharedValue') expect(each.value).toBeNull();
    }
    expect(link.isOpen()).toBe(true);
  });

  it('[K4] is believed no more once it gave what no honest device makes', async () => {
    const { home, alice, mallory } = all;
    expect(await answered(await made('huge', { of: 'thumb:h' }), 'thumb:h')).toBeNull();
    expect(lines(alice, 'shared-false').map(({ device }) => device)).toEqual([mallory.device]);
    expect(alice.cache.figures().foreign).toBe(0);
    expect(await answered(await made('small q', { of: 'thumb:q' }), 'thumb:q')).toBeNull();
    await home.stop('alice');
  });
});
