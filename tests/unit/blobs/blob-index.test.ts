import { describe, expect, test } from 'vitest';
import type { BlobId } from '../../../src/core/base/brands.js';
import { encodeCanonical } from '../../../src/core/base/canonical.js';
import { sha256 } from '../../../src/core/base/hash.js';
import { LIMITS } from '../../../src/core/base/limits.js';
import {
  INDEX_BYTES_MAX,
  blobIdOf,
  chunkBounds,
  chunkCountOf,
  createIndex,
  encodeIndex,
  encryptedBytes,
  encryptedChunkBytes,
  isChunkHash,
  nonceOfChunk,
  readIndex,
} from '../../../src/core/blobs/blob-index.js';

const CHUNK = LIMITS.blobChunkBytes;
const hashes = [1, 2, 3].map((byte) => sha256(Uint8Array.of(byte)));
const index = createIndex(2 * CHUNK + 5, hashes);
const blob = blobIdOf(index);

describe('the index of a blob', () => {
  test('[N7] cuts a file into chunks of one size; the last is what is left', () => {
    const counts = [0, 1, CHUNK, CHUNK + 1, LIMITS.blobBytesMax].map(chunkCountOf);
    expect(counts).toEqual([1, 1, 1, 2, 342]);
    expect(chunkBounds(2 * CHUNK + 5, 2)).toEqual([2 * CHUNK, 2 * CHUNK + 5]);
    expect(encryptedChunkBytes(2 * CHUNK + 5, 2)).toBe(21);
    expect(encryptedChunkBytes(0, 0)).toBe(16);
    expect(encryptedBytes(2 * CHUNK + 5)).toBe(2 * CHUNK + 5 + 3 * 48);
  });

  test('[N7] comes back from its bytes, and only as that of its own blob', () => {
    expect(readIndex(blob, encodeIndex(index))).toEqual({ ok: true, value: index });
    const other = createIndex(2 * CHUNK + 4, hashes);
    expect(blobIdOf(other)).not.toBe(blob);
    expect(readIndex(blob, encodeIndex(other))).toEqual({
      ok: false,
      error: { kind: 'other-blob' },
    });
  });

  test('[N7] of a false size, a false number of hashes or false bytes is refused', () => {
    const joined = index.hashes;
    const bad = [
      [-1, joined],
      [LIMITS.blobBytesMax + 1, joined],
      [3 * CHUNK + 1, joined],
      [2 * CHUNK, joined],
      [2 * CHUNK + 5, joined.slice(1)],
      [2 * CHUNK + 5, joined, 1],
      [2 * CHUNK + 5],
      'index',
    ];
    for (const each of bad) {
      const read = readIndex(blob, encodeCanonical(each));
      expect(read, JSON.stringify(each)).toEqual({ ok: false, error: { kind: 'malformed' } });
    }
    expect(readIndex(blob, new Uint8Array(INDEX_BYTES_MAX + 1)).ok).toBe(false);
  });

  test('[N7] tells each chunk by its hash, and knows no other chunk', () => {
    expect(hashes.map((hash, chunk) => isChunkHash(index, chunk, hash))).toEqual([
      true,
      true,
      true,
    ]);
    expect(isChunkHash(index, 0, hashes[1] as Uint8Array)).toBe(false);
    expect(isChunkHash(index, 3, hashes[0] as Uint8Array)).toBe(false);
    expect(isChunkHash(index, -1, hashes[0] as Uint8Array)).toBe(false);
    expect(isChunkHash(index, 0, new Uint8Array())).toBe(false);
  });

  test('[N7] gives no two chunks one nonce', () => {
    const nonces = Array.from({ length: 342 }, (_, chunk) => String(nonceOfChunk(chunk)));
    expect(new Set(nonces).size).toBe(342);
    expect(nonceOfChunk(0x0102)).toEqual(Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2));
  });

  test('[N7] of the largest file fits its limit', () => {
    const all = Array.from({ length: 342 }, () => hashes[0] as Uint8Array);
    const largest = createIndex(LIMITS.blobBytesMax, all);
    expect(encodeIndex(largest).length).toBeLessThanOrEqual(INDEX_BYTES_MAX);
    expect(readIndex(blobIdOf(largest) as BlobId, encodeIndex(largest)).ok).toBe(true);
  });
});
