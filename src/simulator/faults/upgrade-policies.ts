import type { UpgradePolicies } from '../../replica/upgrades/own-policies.js';

/** Turns round one of what is a device's own to choose about versions; `drawn` is below 0.05. */
export const otherPolicy = (
  { fetch, give, activate, cohort }: UpgradePolicies,
  drawn: number,
): Partial<UpgradePolicies> => {
  if (drawn < 0.03) return { activate: activate === 'auto' ? 'manual' : 'auto' };
  if (drawn < 0.036) return { fetch: fetch === 'auto' ? 'manual' : 'auto' };
  if (drawn < 0.043) return { cohort: cohort === 'early' ? 'late' : 'early' };
  return { give: give === 'all' ? 'needed' : 'all' };
};

/** How many devices have to be ready: none of its own, or from one up to more than there are. */
export const readyAsked = (drawn: number): number | null => Math.floor(drawn * 1_600) || null;
