import { fc, test } from '@fast-check/vitest';
import { numberToBytesLE } from '@noble/curves/utils.js';
import { describe, expect } from 'vitest';
import { createNobleVerifier } from '../../src/adapters/noble-verifier.js';
import { createWebCryptoVerifier } from '../../src/adapters/webcrypto-verifier.js';
import { brandHex } from '../../src/core/base/brands.js';
import type { DeviceId } from '../../src/core/base/brands.js';
import type { SignatureCheck } from '../../src/ports/verifier.js';
import {
  finished,
  honestCheck,
  keylessCheck,
  looseEncoding,
  raisedCheck,
  torsionPoints,
  torsionedCheck,
  torsionedKeyCheck,
} from '../contract/crafted-signatures.js';

const noble = createNobleVerifier();
const native = createWebCryptoVerifier();

const seeds = fc.uint8Array({ minLength: 32, maxLength: 32 });
const messages = fc.uint8Array({ maxLength: 64 });
const nonces = fc.bigInt({ min: 1n, max: 2n ** 250n });

/** An honest signature with up to three of its bytes changed. */
const mutated = fc
  .tuple(seeds, messages, fc.array(fc.tuple(fc.nat(63), fc.nat(255)), { maxLength: 3 }))
  .map(([seed, message, changes]): SignatureCheck => {
    const check = honestCheck(seed, message);
    const signature = Uint8Array.from(check.signature);
    for (const [at, byte] of changes) signature[at] = byte;
    return { ...check, signature };
  });

/** The same under an arbitrary key. */
const keyed = fc
  .tuple(mutated, fc.uint8Array({ minLength: 32, maxLength: 32 }))
  .map(([check, key]): SignatureCheck => ({
    ...check,
    key: brandHex<DeviceId>(Buffer.from(key).toString('hex')),
  }));

const torsioned = fc
  .tuple(seeds, messages, fc.oneof(nonces, fc.constant(0n)), fc.nat(7))
  .map(([seed, message, nonce, torsion]) => torsionedCheck(seed, message, nonce, torsion));

const raised = fc.oneof(mutated, torsioned).map(raisedOrSame);

/** s + L where it fits 32 bytes. */
function raisedOrSame(check: SignatureCheck): SignatureCheck {
  try {
    return raisedCheck(check);
  } catch {
    return check;
  }
}

const odd = fc.oneof(
  fc.tuple(fc.nat(18), fc.constantFrom<0 | 1>(0, 1)).map(([y, sign]) => looseEncoding(y, sign)),
  fc.nat(7).map((at) => torsionPoints[at] as Uint8Array),
  fc.bigInt({ min: 0n, max: 2n ** 255n - 1n }).map((y) => numberToBytesLE(y, 32)),
);

const oddR = fc
  .tuple(seeds, messages, nonces, odd)
  .map(([seed, message, nonce, r]) => finished(seed, message, nonce, r));

const oddKey = fc
  .tuple(odd, messages, nonces)
  .map(([key, message, nonce]) => keylessCheck(key, message, nonce));

const mixedKey = fc
  .tuple(seeds, messages, nonces, fc.integer({ min: 1, max: 7 }))
  .map(([seed, message, nonce, torsion]) => torsionedKeyCheck(seed, message, nonce, torsion));

const shape = fc.oneof(mutated, keyed, torsioned, raised, oddR, oddKey, mixedKey);

describe('the two verifiers', () => {
  test.prop([fc.array(shape, { minLength: 1, maxLength: 4 })], { numRuns: 200 })(
    '[F4] accept exactly the same signatures, however they are crafted',
    async (checks) => {
      expect(await noble.verify(checks)).toEqual(await native.verify(checks));
    },
  );

  test.prop([seeds, messages])(
    '[F4] both accept what honest devices sign',
    async (seed, message) => {
      const checks = [honestCheck(seed, message)];
      expect(await noble.verify(checks)).toEqual([true]);
      expect(await native.verify(checks)).toEqual([true]);
    },
  );

  test.prop([seeds, messages, nonces, fc.integer({ min: 1, max: 7 })], { numRuns: 30 })(
    '[F4] both refuse what only the cofactored equation accepts',
    async (seed, message, nonce, torsion) => {
      const checks = [torsionedCheck(seed, message, nonce, torsion)];
      expect(await noble.verify(checks)).toEqual([false]);
      expect(await native.verify(checks)).toEqual([false]);
    },
  );
});
