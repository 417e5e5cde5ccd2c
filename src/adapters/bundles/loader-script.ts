import type { Hash } from '../../core/base/brands.js';
import { readAtMost } from './bounded-fetch.js';
import { sha256Of } from './code-cache.js';

const BYTES_MAX = 64 * 1024;
/** What a browser takes for a script, by the subtype's name alone. */
const SCRIPT_TYPE = /\/(?:x-)?(?:java|ecma|live|j)script/i;

/** The script that a host gives for the loader. */
export interface LoaderScript {
  /** Null where it is longer than a loader of this app could be. */
  readonly sha256: Hash | null;
}

/**
 * Asks the host for the loader as a browser does that looks for a newer one.
 *
 * Null where nothing came that a browser would put in the loader's place: no answer, an error, a
 * redirection, or a page, as portals of hotels and hosts of single pages answer everything with.
 * Never throws. Source: rule U6; Service Workers, Update.
 */
export const fetchLoaderScript = async (url: string): Promise<LoaderScript | null> => {
  try {
    const response = await fetch(url, { cache: 'no-cache', redirect: 'error' });
    const isScript = SCRIPT_TYPE.test(response.headers.get('content-type') ?? '');
    if (!response.ok || !isScript) {
      await response.body?.cancel();
      return null;
    }
    const read = await readAtMost(response, BYTES_MAX);
    return { sha256: read === null ? null : await sha256Of(read) };
  } catch {
    return null;
  }
};
