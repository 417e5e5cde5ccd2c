import { describe, expect, test } from 'vitest';
import { createMemoryCipher } from '../../src/adapters/memory/memory-cipher.js';
import { createMemoryCarrierShelf } from '../../src/adapters/memory/memory-carrier.js';
import { createMemoryVault } from '../../src/adapters/memory/memory-keys.js';
import { createMemoryStore } from '../../src/adapters/memory/memory-store.js';
import { createSeededRandomness } from '../../src/adapters/memory/seeded-randomness.js';
import { createPaperKeys } from '../../src/adapters/paper-keys.js';
import { createNobleVerifier } from '../../src/adapters/noble-verifier.js';
import { createReplica } from '../../src/replica/replica.js';
import { createHousehold, pair } from './household.js';
import { kindOf, sendingOthers } from './sending-others.js';
import { areEqual, draftOf } from './with-liar.js';

/** What one says of how far one is; everything else carries something. */
const WORDS = new Set<string>(['heads', 'standing', 'compare']);

describe('a device whose last words are lost', () => {
  test('[F12] is asked by nobody, yet says them again to whoever still believes the earlier ones', async () => {
    const home = createHousehold();
    const alice = await home.start('alice');
    let isLosing = false;
    const said: string[] = [];
    const instead = (bytes: Uint8Array): readonly Uint8Array[] => {
      const kind = kindOf(bytes);
      if (WORDS.has(kind)) said.push(kind);
      return isLosing && (WORDS.has(kind) || kind === 'beat') ? [] : [bytes];
    };
    const bob = await createReplica({
      clock: home.clock,
      randomness: createSeededRandomness('bob'),
      store: createMemoryStore(home.disk('bob')),
      vault: createMemoryVault('bob'),
      paper: createPaperKeys(createSeededRandomness('paper'), 10),
      verifier: createNobleVerifier(),
      cipher: createMemoryCipher(),
      shelf: createMemoryCarrierShelf(),
      transport: sendingOthers(home.network.transport('bob'), instead),
      storage: {
        isPersisted: async () => null,
        persist: async () => false,
        estimate: async () => ({ used: null, quota: null }),
      },
    });
    await alice.account.create('Alice phone');
    await pair(home, alice, bob, 'Bob phone');
    await home.until('in step', () => areEqual(alice, bob));
    await home.pass(2_000);

    isLosing = true;
    await alice.records.create(draftOf('Boiler'));
    await home.until('Bob has it', () => areEqual(alice, bob));
    await home.pass(2_000);
    isLosing = false;
    expect(bob.view().sync.inStepCount).toBe(2);
    expect(alice.view().sync.inStepCount).toBe(1);
    await home.until('Alice knows', () => alice.view().sync.inStepCount === 2);

    // Those who know of each other that they are in step leave it at that.
    await home.pass(2_000);
    said.length = 0;
    await home.pass(120_000);
    expect(said).toEqual([]);
  });
});
