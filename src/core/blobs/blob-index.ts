import type { BlobId } from '../base/brands.js';
import { decodeCanonical, encodeCanonical } from '../base/canonical.js';
import { DOMAINS } from '../base/domains.js';
import { hashOf } from '../base/hash.js';
import { LIMITS } from '../base/limits.js';
import { assert, err, ok, type Result } from '../base/result.js';

/**
 * What a blob is made of: the size of its plaintext and the hash of each of its encrypted chunks.
 *
 * Its hash is the blob's id, so whoever holds a true index tells every true chunk from a false one.
 */
export interface BlobIndex {
  /** Bytes of the file itself. */
  readonly bytes: number;
  /** SHA-256 of each encrypted chunk, one after the other: 32 bytes a chunk. */
  readonly hashes: Uint8Array;
}

export type IndexError =
  /** No canonical bytes of an index, or of more than one file may have. */
  | { readonly kind: 'malformed' }
  /** The index of another blob. */
  | { readonly kind: 'other-blob' };

const HASH_BYTES = 32;
/** What AES-GCM adds to each chunk. */
const TAG_BYTES = 16;
const NONCE_BYTES = 12;

/** How many chunks a file of that many bytes has; an empty one has an empty chunk. */
export const chunkCountOf = (bytes: number): number =>
  Math.max(1, Math.ceil(bytes / LIMITS.blobChunkBytes));

/** Where the plaintext of a chunk begins and ends in the file. */
export const chunkBounds = (bytes: number, chunk: number): readonly [number, number] => [
  chunk * LIMITS.blobChunkBytes,
  Math.min(bytes, (chunk + 1) * LIMITS.blobChunkBytes),
];

/** Plain bytes of those of a file's chunks; every chunk but the last is full. */
export const bytesIn = (bytes: number, chunks: ReadonlySet<number>): number => {
  const last = chunkCountOf(bytes) - 1;
  const lacking = chunks.has(last) ? (last + 1) * LIMITS.blobChunkBytes - bytes : 0;
  return chunks.size * LIMITS.blobChunkBytes - lacking;
};

/** Bytes of one chunk as it is kept and sent. */
export const encryptedChunkBytes = (bytes: number, chunk: number): number => {
  const [from, to] = chunkBounds(bytes, chunk);
  return to - from + TAG_BYTES;
};

/** Bytes that a whole file takes as it is kept, the index included. */
export const encryptedBytes = (bytes: number): number =>
  bytes + chunkCountOf(bytes) * (TAG_BYTES + HASH_BYTES);

/** The chunk's number as 96 bits: under a blob's own key no nonce is used twice. */
export const nonceOfChunk = (chunk: number): Uint8Array => {
  const nonce = new Uint8Array(NONCE_BYTES);
  new DataView(nonce.buffer).setUint32(NONCE_BYTES - 4, chunk);
  return nonce;
};

/** The index of chunks with these hashes. */
export const createIndex = (bytes: number, hashByChunk: readonly Uint8Array[]): BlobIndex => {
  assert(hashByChunk.length === chunkCountOf(bytes), 'every chunk has a hash');
  const hashes = new Uint8Array(hashByChunk.length * HASH_BYTES);
  hashByChunk.forEach((hash, chunk) => hashes.set(hash, chunk * HASH_BYTES));
  return { bytes, hashes };
};

/** The name of a blob: what its bytes are, encrypted. */
export const blobIdOf = ({ bytes, hashes }: BlobIndex): BlobId =>
  hashOf<BlobId>(DOMAINS.blob, [bytes, hashes]);

export const encodeIndex = ({ bytes, hashes }: BlobIndex): Uint8Array =>
  encodeCanonical([bytes, hashes]);

/** Bytes of the largest index at most. */
export const INDEX_BYTES_MAX = chunkCountOf(LIMITS.blobBytesMax) * HASH_BYTES + 16;

/**
 * Reads the index of a blob, from a peer or from disk. Never throws.
 *
 * Limits: files of at most LIMITS.blobBytesMax. Errors: IndexError.
 */
export const readIndex = (blob: BlobId, input: Uint8Array): Result<BlobIndex, IndexError> => {
  const decoded = decodeCanonical(input, INDEX_BYTES_MAX);
  const items = decoded.ok && Array.isArray(decoded.value) ? decoded.value : [];
  const [bytes, hashes, ...rest] = items as readonly unknown[];
  if (typeof bytes !== 'number' || !(hashes instanceof Uint8Array) || rest.length > 0) {
    return err({ kind: 'malformed' });
  }
  const isSized = bytes >= 0 && bytes <= LIMITS.blobBytesMax;
  if (!isSized || hashes.length !== chunkCountOf(bytes) * HASH_BYTES) {
    return err({ kind: 'malformed' });
  }
  const index = { bytes, hashes: hashes.slice() };
  return blobIdOf(index) === blob ? ok(index) : err({ kind: 'other-blob' });
};

/** Whether the hash is that of the chunk; a chunk that the blob does not have fits none. */
export const isChunkHash = (index: BlobIndex, chunk: number, hash: Uint8Array): boolean => {
  const at = chunk * HASH_BYTES;
  if (hash.length !== HASH_BYTES || !(at >= 0) || at >= index.hashes.length) return false;
  return hash.every((byte, place) => byte === index.hashes[at + place]);
};
