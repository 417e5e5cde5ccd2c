import { ed25519 } from '@noble/curves/ed25519.js';
import { hexToBytes } from '@noble/hashes/utils.js';
import { describe, expect, it } from 'vitest';
import { createNobleVerifier } from '../../src/adapters/noble-verifier.js';
import { createVerifier, passesSelfTest } from '../../src/adapters/verifier-choice.js';
import { createWebCryptoVerifier } from '../../src/adapters/webcrypto-verifier.js';
import type { Verifier } from '../../src/ports/verifier.js';
import {
  finished,
  honestCheck,
  keylessCheck,
  looseEncoding,
  raisedCheck,
  torsionPoints,
  torsionedCheck,
} from './crafted-signatures.js';
import { verifierContract } from './verifier-contract.js';

const adapters: readonly [string, () => Promise<Verifier>][] = [
  ['noble verifier', async () => createNobleVerifier()],
  ['WebCrypto verifier, in Node', async () => createWebCryptoVerifier()],
  ['chosen verifier, in Node', () => createVerifier()],
  ['chosen verifier without WebCrypto', () => createVerifier(brokenSubtle(() => false))],
];

/** A WebCrypto whose Ed25519 answers as told. */
const brokenSubtle = (answer: () => boolean): SubtleCrypto =>
  ({
    importKey: async () => ({}),
    verify: async () => answer(),
  }) as unknown as SubtleCrypto;

for (const [name, make] of adapters) {
  describe(name, () => {
    for (const { title, run } of verifierContract) it(title, async () => run(await make()));
  });
}

describe('self-test', () => {
  it('[F4] refuses a verifier that accepts with the cofactor, as noble itself does', async () => {
    const message = new Uint8Array(32);
    const torsioned = torsionedCheck(new Uint8Array(32).fill(1), message, 99n, 1);
    const { signature, key } = torsioned;
    expect(ed25519.verify(signature, message, hexToBytes(key))).toBe(true);
    const cofactored: Verifier = {
      verify: async (checks) =>
        checks.map((check) => {
          try {
            return ed25519.verify(check.signature, check.message, hexToBytes(check.key));
          } catch {
            return false;
          }
        }),
    };
    expect(await passesSelfTest(cofactored)).toBe(false);
  });

  it('[F4] refuses verifiers that accept everything, nothing, or throw', async () => {
    const always = (answer: boolean): Verifier => ({
      verify: async (checks) => checks.map(() => answer),
    });
    expect(await passesSelfTest(always(true))).toBe(false);
    expect(await passesSelfTest(always(false))).toBe(false);
    expect(await passesSelfTest({ verify: () => Promise.reject(new Error('broken')) })).toBe(false);
  });

  it('[F4] what implementations disagree about is refused before a browser sees it', async () => {
    const [alice, message] = [new Uint8Array(32).fill(1), new Uint8Array(32)];
    const sound = honestCheck(alice, message);
    const verifier = createWebCryptoVerifier(brokenSubtle(() => true));
    const odd = [
      raisedCheck(sound),
      torsionedCheck(alice, message, 0n, 3),
      finished(alice, message, 1n, looseEncoding(3, 0)),
      keylessCheck(looseEncoding(4, 1), message, 5n),
      keylessCheck(torsionPoints[5] as Uint8Array, message, 5n),
    ];
    expect(await verifier.verify([sound, ...odd])).toEqual([true, ...odd.map(() => false)]);
  });

  it('[F4] a browser whose own Ed25519 accepts too much is not used', async () => {
    const verifier = await createVerifier(brokenSubtle(() => true));
    const torsioned = torsionedCheck(new Uint8Array(32).fill(1), new Uint8Array(32), 99n, 1);
    expect(await verifier.verify([torsioned])).toEqual([false]);
  });
});
