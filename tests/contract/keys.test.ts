import { describe, expect, it } from 'vitest';
import { createMemoryKeys, createMemoryVault } from '../../src/adapters/memory/memory-keys.js';
import { secretsOfSeed } from '../../src/adapters/seeded-keys.js';
import { bytesToHex } from '../../src/core/base/hash.js';
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
});
