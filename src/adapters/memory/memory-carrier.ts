import * as Y from 'yjs';
import type { BaseId } from '../../core/base/brands.js';
import type { Carrier, CarrierShelf } from '../../ports/carrier.js';
import { createDocument } from '../carrier/document.js';
import { readUpdate } from '../carrier/update-reader.js';

/** What stays of closed carriers, by base: a disk that may be shared by several shelves. */
export type CarrierDisk = Map<BaseId, Uint8Array>;

/**
 * Carriers in memory, over the same document as the browser's.
 *
 * Only what was closed is kept, as if a browser had dropped its cache in a crash. Damaged bytes on
 * the disk give an empty document.
 */
export const createMemoryCarrierShelf = (disk: CarrierDisk = new Map()): CarrierShelf => ({
  open: async (base) => createMemoryCarrier(disk, base),
  keepOnly: async (base) => {
    for (const kept of [...disk.keys()]) if (kept !== base) disk.delete(kept);
  },
});

const createMemoryCarrier = (disk: CarrierDisk, base: BaseId): Carrier => {
  const kept = disk.get(base);
  const loaded = new Y.Doc();
  if (kept !== undefined && readUpdate(base, kept).ok) Y.applyUpdate(loaded, kept);
  const { doc: _doc, onRebuilt: _onRebuilt, ...document } = createDocument(base, loaded);
  return {
    ...document,
    close: async () => void disk.set(base, document.snapshotBytes()),
    destroy: async () => void disk.delete(base),
  };
};
