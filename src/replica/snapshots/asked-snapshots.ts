import type { StatementHash } from '../../core/base/brands.js';
import { askedOf } from '../../core/ceremonies/asking-cap.js';
import type { Holdings } from '../journal/holdings.js';
import { isUndecided } from '../decisions/standing-of.js';

/**
 * The open snapshots that this device's person has not answered, as many of each proposer as people
 * are asked about (rule P5).
 *
 * No others are worked out unasked: else who proposes without end had every device fold, and keep,
 * the whole account again for each.
 */
export const askedSnapshots = (holdings: Holdings, nowMs: number): ReadonlySet<StatementHash> =>
  askedOf(
    [...holdings.ceremonies().values()].filter(
      (each) =>
        each.matter.purpose === 'snapshot' &&
        !each.refusals.has(holdings.me) &&
        !each.approvals.has(holdings.me) &&
        isUndecided(holdings, each, nowMs),
    ),
  );
