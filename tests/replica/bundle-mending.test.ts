import { describe, expect, test } from 'vitest';
import type { MemoryCodeDisk } from '../../src/adapters/memory/memory-bundles.js';
import { brandHex, type Hash } from '../../src/core/base/brands.js';
import { encodeMessage, parseMessage } from '../../src/core/links/messages.js';
import { releaseBytes } from '../contract/bundles-contract.js';
import { sendingOthers } from './sending-others.js';
import { HOST, type Upgrading, appRelease, upgrading } from './upgrading.js';

const LOOK_MS = 10_000;
const hashOf = (n: number, path: string): Hash =>
  appRelease(n).files.find((file) => file.path === path)?.sha256 ?? brandHex<Hash>('');
const OWN = hashOf(1, 'assets/own-1.js');
const TRUE: Uint8Array = releaseBytes(1)('assets/own-1.js');

interface Stage extends Upgrading {
  readonly isHere: () => boolean;
}

/** All run what they came with; their host has another release in its place. */
const replaced = async (tamper = (bytes: Uint8Array): Uint8Array => bytes): Promise<Stage> => {
  const world = await upgrading({
    wire: (name, plain) =>
      name === 'alice' ? sendingOthers(plain, (bytes) => [tamper(bytes)]) : plain,
  });
  world.hosts.publish(HOST, appRelease(2), releaseBytes(2));
  const disk: MemoryCodeDisk = world.disk('carol');
  const isHere = (): boolean => {
    const kept: Uint8Array | undefined = disk.files.get(OWN);
    return kept?.join(',') === TRUE.join(',');
  };
  return { ...world, isHere };
};

describe('a file of what runs here that was lost, once its host has another release', () => {
  test.for([
    ['lost', (files: MemoryCodeDisk['files']): void => void files.delete(OWN)],
    ['harmed', (files: MemoryCodeDisk['files']): void => void files.get(OWN)?.fill(0)],
  ] as const)(
    '[U3, U6] comes from the members by itself where it was %s, though nobody ever put it to the account',
    async ([, lose]) => {
      const { home, disk, isHere, reloaded } = await replaced();
      await home.stop('carol');
      lose(disk('carol').files);
      expect(isHere()).toBe(false);
      const carol = await home.start('carol');
      await home.until('it is back', isHere);
      expect(carol.view().upgrades.running).toMatchObject({ version: '0.1.0', state: 'good' });
      expect(reloaded).toEqual([]);
    },
  );

  test('[U2, U3] comes from members all the same that pass on nothing but what is needed', async () => {
    const { home, alice, bob, disk, isHere } = await replaced();
    await home.stop('carol');
    disk('carol').files.delete(OWN);
    for (const each of [alice, bob]) {
      expect((await each.upgrades.setPolicies({ give: 'needed' })).ok).toBe(true);
    }
    await home.start('carol');
    await home.until('it is back', isHere);
  });

  test('[U3, U6] comes once one of them is there, and not from one that lies', async () => {
    const { home, disk, isHere } = await replaced((bytes) => {
      const read = parseMessage(bytes);
      if (!read.ok || read.value.kind !== 'codePart' || read.value.bytes === null) return bytes;
      return encodeMessage({ ...read.value, bytes: read.value.bytes.map((byte) => byte ^ 1) });
    });
    await home.stop('carol');
    await home.stop('bob');
    disk('carol').files.delete(OWN);
    await home.start('carol');
    await home.pass(1_200_000);
    expect(disk('carol').files.has(OWN)).toBe(false);
    await home.start('bob');
    await home.until('it came from bob', isHere);
  });

  test('[U3, N8] asks nobody for anything while all of it is here, and seldom for what nobody gives', async () => {
    const { home, disk, hosts, isHere } = await replaced();
    await home.stop('carol');
    hosts.asked();
    await home.start('carol');
    await home.pass(LOOK_MS);
    expect(hosts.asked()).toEqual([]);
    for (const name of ['alice', 'bob', 'carol']) await home.stop(name);
    disk('carol').files.delete(OWN);
    await home.start('carol');
    await home.pass(3_600_000);
    expect(isHere()).toBe(false);
    expect(hosts.asked().length).toBeLessThan(24);
  });
});
