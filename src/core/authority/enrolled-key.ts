import { ed25519, x25519 } from '@noble/curves/ed25519.js';
import type { DeviceId, EncryptionKey } from '../base/brands.js';
import { hexToBytes } from '../base/hash.js';

/**
 * Whether a key may be enrolled as a device: a canonical Ed25519 encoding of a point of prime
 * order.
 *
 * A key with a part of small order lets its holder craft signatures that some verifiers accept and
 * others refuse, so that replicas would part for ever. About 1 ms.
 * Source: rules F4 and A2; RFC 8032 §5.1.3.
 */
export const isSigningKeyAcceptable = (device: DeviceId): boolean => {
  if (acceptedKeys.has(device)) return true;
  try {
    const point = ed25519.Point.fromBytes(hexToBytes(device), false);
    const isAcceptable = !point.isSmallOrder() && point.isTorsionFree();
    if (isAcceptable) remember(device);
    return isAcceptable;
  } catch {
    return false;
  }
};

/** Keys that were found good: one account's are asked for again with each start and each record. */
const acceptedKeys = new Set<string>();
const KEYS_HELD_MAX = 256;

const remember = (key: string): void => {
  if (acceptedKeys.size >= KEYS_HELD_MAX) acceptedKeys.clear();
  acceptedKeys.add(key);
};

/**
 * Whether an X25519 key may be enrolled: below the field's prime, and of large order.
 *
 * With a key of low order every shared secret is zero, known to anyone.
 * Source: rule A2; RFC 7748 §5 and §6.1.
 */
export const isEncryptionKeyAcceptable = (key: EncryptionKey): boolean => {
  const name = `x25519:${key}`;
  if (acceptedKeys.has(name)) return true;
  const bytes = hexToBytes(key);
  if (!isBelowPrime(bytes)) return false;
  try {
    const isAcceptable = x25519.scalarMult(PROBE_SCALAR, bytes).some((byte) => byte !== 0);
    if (isAcceptable) remember(name);
    return isAcceptable;
  } catch {
    return false;
  }
};

/** Any clamped scalar is a multiple of 8, so it sends every point of low order to zero. */
const PROBE_SCALAR = new Uint8Array(32).fill(0x55);

/** 2^255 − 19, least byte first: ed ff … ff 7f. */
const isBelowPrime = (bytes: Uint8Array): boolean => {
  const last = bytes[31] as number;
  if (last > 0x7f) return false;
  if (last < 0x7f) return true;
  for (let index = 30; index > 0; index -= 1) if (bytes[index] !== 0xff) return true;
  return (bytes[0] as number) < 0xed;
};
