import { passesSelfTest } from '../../src/adapters/verifier-choice.js';
import { brandHex } from '../../src/core/base/brands.js';
import type { DeviceId } from '../../src/core/base/brands.js';
import type { SignatureCheck, Verifier } from '../../src/ports/verifier.js';
import {
  finished,
  honestCheck,
  keylessCheck,
  looseEncoding,
  raisedCheck,
  torsionPoints,
  torsionedCheck,
} from './crafted-signatures.js';
import { expectEqual, expectTrue } from './expectation.js';
import type { ContractCase } from './expectation.js';

const alice = new Uint8Array(32).fill(1);
const bob = new Uint8Array(32).fill(2);
const message = Uint8Array.from({ length: 32 }, (_, at) => at);
const good = honestCheck(alice, message);

const flipped = (bytes: Uint8Array, bit: number): Uint8Array =>
  bytes.map((byte, at) => (at === bit >> 3 ? byte ^ (1 << (bit & 7)) : byte));

const expectRefused = async (
  verifier: Verifier,
  checks: readonly SignatureCheck[],
): Promise<void> => {
  expectEqual(
    await verifier.verify(checks),
    checks.map(() => false),
    'answers',
  );
};

/** What every Verifier answers. */
export const verifierContract: readonly ContractCase<Verifier>[] = [
  {
    title: '[F4] honest signatures pass, over messages of any length, in the order of the checks',
    run: async (verifier) => {
      const checks = [0, 1, 32, 8192].flatMap((length) => {
        const check = honestCheck(alice, new Uint8Array(length).fill(length));
        return [check, { ...check, message: Uint8Array.of(1, 2, 3) }];
      });
      expectEqual(
        await verifier.verify(checks),
        checks.map((_, at) => at % 2 === 0),
      );
      expectEqual(await verifier.verify([]), []);
    },
  },
  {
    title: '[F4] a batch larger than what runs at once is answered in order',
    run: async (verifier) => {
      const checks = Array.from({ length: 200 }, (_, at) => {
        const check = honestCheck(at % 2 === 0 ? alice : bob, Uint8Array.of(at));
        return at % 7 === 0 ? { ...check, message } : check;
      });
      expectEqual(
        await verifier.verify(checks),
        checks.map((_, at) => at % 7 !== 0),
      );
    },
  },
  {
    title: '[F4] another key, another message or any flipped bit is refused',
    run: async (verifier) => {
      const bits = Array.from({ length: 512 }, (_, bit) => ({
        ...good,
        signature: flipped(good.signature, bit),
      }));
      await expectRefused(verifier, [
        { ...good, key: honestCheck(bob, message).key },
        { ...good, message: flipped(message, 0) },
        ...bits,
      ]);
    },
  },
  {
    title: '[F4] an R with a part of small order is refused, so no two replicas disagree',
    run: async (verifier) => {
      const clean = torsionedCheck(alice, message, 12345n, 0);
      expectEqual(await verifier.verify([clean]), [true], 'a chosen nonce alone');
      await expectRefused(
        verifier,
        [1, 2, 3, 4, 5, 6, 7].map((torsion) => torsionedCheck(alice, message, 12345n, torsion)),
      );
    },
  },
  {
    title: '[F4] an R of small order is refused, the identity among them',
    run: async (verifier) => {
      const exact = torsionPoints.map((_, torsion) => torsionedCheck(alice, message, 0n, torsion));
      const signs = torsionPoints.map((r) => finished(alice, message, 0n, flipped(r, 255)));
      await expectRefused(verifier, [...exact, ...signs]);
    },
  },
  {
    title: '[F4] s of L or more is refused',
    run: async (verifier) => {
      await expectRefused(verifier, [raisedCheck(good), raisedCheck(honestCheck(bob, message))]);
    },
  },
  {
    title: '[F4] keys and R that are not canonical or not on the curve are refused',
    run: async (verifier) => {
      const loose = Array.from({ length: 38 }, (_, at) => looseEncoding(at >> 1, at & 1 ? 1 : 0));
      const offCurve = Uint8Array.of(2, ...new Uint8Array(31));
      await expectRefused(verifier, [
        ...loose.map((r) => finished(alice, message, 0n, r)),
        ...loose.map((key) => keylessCheck(key, message, 5n)),
        finished(alice, message, 7n, offCurve),
        keylessCheck(offCurve, message, 5n),
      ]);
    },
  },
  {
    title: '[F4] a key of small order vouches for nothing',
    run: async (verifier) => {
      await expectRefused(
        verifier,
        torsionPoints.flatMap((key) => [
          keylessCheck(key, message, 5n),
          keylessCheck(flipped(key, 255), message, 5n),
        ]),
      );
    },
  },
  {
    title: '[F4] bytes of wrong lengths and keys that are no hex are refused, never thrown',
    run: async (verifier) => {
      const wrong = (key: string): SignatureCheck => ({ ...good, key: key as DeviceId });
      await expectRefused(verifier, [
        { ...good, signature: new Uint8Array(0) },
        { ...good, signature: good.signature.slice(0, 63) },
        { ...good, signature: Uint8Array.of(...good.signature, 0) },
        { ...good, signature: new Uint8Array(64) },
        wrong(''),
        wrong(good.key.toUpperCase()),
        wrong(`${good.key}00`),
        wrong('zz'.repeat(32)),
        { ...good, key: brandHex<DeviceId>('ff'.repeat(32)) },
      ]);
      expectEqual(await verifier.verify([good]), [true], 'afterwards');
    },
  },
  {
    title: '[F4] it passes the self-test of the start',
    run: async (verifier) => {
      expectTrue(await passesSelfTest(verifier), 'the self-test passes');
    },
  },
];
