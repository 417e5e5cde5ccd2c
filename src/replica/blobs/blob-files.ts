import type { BlobId } from '../../core/base/brands.js';
import { LIMITS } from '../../core/base/limits.js';
import { err, ok, type Result } from '../../core/base/result.js';
import {
  type BlobIndex,
  blobIdOf,
  chunkBounds,
  chunkCountOf,
  createIndex,
  isChunkHash,
  nonceOfChunk,
} from '../../core/blobs/blob-index.js';
import type { Cipher } from '../../ports/cipher.js';
import type { BlobShelf } from './blob-shelf.js';

/** A file as it is kept and sent. */
export interface Encrypted {
  readonly blob: BlobId;
  readonly index: BlobIndex;
  readonly chunks: readonly Uint8Array[];
}

/** Encrypts a file under a key that encrypts nothing else, chunk by chunk. */
export const encryptFile = async (
  cipher: Cipher,
  key: Uint8Array,
  bytes: Uint8Array,
): Promise<Encrypted> => {
  const chunks: Uint8Array[] = [];
  const hashes: Uint8Array[] = [];
  for (let chunk = 0; chunk < chunkCountOf(bytes.length); chunk += 1) {
    const [from, to] = chunkBounds(bytes.length, chunk);
    const encrypted = await cipher.encrypt(key, nonceOfChunk(chunk), bytes.subarray(from, to));
    chunks.push(encrypted);
    hashes.push(await cipher.digest(encrypted));
  }
  const index = createIndex(bytes.length, hashes);
  return { blob: blobIdOf(index), index, chunks };
};

export type ReadError =
  /** Not all chunks are here; what was damaged is gone from here by now. */
  | { readonly kind: 'not-here'; readonly heldBytes: number; readonly bytes: number }
  /** Every chunk is the right one, and the key does not open it. */
  | { readonly kind: 'unreadable' };

/** A file from this device's disk, each chunk checked against the index again. */
export const decryptFile = async (
  cipher: Cipher,
  shelf: BlobShelf,
  blob: BlobId,
  key: Uint8Array,
): Promise<Result<Uint8Array, ReadError>> => {
  const { index } = shelf.of(blob);
  const bytes = index?.bytes ?? 0;
  const missing = (): Result<never, ReadError> =>
    err({ kind: 'not-here', heldBytes: shelf.heldBytes(blob), bytes });
  if (index === null || !shelf.isWhole(blob)) return missing();
  const file = new Uint8Array(bytes);
  for (let chunk = 0; chunk < chunkCountOf(bytes); chunk += 1) {
    const encrypted = await shelf.chunk(blob, chunk);
    const hash = encrypted === null ? null : await cipher.digest(encrypted);
    if (encrypted === null || hash === null || !isChunkHash(index, chunk, hash)) {
      await shelf.dropChunk(blob, chunk);
      return missing();
    }
    const plain = await cipher.decrypt(key, nonceOfChunk(chunk), encrypted);
    const [from, to] = chunkBounds(bytes, chunk);
    if (plain === null || plain.length !== to - from) return err({ kind: 'unreadable' });
    file.set(plain, chunk * LIMITS.blobChunkBytes);
  }
  return ok(file);
};
