import type { StorageView } from '../../../replica/view.js';

/** Less than this is little, whatever the whole, bytes. */
const LITTLE_BYTES = 200_000_000;
const LITTLE_SHARE = 0.1;

/** What this device can still keep. */
export interface Room {
  readonly leftBytes: number;
  readonly quotaBytes: number;
  /** 0 to 1. */
  readonly usedShare: number;
  /** True before it hurts: under a tenth of it all is left, or under 200 MB. */
  readonly isLittle: boolean;
  /** True where even a small account feels it soon: under a tenth is left. */
  readonly isPressing: boolean;
}

/** Room left by what the browser says; null where it does not say. */
export const roomOf = ({ usedBytes, quotaBytes }: StorageView): Room | null => {
  if (usedBytes === null || quotaBytes === null || quotaBytes <= 0) return null;
  const leftBytes = Math.max(0, quotaBytes - usedBytes);
  const isPressing = leftBytes < quotaBytes * LITTLE_SHARE;
  return {
    leftBytes,
    quotaBytes,
    usedShare: Math.min(1, usedBytes / quotaBytes),
    isLittle: isPressing || leftBytes < LITTLE_BYTES,
    isPressing,
  };
};
