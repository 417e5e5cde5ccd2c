import { ristretto255, ristretto255_hasher } from '@noble/curves/ed25519.js';
import { bytesToNumberLE } from '@noble/curves/utils.js';
import { sha512 } from '@noble/hashes/sha2.js';
import { compareBytes } from '../base/hash.js';
import { assert, err, ok, type Result } from '../base/result.js';

/** What both ends of a run must agree on, besides the password, to come to one key. */
export interface CpaceInput {
  /** The password-related string; as short as a person may type. */
  readonly password: Uint8Array;
  /** Names the channel and its two ends, alike at both. */
  readonly channel: Uint8Array;
  /** Names this run; no two runs share it. */
  readonly session: Uint8Array;
}

/** One end's public share, with the data that it binds to it. */
export interface CpaceShare {
  /** 32 bytes: an encoded group element. */
  readonly point: Uint8Array;
  readonly associated: Uint8Array;
}

export type CpaceError =
  /** The other end's share is no group element, or the neutral one. */
  | { readonly kind: 'bad-share' }
  /** The other end sent our own share back. */
  | { readonly kind: 'own-share' };

/** Random bytes that one run draws; never used for a second one. */
export const CPACE_SCALAR_BYTES = 32;
/** Bytes of an encoded group element. */
export const CPACE_POINT_BYTES = 32;

const { Point } = ristretto255;
const DSI = new TextEncoder().encode('CPaceRistretto255');
const DSI_ISK = new TextEncoder().encode('CPaceRistretto255_ISK');
/** SHA-512's input block, H.s_in_bytes. */
const BLOCK_BYTES = 128;
const GROUP_BITS = 252;

/**
 * This end's share: the generator that the password gives, times this run's secret scalar.
 *
 * `scalar` is 32 fresh unpredictable bytes, of which 252 bits count. Whoever sees the share learns
 * nothing of the password.
 * Source: draft-irtf-cfrg-cpace-21 sections 7.2 and 8.3, suite CPACE-RISTR255-SHA512.
 */
export const cpaceShare = (input: CpaceInput, scalar: Uint8Array): Uint8Array =>
  cpaceGenerator(input).multiply(scalarOf(scalar)).toBytes();

/**
 * The 64-byte key that both ends come to if and only if their inputs and shares are the same.
 *
 * Neither end knows yet whether the other has it: what they say next must show it.
 * Errors: bad-share, own-share; either ends the run, and its scalar is thrown away.
 * Source: draft-irtf-cfrg-cpace-21 section 7, for ends that may both speak first (transcript_oc).
 */
export const cpaceKey = (
  input: CpaceInput,
  scalar: Uint8Array,
  own: CpaceShare,
  peer: CpaceShare,
): Result<Uint8Array, CpaceError> => {
  if (compareBytes(own.point, peer.point) === 0) return err({ kind: 'own-share' });
  const shared = cpaceMultiply(scalar, peer.point);
  if (shared === null) return err({ kind: 'bad-share' });
  const transcript = cpaceTranscript(own, peer);
  return ok(sha512(joinBytes([lengthValues(DSI_ISK, input.session, shared), transcript])));
};

/** scalar_mult_vfy of the draft; null where it gives the neutral element. */
export const cpaceMultiply = (scalar: Uint8Array, point: Uint8Array): Uint8Array | null => {
  try {
    const product = Point.fromBytes(point).multiply(scalarOf(scalar));
    return product.equals(Point.ZERO) ? null : product.toBytes();
  } catch {
    return null;
  }
};

/** calculate_generator of the draft. */
export const cpaceGenerator = (input: CpaceInput): InstanceType<typeof Point> =>
  ristretto255_hasher.deriveToCurve!(sha512(cpaceGeneratorString(input)));

/** generator_string of the draft: zeros fill the hash's first block, whatever the password. */
export const cpaceGeneratorString = ({ password, channel, session }: CpaceInput): Uint8Array => {
  const used = lengthValues(password).length + lengthValues(DSI).length + 1;
  const padding = new Uint8Array(Math.max(0, BLOCK_BYTES - used));
  return lengthValues(DSI, password, padding, channel, session);
};

/** transcript_oc of the draft: the same at both ends, whoever spoke first. */
export const cpaceTranscript = (one: CpaceShare, other: CpaceShare): Uint8Array => {
  const left = lengthValues(one.point, one.associated);
  const right = lengthValues(other.point, other.associated);
  const [larger, smaller] = compareBytes(left, right) > 0 ? [left, right] : [right, left];
  return joinBytes([new TextEncoder().encode('oc'), larger, smaller]);
};

/** sample_scalar of the draft: bits above the group's size are cleared. */
const scalarOf = (bytes: Uint8Array): bigint => {
  assert(bytes.length === CPACE_SCALAR_BYTES, 'a scalar has 32 bytes');
  const scalar = BigInt.asUintN(GROUP_BITS, bytesToNumberLE(bytes));
  assert(scalar !== 0n, 'a scalar is not zero');
  return scalar;
};

/** lv_cat of the draft: each part behind its length in LEB128. */
const lengthValues = (...parts: readonly Uint8Array[]): Uint8Array =>
  joinBytes(parts.flatMap((part) => [leb128(part.length), part]));

const leb128 = (length: number): Uint8Array => {
  const bytes: number[] = [];
  let rest = length;
  do {
    const low = rest & 127;
    rest >>>= 7;
    bytes.push(rest === 0 ? low : low | 128);
  } while (rest !== 0);
  return Uint8Array.from(bytes);
};

const joinBytes = (parts: readonly Uint8Array[]): Uint8Array => {
  const joined = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    joined.set(part, offset);
    offset += part.length;
  }
  return joined;
};
