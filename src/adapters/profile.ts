import { isProfileName } from './configuration.js';

const DEFAULT_PROFILE = 'main';

/**
 * The device that a tab is: `?profile=NAME`, or the one that everybody has (rule P4).
 *
 * Names of databases are made of it, so it is 1 to 32 lowercase letters, digits and hyphens;
 * whatever else is asked for is the usual one.
 */
export const profileIn = (search: string): string => {
  const asked = new URLSearchParams(search).get('profile') ?? DEFAULT_PROFILE;
  return isProfileName(asked) ? asked : DEFAULT_PROFILE;
};
