import type { DeviceId, StatementHash } from '../../core/base/brands.js';
import type { Holdings } from './holdings.js';

/** Shares of one member for what nobody here was asked; an honest one is ahead of few questions. */
const STRAYS_MAX = 100;

/**
 * Whether a share that came by itself is taken in: its signer may ever count, and did not fill the
 * room of what stands alone, which nothing would ever let go of (rules C10 and N8).
 */
export const isRoomForShare = (
  holdings: Holdings,
  { statement, signer }: { readonly statement: StatementHash; readonly signer: DeviceId },
): boolean => {
  if (!holdings.chain().membersEver.has(signer)) return false;
  const asked = holdings.ceremonies();
  if (asked.has(statement)) return true;
  const strays = [...holdings.shares()].filter(
    ([each, signers]) => !asked.has(each) && signers.has(signer),
  );
  return strays.length < STRAYS_MAX;
};
