import type { BlobId } from '../../core/base/brands.js';
import { brandHex, isHex32 } from '../../core/base/brands.js';
import { type BlobIndex, bytesIn, encodeIndex, readIndex } from '../../core/blobs/blob-index.js';
import { chunkCountOf } from '../../core/blobs/blob-index.js';
import type { Result } from '../../core/base/result.js';
import { ok } from '../../core/base/result.js';
import type { Change, StoreError } from '../../ports/store.js';
import type { Context } from '../context.js';
import { KEYS, putBytes } from '../storage/rows.js';

/** What of a blob is on this device. */
export interface Held {
  /** Null while its index is not here, and then nothing of it is. */
  readonly index: BlobIndex | null;
  readonly chunks: ReadonlySet<number>;
}

/**
 * The blobs on this device's disk: what was written is known without reading it.
 *
 * Nothing here asks whether bytes are true; whoever writes has checked them, whoever reads checks
 * them again.
 */
export interface BlobShelf {
  /** Learns what lies there. */
  readonly load: () => Promise<Result<void, StoreError>>;
  readonly blobs: () => Iterable<BlobId>;
  readonly of: (blob: BlobId) => Held;
  readonly isWhole: (blob: BlobId) => boolean;
  /** Plain bytes of the chunks that are here. */
  readonly heldBytes: (blob: BlobId) => number;
  readonly chunk: (blob: BlobId, chunk: number) => Promise<Uint8Array | null>;
  readonly putIndex: (blob: BlobId, index: BlobIndex) => Promise<Result<void, StoreError>>;
  readonly putChunk: (
    blob: BlobId,
    chunk: number,
    bytes: Uint8Array,
  ) => Promise<Result<void, StoreError>>;
  /** All of a blob, in the strict sense; what a failure left is swept up later. */
  readonly putWhole: (
    blob: BlobId,
    index: BlobIndex,
    chunks: readonly Uint8Array[],
  ) => Promise<Result<void, StoreError>>;
  readonly drop: (blobs: readonly BlobId[]) => Promise<Result<void, StoreError>>;
  readonly dropChunk: (blob: BlobId, chunk: number) => Promise<Result<void, StoreError>>;
  /** Another number after each change of what is here. */
  readonly version: () => number;
}

/** Chunks that one commit writes at most. */
const CHUNKS_AT_ONCE = 8;

interface OpenHeld {
  index: BlobIndex | null;
  readonly chunks: Set<number>;
}

const NOTHING: Held = { index: null, chunks: new Set() };

