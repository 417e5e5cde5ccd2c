import type { DeviceId, StatementHash } from '../base/brands.js';
import { LIMITS } from '../base/limits.js';
import type { Ceremony } from './ceremony.js';

/**
 * Which open decisions people are asked about: of each proposer so many, in the order given.
 *
 * A decision that several put forward is asked about while one of them is below the limit, and it
 * counts for each of them. Those beyond wait for room: nothing is refused, since a limit in the
 * fold would depend on what came first, and whoever has enough yeses may still complete them.
 * Source: rules P5 and F13.
 */
export const askedOf = (
  open: Iterable<Pick<Ceremony, 'statement' | 'heldBy'>>,
  perProposerMax: number = LIMITS.openProposalsPerDeviceMax,
): ReadonlySet<StatementHash> => {
  const asked = new Set<StatementHash>();
  const countByDevice = new Map<DeviceId, number>();
  for (const { statement, heldBy } of open) {
    const counts = [...heldBy].map((device) => countByDevice.get(device) ?? 0);
    if (Math.min(...counts) >= perProposerMax) continue;
    asked.add(statement);
    for (const device of heldBy) countByDevice.set(device, (countByDevice.get(device) ?? 0) + 1);
  }
  return asked;
};
