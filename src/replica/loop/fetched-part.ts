import { err } from '../../core/base/result.js';
import type { Done } from '../command-error.js';

/** Runs a command on a part of the app that is fetched for it; where that does not come: `busy`. */
export const onFetched = async <P, T>(
  fetching: Promise<P>,
  command: (part: P) => Done<T>,
): Done<T> => {
  const part = await fetching.catch(() => null);
  return part === null ? err({ kind: 'busy' }) : command(part);
};
