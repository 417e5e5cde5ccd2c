import type { Hash } from '../../core/base/brands.js';
import { LIMITS } from '../../core/base/limits.js';
import { encodePayload, settledState } from '../../core/snapshots/payload.js';
import { lostBetween } from '../../core/snapshots/migration-trial.js';
import type { MigrationTrial } from '../../core/upgrades/upgrade.js';
import type { Bundles } from '../../ports/bundles.js';
import type { Holdings } from '../journal/holdings.js';

/**
 * Has the staged bundle try its migration on a copy of this device's state (rule U12).
 *
 * The candidate only carries the state there and back; what of it was lost on the way is said by
 * the code that runs now, which compares the bytes. `to` is the format that the candidate names.
 */
export const tryMigration = async (
  holdings: Holdings,
  bundles: Bundles,
  manifest: Hash,
  to: number,
): Promise<MigrationTrial> => {
  const from = holdings.folded();
  const state = settledState(holdings.fold().state(), holdings.chain().tipHash);
  const payload = encodePayload(state, from);
  const none = { from, to, lossy: [], durationMs: 0, bytes: 0 };
  const ran = await bundles.tryMigration(manifest, payload);
  if (!ran.ok) return { ...none, outcome: ran.error };
  const { format, bytes, back, durationMs } = ran.value;
  const lossy = lostBetween(payload, back);
  if (lossy === null || format < from) return { ...none, outcome: 'breaks' };
  const outcome = lossy.includes('records') ? 'breaks' : 'fits';
  return { outcome, from, to: format, lossy: lossy.slice(0, LIMITS.labelsMax), durationMs, bytes };
};

/** Whether a bundle may be run after that: what nobody could try is said to be so, and may. */
export const isFit = ({ outcome }: MigrationTrial): boolean =>
  outcome === 'fits' || outcome === 'untried';
