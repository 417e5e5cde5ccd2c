import { hkdf } from '@noble/hashes/hkdf.js';
import { sha256 as sha256Hash } from '@noble/hashes/sha2.js';
import type { AccountId, Hash } from '../base/brands.js';
import { DOMAINS } from '../base/domains.js';
import { bytesToHex, hashOf, hexToBytes } from '../base/hash.js';
import { assert } from '../base/result.js';

/** What a device needs to meet others at a rendezvous, which learns neither who nor why. */
export interface RoomName {
  /** 64 hex digits that nobody can compute without the secret. */
  readonly name: string;
  /** 64 hex digits; encrypts what passes through the rendezvous. */
  readonly password: string;
}

/** Bytes of an epoch's secret and of a pair's secret. */
export const SECRET_BYTES = 32;
/** Bytes of a pairing code's secret: 128 bits. */
export const CODE_SECRET_BYTES = 16;

/**
 * The room where the members of one identity epoch meet.
 *
 * Whoever was removed does not learn the next epoch's secret, so it cannot follow.
 * Source: rule N3; RFC 5869 (HKDF) with SHA-256, the account as salt.
 */
export const accountRoom = (secret: Uint8Array, account: AccountId): RoomName => {
  assert(secret.length === SECRET_BYTES, "an epoch's secret has 32 bytes");
  return room(secret, hexToBytes(account), 'account');
};

/**
 * The key that encrypts content of one use under an epoch's secret: 32 bytes.
 *
 * `use` names what is encrypted, such as 'relay' or 'blob'; two uses never share a key.
 */
export const contentKey = (secret: Uint8Array, account: AccountId, use: string): Uint8Array => {
  assert(secret.length === SECRET_BYTES, "an epoch's secret has 32 bytes");
  return derive(secret, hexToBytes(account), `content/${use}`);
};

/**
 * The room of exactly two members, from the secret that only they can derive.
 *
 * The era must be one that both can name although one of them may have missed a rotation of the
 * account's room: the epoch of a record that both certainly hold, or 0.
 */
export const pairwiseRoom = (pairSecret: Uint8Array, account: AccountId, era: number): RoomName => {
  assert(pairSecret.length === SECRET_BYTES, "a pair's secret has 32 bytes");
  assert(Number.isSafeInteger(era) && era >= 0, 'an era is a whole number');
  return room(pairSecret, hexToBytes(account), `pairwise/${era}`);
};

/** The room that one pairing code opens; the account plays no part: newcomers know only its tag. */
export const pairingRoom = (codeSecret: Uint8Array): RoomName => {
  assert(codeSecret.length === CODE_SECRET_BYTES, "a code's secret has 16 bytes");
  return room(codeSecret, new Uint8Array(0), 'pairing');
};

/** The key under which the two sides of a pairing authenticate their messages: 32 bytes. */
export const pairingKey = (codeSecret: Uint8Array): Uint8Array => {
  assert(codeSecret.length === CODE_SECRET_BYTES, "a code's secret has 16 bytes");
  return derive(codeSecret, new Uint8Array(0), 'pairing/key');
};

/**
 * The room where the two sides of a short typed code meet.
 *
 * Its name comes from the code's public place alone: whoever watches the rendezvous may come too,
 * and learns nothing of the code's secret there.
 * Source: rule N9.
 */
export const typedRoom = (place: string): RoomName =>
  room(new TextEncoder().encode(place), new Uint8Array(0), 'typed');

/** The key of a pairing whose two sides came to one key through the PAKE (64 bytes): 32 bytes. */
export const typedKey = (agreed: Uint8Array): Uint8Array => {
  assert(agreed.length === 64, 'a PAKE gives 64 bytes');
  return derive(agreed, new Uint8Array(0), 'typed/key');
};

/** Random bytes for the short code of an invitation, from the secret of its long one. */
export const shortCodeSeed = (codeSecret: Uint8Array): Uint8Array => {
  assert(codeSecret.length === CODE_SECRET_BYTES, "a code's secret has 16 bytes");
  return derive(codeSecret, new Uint8Array(0), 'typed/code');
};

/** What a roster record states about its epoch's secret, so that a sealed one can be checked. */
export const secretCommitment = (secret: Uint8Array): Hash => {
  assert(secret.length === SECRET_BYTES, "an epoch's secret has 32 bytes");
  return hashOf<Hash>(DOMAINS.secret, secret);
};

const room = (secret: Uint8Array, salt: Uint8Array, purpose: string): RoomName => ({
  name: bytesToHex(derive(secret, salt, `${purpose}/name`)),
  password: bytesToHex(derive(secret, salt, `${purpose}/password`)),
});

const derive = (secret: Uint8Array, salt: Uint8Array, purpose: string): Uint8Array =>
  hkdf(sha256Hash, secret, salt, new TextEncoder().encode(`${DOMAINS.room}/${purpose}`), 32);
