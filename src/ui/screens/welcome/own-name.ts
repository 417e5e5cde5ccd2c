import type { Words } from '../../words/words.js';
import { TRY_PROFILES } from '../try-it/databases.js';
import { platformOf } from './device-name.js';

/** The name suggested for this device: what it is, or its part on the page with pretend devices. */
export const suggestName = (words: Words): string => {
  const profile = new URLSearchParams(globalThis.location.search).get('profile');
  const tried = TRY_PROFILES.find((name) => name === profile);
  if (tried !== undefined) return words.welcome.tryName[tried];
  return words.welcome.platformName[platformOf(navigator)];
};
