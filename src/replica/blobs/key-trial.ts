import type { BlobId } from '../../core/base/brands.js';
import { compareBytes } from '../../core/base/hash.js';
import { nonceOfChunk } from '../../core/blobs/blob-index.js';
import type { Context } from '../context.js';
import type { BlobKeys } from './blob-keys.js';
import type { BlobShelf } from './blob-shelf.js';
import { toldWraps } from './told-wraps.js';

/** What came out for a blob. */
export interface Tried {
  /** The blob's key, where the account says another one, or none that this device can open. */
  readonly truth: Uint8Array | null;
  /** Several keys are told, and nothing of the blob is here to try them on. */
  readonly isOpen: boolean;
}

/**
 * Finds the key of each of these blobs among all that were ever said and are not pruned.
 *
 * The blob itself decides, where some of it is here; where all that was said agrees, nothing does.
 */
export const tryKeys = async (
  context: Context,
  keys: BlobKeys,
  shelf: BlobShelf,
  blobs: readonly BlobId[],
): Promise<ReadonlyMap<BlobId, Tried>> => {
  const { cipher } = context.ports;
  const told = context.holdings === null ? new Map<BlobId, never>() : toldWraps(context.holdings);

  /** Of what the account says first, then the others, each once. */
  const keysOf = async (blob: BlobId, said: Uint8Array | null): Promise<readonly Uint8Array[]> => {
    const found: Uint8Array[] = said === null ? [] : [said];
    for (const wrapped of told.get(blob) ?? []) {
      const key = await keys.open(wrapped);
      if (key !== null && !found.some((each) => compareBytes(each, key) === 0)) found.push(key);
    }
    return found;
  };

  const opens = async (blob: BlobId, key: Uint8Array): Promise<boolean> => {
    const [chunk] = shelf.of(blob).chunks;
    const bytes = chunk === undefined ? null : await shelf.chunk(blob, chunk);
    if (chunk === undefined || bytes === null) return false;
    return (await cipher.decrypt(key, nonceOfChunk(chunk), bytes)) !== null;
  };

  const tried = new Map<BlobId, Tried>();
  for (const blob of blobs) {
    const said = await keys.keyOf(blob);
    const all = await keysOf(blob, said);
    let truth = all.length === 1 ? (all[0] ?? null) : null;
    for (const key of all.length > 1 ? all : []) {
      if (truth === null && (await opens(blob, key))) truth = key;
    }
    const isOpen = truth === null && all.length > 1 && shelf.of(blob).chunks.size === 0;
    tried.set(blob, { truth: truth === said ? null : truth, isOpen });
  }
  return tried;
};