export const createBlobShelf = (context: Context, changed: (blob: BlobId) => void): BlobShelf => {
  const held = new Map<BlobId, OpenHeld>();
  let version = 0;
  let isMarked = false;

  const openOf = (blob: BlobId): OpenHeld => {
    const found = held.get(blob) ?? { index: null, chunks: new Set<number>() };
    held.set(blob, found);
    return found;
  };

  /** The first blob ever leaves a mark, so that a device without any looks for none. */
  const commit = async (
    changes: readonly Change[],
    durability: 'strict' | 'relaxed',
  ): Promise<Result<void, StoreError>> => {
    const mark = isMarked ? [] : [putBytes('profile', KEYS.blobs, Uint8Array.of(0xf5))];
    const done = await context.ports.store.commit([...mark, ...changes], durability);
    if (done.ok) isMarked = true;
    return done;
  };

  const noteChanged = (blob: BlobId): void => {
    version += 1;
    changed(blob);
  };

  const loadBlob = async (blob: BlobId, chunks: readonly number[]): Promise<void> => {
    const row = await context.ports.store.get('blobs', KEYS.blobIndex(blob));
    const index = row.ok && row.value !== null ? readIndex(blob, row.value) : null;
    // Without a true index no chunk can be told from another: the blob comes anew.
    const isSound = index?.ok === true;
    const whole = isSound ? chunkCountOf(index.value.bytes) : 0;
    const kept = new Set(chunks.filter((chunk) => chunk < whole));
    held.set(blob, { index: isSound ? index.value : null, chunks: kept });
  };

  const heldBytes = (blob: BlobId): number => {
    const { index, chunks } = held.get(blob) ?? NOTHING;
    return index === null ? 0 : bytesIn(index.bytes, chunks);
  };

  const isWhole = (blob: BlobId): boolean => {
    const { index, chunks } = held.get(blob) ?? NOTHING;
    return index !== null && chunks.size === chunkCountOf(index.bytes);
  };

  const putChunk: BlobShelf['putChunk'] = async (blob, chunk, bytes) => {
    const done = await commit([putBytes('blobs', KEYS.blobChunk(blob, chunk), bytes)], 'relaxed');
    if (done.ok) {
      openOf(blob).chunks.add(chunk);
      noteChanged(blob);
    }
    return done;
  };

  const putWhole: BlobShelf['putWhole'] = async (blob, index, chunks) => {
    for (let from = 0; from < chunks.length; from += CHUNKS_AT_ONCE) {
      const some = chunks.slice(from, from + CHUNKS_AT_ONCE);
      const rows = some.map((bytes, at) =>
        putBytes('blobs', KEYS.blobChunk(blob, from + at), bytes),
      );
      const isFirst = from === 0;
      const first = isFirst ? [putBytes('blobs', KEYS.blobIndex(blob), encodeIndex(index))] : [];
      const done = await commit([...first, ...rows], 'strict');
      if (!done.ok) return done;
    }
    held.set(blob, { index, chunks: new Set(chunks.keys()) });
    noteChanged(blob);
    return ok(undefined);
  };

  return {
    load: async () => {
      const keys = await context.ports.store.keys('blobs');
      if (!keys.ok) return keys;
      isMarked = true;
      const chunksByBlob = new Map<BlobId, number[]>();
      for (const key of keys.value) {
        const [hex = '', row = ''] = key.split('/');
        if (!isHex32(hex)) continue;
        const chunks = chunksByBlob.get(brandHex<BlobId>(hex)) ?? [];
        chunksByBlob.set(brandHex<BlobId>(hex), chunks);
        if (/^\d+$/.test(row)) chunks.push(Number(row));
      }
      for (const [blob, chunks] of chunksByBlob) await loadBlob(blob, chunks);
      version += 1;
      return ok(undefined);
    },
    blobs: () => held.keys(),
    of: (blob) => held.get(blob) ?? NOTHING,
    isWhole,
    heldBytes,
    chunk: async (blob, chunk) => {
      const row = await context.ports.store.get('blobs', KEYS.blobChunk(blob, chunk));
      return row.ok ? row.value : null;
    },
    putIndex: async (blob, index) => {
      const row = putBytes('blobs', KEYS.blobIndex(blob), encodeIndex(index));
      const done = await commit([row], 'relaxed');
      if (done.ok) openOf(blob).index = index;
      if (done.ok) noteChanged(blob);
      return done;
    },
    putChunk,
    putWhole,
    drop: async (blobs) => {
      const ranges = blobs.map((blob): Change => ({
        ...{ kind: 'delete-range', table: 'blobs' },
        ...{ from: KEYS.blobFrom(blob), to: KEYS.blobTo(blob) },
      }));
      const done = await context.ports.store.commit(ranges, 'relaxed');
      if (!done.ok) return done;
      for (const blob of blobs) {
        held.delete(blob);
        noteChanged(blob);
      }
      return done;
    },
    dropChunk: async (blob, chunk) => {
      held.get(blob)?.chunks.delete(chunk);
      noteChanged(blob);
      const key = KEYS.blobChunk(blob, chunk);
      return context.ports.store.commit([{ kind: 'delete', table: 'blobs', key }], 'relaxed');
    },
    version: () => version,
  };
};
