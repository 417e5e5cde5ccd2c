import { describe, expect, test } from 'vitest';
import { createShippedBundles } from '../../src/adapters/bundles/shipped-bundles.js';
import { createMemoryHosts } from '../../src/adapters/memory/memory-bundles.js';
import { brandHex, type Hash } from '../../src/core/base/brands.js';
import { sha256Hex } from '../../src/core/base/hash.js';
import { releaseBytes } from '../contract/bundles-contract.js';
import { createHousehold } from './household.js';
import { idOf } from './with-liar.js';
import { appRelease, contentOf, upgradeAt, upgrading } from './upgrading.js';

const BINARY = 'https://localhost/';
const BOTH = { protocols: ['upkeep/1', 'upkeep/2'] };

describe('a device whose app a store brings', () => {
  test('[U8] says so, takes nothing by itself, is ready once the store brought it, and speaks what its binary does', async () => {
    const binary = createMemoryHosts();
    binary.publish(BINARY, appRelease(1), releaseBytes(1));
    const isCarol = (name: string): boolean => name === 'carol';
    const shipped = () =>
      createShippedBundles({
        fetchBytes: binary.fetchBytes,
        sha256: async (bytes) => brandHex<Hash>(sha256Hex(bytes)),
        home: BINARY,
      });
    const world = await upgrading({
      bundles: (name) => (isCarol(name) ? shipped() : undefined),
      upgrades: (name) => (isCarol(name) ? { channel: 'app-store', cap: ['upkeep/1'] } : {}),
    });
    const { home, alice, carol, publish } = world;
    const v2 = await publish(2, {}, BOTH);
    const carolAt = () =>
      upgradeAt(alice, v2)?.readiness.find((each) => each.device === idOf(carol));
    await home.until('alice hears why', () => carolAt()?.reason === 'app-store');
    expect(carol.view().upgrades).toMatchObject({ cannotSwitch: 'app-store', canSwitch: false });
    expect(carol.view().upgrades.running).toMatchObject({ channel: 'app-store', state: 'good' });
    const refused = { kind: 'upgrade-blocked', blocker: { kind: 'app-store' } };
    expect(await carol.upgrades.fetch(v2)).toEqual({ ok: false, error: refused });

    const who = idOf(carol);
    await home.stop('carol');
    binary.publish(BINARY, appRelease(2, BOTH), releaseBytes(2));
    await home.start('carol');
    await home.until('she is ready', () => {
      const row = upgradeAt(alice, v2)?.readiness.find(({ device }) => device === who);
      return row?.verdict === 'ready' && row.isRunning;
    });
    expect(alice.view().upgrades.devices.find(({ device }) => device === who)).toMatchObject({
      ...{ content: contentOf(2), version: '0.2.0', protocols: ['upkeep/1'] },
    });
  });
});

describe('what a bundle store tells its device', () => {
  test('[U7] stands as it was asked for last, whichever answer comes first', async () => {
    const hosts = createMemoryHosts();
    const stateOf = async (number: number) => {
      hosts.publish(BINARY, appRelease(number), releaseBytes(number));
      const sha256 = async (bytes: Uint8Array) => brandHex<Hash>(sha256Hex(bytes));
      const shipped = createShippedBundles({ fetchBytes: hosts.fetchBytes, sha256, home: BINARY });
      return { shipped, state: await shipped.state() };
    };
    const [first, second] = [await stateOf(1), await stateOf(2)];
    type State = typeof first.state;
    let answer: () => Promise<State> = async () => first.state;
    let changed = (): void => undefined;
    const home = createHousehold({
      bundles: () => ({
        ...first.shipped,
        state: () => answer(),
        subscribe: (listener) => {
          changed = listener;
          return () => undefined;
        },
      }),
    });
    const alice = await home.start('alice');
    await alice.account.create('Alice phone');
    const version = () => alice.view().upgrades.running?.version;
    expect(version()).toBe('0.1.0');

    let late = (_: State): void => undefined;
    answer = () => new Promise<State>((resolve) => (late = resolve));
    changed();
    answer = async () => second.state;
    changed();
    await home.until('it is told of the second', () => version() === '0.2.0');
    late(first.state);
    await alice.records.create({ title: 'anything', text: '', labels: [] });
    expect(version()).toBe('0.2.0');
  });
});
