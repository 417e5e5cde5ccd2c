import { describe, expect, it } from 'vitest';
import {
  createMemoryKeys,
  createMemoryVault,
  nobleAes,
} from '../../src/adapters/memory/memory-keys.js';
import { createSeededRandomness } from '../../src/adapters/memory/seeded-randomness.js';
import { createSealer } from '../../src/adapters/sealing.js';
import { secretsOfSeed } from '../../src/adapters/seeded-keys.js';
import { bytesToHex, sha256Hex } from '../../src/core/base/hash.js';
import { keysContract } from './keys-contract.js';

describe('memory vault', () => {
  for (const { title, run } of keysContract) {
    it(title, () => {
      const vault = createMemoryVault('alice');
      return run({ open: () => vault });
    });
  }

  it('[N3] one seed decides keys, signatures and envelopes', async () => {
    const [first, second] = [createMemoryKeys('alice'), createMemoryKeys('alice')];
    const bob = createMemoryKeys('bob');
    expect(first.signer.device).toBe(second.signer.device);
    expect(first.signer.device).not.toBe(bob.signer.device);
    const message = Uint8Array.of(1, 2, 3);
    expect(await first.signer.sign(message)).toEqual(await second.signer.sign(message));
    const to = bob.sealer.encryptionKey;
    const envelope = await first.sealer.seal(to, message, message);
    expect(await second.sealer.seal(to, message, message)).toEqual(envelope);
  });

  it('[A5] a seed on paper gives the same two secrets for ever', () => {
    const secrets = secretsOfSeed(new Uint8Array(32).fill(7));
    expect([bytesToHex(secrets.signing), bytesToHex(secrets.agreement)]).toMatchInlineSnapshot(`
      [
        "93c50144f58cfa081617a6d69cf72a5f2e1bb469cedc47827d310f53c60193b2",
        "4b7dd091088ffef58da234e3e2f62a4ebd606d8f3897fa43267e8a5aad95de4d",
      ]
    `);
    expect(() => secretsOfSeed(new Uint8Array(31))).toThrow();
  });

  it('[N3] the formats of envelopes and pair secrets stay as they are', async () => {
    const [alice, bob] = [createMemoryKeys('alice').sealer, createMemoryKeys('bob').sealer];
    const [plaintext, context] = [Uint8Array.of(1, 2, 3), Uint8Array.of(7)];
    const envelope = await alice.seal(bob.encryptionKey, plaintext, context);
    expect(sha256Hex(envelope)).toMatchInlineSnapshot(
      `"316d6e0812616a4e60a7c00b2872bf8a8857fca456b76ccb7399a9e6412bc837"`,
    );
    expect(bytesToHex(await alice.pairSecret(bob.encryptionKey))).toMatchInlineSnapshot(
      `"67debd5d481c5a4bdae929ac172afb427a05dce091ffc43d5fca71586e187939"`,
    );
  });
});

describe('sealer', () => {
  it('[N3] a browser that answers zeros instead of refusing a point is not trusted', async () => {
    const zeros = { publicKey: new Uint8Array(32).fill(9), agree: async () => new Uint8Array(32) };
    const sealer = createSealer({
      own: zeros,
      ephemeral: async () => zeros,
      randomness: createSeededRandomness('zeros'),
      aes: nobleAes,
    });
    const other = createMemoryKeys('bob').sealer.encryptionKey;
    const nothing = new Uint8Array(0);
    await expect(sealer.seal(other, nothing, nothing)).rejects.toThrow();
    await expect(sealer.pairSecret(other)).rejects.toThrow();
    const envelope = await createMemoryKeys('bob').sealer.seal(other, nothing, nothing);
    expect(await sealer.open(envelope, nothing)).toEqual({
      ok: false,
      error: { kind: 'unopenable' },
    });
  });
});
