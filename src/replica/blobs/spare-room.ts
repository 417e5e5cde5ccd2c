import { LIMITS } from '../../core/base/limits.js';
import type { StorageInfo } from '../context.js';

/** Room that files and versions leave for everything else: facts, answers, keys. */
export const SPARE_BYTES = 2 * 1024 * 1024;

/** The most that one part of a file takes as it is kept. */
export const PART_BYTES_MAX = LIMITS.blobChunkBytes + 1024;

/** What a device may still fetch before it comes to the room that is spared (rule F9). */
export interface SpareRoom {
  /** Sets so much aside; false where that is not there, or was not measured yet. */
  readonly take: (bytes: number) => boolean;
  /** Asks the browser. True where there is room for something. */
  readonly measure: () => Promise<boolean>;
}

/** What a browser says of its room holds for so much: others take of it as well. */
const MEASURED_BYTES_MAX = 8 * 1024 * 1024;

/** A browser is asked at first and whenever what it said is used up, not for each part. */
export const createSpareRoom = (storage: Pick<StorageInfo, 'estimate'>): SpareRoom => {
  let leftBytes: number | null = null;
  return {
    take: (bytes) => {
      if (leftBytes === null || leftBytes < bytes) return false;
      leftBytes -= bytes;
      return true;
    },
    measure: async () => {
      leftBytes = Math.min(MEASURED_BYTES_MAX, (await roomIn(storage)) - SPARE_BYTES);
      return leftBytes >= PART_BYTES_MAX;
    },
  };
};

/** Bytes that the browser still has for this app; without end where it does not say. */
export const roomIn = async (storage: Pick<StorageInfo, 'estimate'>): Promise<number> => {
  const { used, quota } = await storage.estimate().catch(() => ({ used: null, quota: null }));
  return used === null || quota === null ? Infinity : Math.max(0, quota - used);
};
