import type { DeviceId } from '../base/brands.js';
import type { Ceremony } from './ceremony.js';

/**
 * Whether so many refused that what was asked for cannot come about any more.
 *
 * `voters` are those whose yes may count, each once; `ceremonies` all that ask for it: every
 * ballot of one record, or the one of a snapshot; `needed` the yeses that it takes, one at least. A
 * refusal of one ballot is one of its record, but a yes that was given stays a yes. False as long
 * as nobody of the voters refused. More refusals never make it false again. A completion outranks
 * it, as all else (rule C10): it only tells people what to expect, and stops no valid one.
 * Errors: none; a refusal by anybody else is not counted. Source: rule C3 (README.md beside this).
 */
export const hasTooManyRefusals = (
  voters: readonly DeviceId[],
  ceremonies: readonly Pick<Ceremony, 'approvals' | 'refusals'>[],
  needed: number,
): boolean => {
  const hasRefused = (device: DeviceId): boolean =>
    ceremonies.some(({ refusals }) => refusals.has(device));
  const isLost = (device: DeviceId): boolean =>
    hasRefused(device) && !ceremonies.some(({ approvals }) => approvals.has(device));
  const lost = voters.filter(isLost).length;
  return lost > 0 && voters.length - lost < needed;
};
