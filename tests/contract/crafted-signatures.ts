import { ED25519_TORSION_SUBGROUP, ed25519 } from '@noble/curves/ed25519.js';
import { bytesToNumberLE, numberToBytesLE } from '@noble/curves/utils.js';
import { sha512 } from '@noble/hashes/sha2.js';
import { bytesToHex, concatBytes, hexToBytes } from '@noble/hashes/utils.js';
import type { DeviceId } from '../../src/core/base/brands.js';
import { brandHex } from '../../src/core/base/brands.js';
import type { SignatureCheck } from '../../src/ports/verifier.js';

const Point = ed25519.Point;
const Fn = Point.Fn;
const PRIME = 2n ** 255n - 19n;

/** The eight points of small order; the first is the identity. */
export const torsionPoints: readonly Uint8Array[] = ED25519_TORSION_SUBGROUP.map((hex) =>
  hexToBytes(hex),
);

/** The device whose secret is this seed of 32 bytes. */
export const deviceOf = (seed: Uint8Array): DeviceId =>
  brandHex<DeviceId>(bytesToHex(ed25519.getPublicKey(seed)));

/** An honest signature. */
export const honestCheck = (seed: Uint8Array, message: Uint8Array): SignatureCheck => ({
  key: deviceOf(seed),
  message,
  signature: ed25519.sign(message, seed),
});

/**
 * A signature by the holder of the key whose R = rB + T has a part of small order: the equation
 * holds with the cofactor, and fails without it. Torsion 0 gives an honest one with a chosen nonce.
 */
export const torsionedCheck = (
  seed: Uint8Array,
  message: Uint8Array,
  nonce: bigint,
  torsion: number,
): SignatureCheck => {
  const small = Point.fromBytes(torsionPoints[torsion % 8] as Uint8Array);
  const clean = nonce === 0n ? Point.ZERO : Point.BASE.multiply(nonce);
  return finished(seed, message, nonce, clean.add(small).toBytes());
};

/** A signature whose R is these bytes, and whose s fits the nonce: s = r + kA's scalar. */
export const finished = (
  seed: Uint8Array,
  message: Uint8Array,
  nonce: bigint,
  r: Uint8Array,
): SignatureCheck => {
  const { scalar, pointBytes } = ed25519.utils.getExtendedPublicKey(seed);
  const k = Fn.create(bytesToNumberLE(sha512(concatBytes(r, pointBytes, message))));
  const s = Fn.create(nonce + k * scalar);
  return {
    key: deviceOf(seed),
    message,
    signature: concatBytes(r, numberToBytesLE(s, 32)),
  };
};

/**
 * A signature under a key with a part of small order, A + T, by the holder of A: it is good without
 * the cofactor for one message in eight (or four, or two), where the hash cancels T.
 */
export const torsionedKeyCheck = (
  seed: Uint8Array,
  message: Uint8Array,
  nonce: bigint,
  torsion: number,
): SignatureCheck => {
  const { scalar, point } = ed25519.utils.getExtendedPublicKey(seed);
  const key = point.add(Point.fromBytes(torsionPoints[torsion % 8] as Uint8Array)).toBytes();
  const r = Point.BASE.multiply(nonce).toBytes();
  const k = Fn.create(bytesToNumberLE(sha512(concatBytes(r, key, message))));
  const signature = concatBytes(r, numberToBytesLE(Fn.create(nonce + k * scalar), 32));
  return { key: brandHex<DeviceId>(bytesToHex(key)), message, signature };
};

/** The same signature with s + L, which an unchecked implementation takes for s. */
export const raisedCheck = (check: SignatureCheck): SignatureCheck => {
  const s = bytesToNumberLE(check.signature.slice(32)) + Fn.ORDER;
  return {
    ...check,
    signature: concatBytes(check.signature.slice(0, 32), numberToBytesLE(s, 32)),
  };
};

/** The encodings of a y coordinate that are not canonical: y + p, while it fits 255 bits. */
export const looseEncoding = (y: number, sign: 0 | 1): Uint8Array => {
  const bytes = numberToBytesLE(PRIME + BigInt(y % 19), 32);
  bytes[31] = (bytes[31] ?? 0) | (sign << 7);
  return bytes;
};

/** A signature that the identity as key makes good for every message: R = sB. */
export const keylessCheck = (key: Uint8Array, message: Uint8Array, s: bigint): SignatureCheck => ({
  key: brandHex<DeviceId>(bytesToHex(key)),
  message,
  signature: concatBytes(Point.BASE.multiply(s).toBytes(), numberToBytesLE(s, 32)),
});
