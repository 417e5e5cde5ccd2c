declare const brand: unique symbol;
type Brand<T, Name extends string> = T & { readonly [brand]: Name };

/**
 * Identifiers are lowercase hex of 32 bytes, so that they serve as keys and sort as their bytes do.
 */
export type FactId = Brand<string, 'FactId'>;
/** One run of writing of one device: the hash of its account, its author and a nonce. */
export type SessionId = Brand<string, 'SessionId'>;
/** An account is named by the hash of its first roster record. */
export type AccountId = Brand<string, 'AccountId'>;
/** A device is named by its Ed25519 public key. */
export type DeviceId = Brand<string, 'DeviceId'>;
/** An X25519 public key. */
export type EncryptionKey = Brand<string, 'EncryptionKey'>;
/** SHA-256 of a roster record's canonical bytes. */
export type RosterHash = Brand<string, 'RosterHash'>;
/** SHA-256 of a statement; a completed snapshot's head id is the hash of its statement. */
export type StatementHash = Brand<string, 'StatementHash'>;
/** A completed snapshot, by the hash of its statement. */
export type HeadId = StatementHash;
/** Hash of the sorted standing snapshot heads. */
export type BaseId = Brand<string, 'BaseId'>;
/** Root of the hash tree over a state. */
export type Digest = Brand<string, 'Digest'>;
/** SHA-256 of a payload's canonical plaintext. */
export type PayloadId = Brand<string, 'PayloadId'>;
/** Names a file's encrypted bytes: the hash over its size and the hashes of its chunks. */
export type BlobId = Brand<string, 'BlobId'>;
/** Any other SHA-256. */
export type Hash = Brand<string, 'Hash'>;

const HEX_32 = /^[0-9a-f]{64}$/;

export const isHex32 = (text: string): boolean => HEX_32.test(text);

/** The one place where a checked string becomes an identifier. */
export const brandHex = <T extends string>(text: string): T => {
  if (!HEX_32.test(text)) throw new Error('broken invariant: an identifier is 64 hex digits');
  return text as T;
};
