import type { DeviceId } from '../base/brands.js';

/** When a device's turn comes in a roll-out, as its person says it there (rules U1 and U9). */
export const COHORTS = ['early', 'usual', 'late'] as const;
export type Cohort = (typeof COHORTS)[number];

/** What a device told of it; any other name, and no word, is the usual turn. */
export const cohortOf = (told: string | null): Cohort =>
  COHORTS.find((each) => each === told) ?? 'usual';

/** Devices with one turn, in the order of the turns; a turn that nobody has is left out. */
export const groupsByCohort = <D extends { readonly cohort: string | null }>(
  devices: readonly D[],
): readonly (readonly D[])[] =>
  COHORTS.map((turn) => devices.filter(({ cohort }) => cohortOf(cohort) === turn)).filter(
    (group) => group.length > 0,
  );

/**
 * The same as waves of a proposal. The last is left out: whoever is in none comes last, and so does
 * whoever joins later.
 */
export const wavesByCohort = (
  devices: readonly { readonly device: DeviceId; readonly cohort: string | null }[],
): readonly (readonly DeviceId[])[] =>
  groupsByCohort(devices)
    .slice(0, -1)
    .map((group) => group.map(({ device }) => device));
