import { describe, expect, test } from 'vitest';
import { createMemoryCipher } from '../../src/adapters/memory/memory-cipher.js';
import { createMemoryCarrierShelf } from '../../src/adapters/memory/memory-carrier.js';
import { createMemoryVault } from '../../src/adapters/memory/memory-keys.js';
import { createMemoryStore } from '../../src/adapters/memory/memory-store.js';
import { createSeededRandomness } from '../../src/adapters/memory/seeded-randomness.js';
import { createPaperKeys } from '../../src/adapters/paper-keys.js';
import { createNobleVerifier } from '../../src/adapters/noble-verifier.js';
import { err } from '../../src/core/base/result.js';
import type { Carrier, CarrierShelf } from '../../src/ports/carrier.js';
import type { Replica } from '../../src/replica/commands.js';
import { createReplica } from '../../src/replica/replica.js';
import { createHousehold, pair, type Household } from './household.js';
import { areEqual, draftOf, titlesOf } from './with-liar.js';

type Read = Carrier['decodeUpdate'];

/** A shelf whose carriers read foreign updates in another way. */
const readingBy = (shelf: CarrierShelf, read: (usual: Read) => Read): CarrierShelf => ({
  ...shelf,
  open: async (base) => {
    const carrier = await shelf.open(base);
    return { ...carrier, decodeUpdate: read(carrier.decodeUpdate) };
  },
});

interface Two {
  readonly home: Household;
  readonly alice: Replica;
  readonly bob: Replica;
}

/** Alice and Bob in step, Bob's updates being read as told. */
const twoDevices = async (read: (usual: Read) => Read): Promise<Two> => {
  const home = createHousehold();
  const alice = await home.start('alice');
  const bob = await createReplica({
    clock: home.clock,
    randomness: createSeededRandomness('bob'),
    store: createMemoryStore(home.disk('bob')),
    vault: createMemoryVault('bob'),
    paper: createPaperKeys(createSeededRandomness('paper'), 10),
    verifier: createNobleVerifier(),
    cipher: createMemoryCipher(),
    shelf: readingBy(createMemoryCarrierShelf(), read),
    transport: home.network.transport('bob'),
    storage: {
      isPersisted: async () => null,
      persist: async () => false,
      estimate: async () => ({ used: null, quota: null }),
    },
  });
  await alice.account.create('Alice phone');
  await pair(home, alice, bob, 'Bob phone');
  await home.until('in step', () => areEqual(alice, bob));
  return { home, alice, bob };
};

/** A door before the reader: while it is shut, what comes waits and is counted. */
const createDoor = () => {
  let waiting: (() => void)[] = [];
  let isShut = false;
  return {
    read:
      (usual: Read): Read =>
      async (update) => {
        if (isShut) await new Promise<void>((resolve) => waiting.push(resolve));
        return usual(update);
      },
    shut: (): void => {
      isShut = true;
    },
    open: (): void => {
      isShut = false;
      waiting.forEach((resolve) => resolve());
      waiting = [];
    },
    waiting: () => waiting.length,
  };
};

const refusals = (replica: Replica) =>
  replica.view().activity.filter(({ kind, tone }) => kind === 'update-refused' || tone === 'bad');

describe('while an update is being read', () => {
  test('[F11] what its sender says afterwards waits, and then joins on to it', async () => {
    const door = createDoor();
    const { home, alice, bob } = await twoDevices(door.read);
    door.shut();
    await alice.records.create(draftOf('first'));
    await home.until('it is being read', () => door.waiting() === 1);
    await alice.records.create(draftOf('second'));
    await alice.records.create(draftOf('third'));
    await home.pass(2_000);
    expect(door.waiting()).toBe(1);
    expect(titlesOf(bob)).toEqual([]);
    door.open();
    await home.until('all of it is here', () => areEqual(alice, bob));
    expect(titlesOf(bob)).toEqual(['first', 'second', 'third']);
    expect(refusals(bob)).toEqual([]);
  });

  test('[F11] a device that closes takes nothing of it, and has it at its next meeting', async () => {
    const door = createDoor();
    const { home, alice, bob } = await twoDevices(door.read);
    door.shut();
    await alice.records.create(draftOf('too late'));
    await home.until('it is being read', () => door.waiting() === 1);
    const before = home.disk('bob').rowsOf('facts').size;
    const stopped = bob.close();
    door.open();
    await stopped;
    expect(home.disk('bob').rowsOf('facts').size).toBe(before);
    expect(titlesOf(bob)).toEqual([]);
    const again = await home.start('bob');
    await home.until('it came after all', () => areEqual(alice, again));
    expect(titlesOf(again)).toEqual(['too late']);
  });
});

describe('an update that takes too long to read', () => {
  test('[F11, F12] counts against its sender with its reason, and its facts come as runs', async () => {
    let reads = 0;
    const late: Read = async () => {
      reads += 1;
      return err({ kind: 'reader-timeout' });
    };
    let isLate = false;
    const { home, alice, bob } = await twoDevices((usual) => (update) => {
      return isLate ? late(update) : usual(update);
    });
    isLate = true;
    await alice.records.create(draftOf('slow'));
    await home.until('it came in spite of that', () => areEqual(alice, bob));
    await alice.records.create(draftOf('slower'));
    await home.until('the next as well', () => titlesOf(bob).includes('slower'));
    const lines = bob.view().activity.filter(({ kind }) => kind === 'update-refused');
    expect(lines.map(({ details }) => details['reason'])).toEqual(['reader-timeout']);
    expect(reads).toBe(1);
  });
});
