import { err, ok } from '../../core/base/result.js';
import type { FetchBytes } from './code-shelf.js';

/**
 * Fetches as plain data and stops at the first byte too many, whatever the host goes on to send.
 *
 * What the browser has in its own cache is asked for again; a redirect is followed.
 * Errors: missing (any answer but a success), too-large, unreachable, cancelled.
 * Source: rule U10 (endless data); Fetch, body stream.
 */
export const fetchAtMost: FetchBytes = async (url, bytesMax, signal) => {
  try {
    const response = await fetch(url, { cache: 'no-cache', ...(signal && { signal }) });
    if (!response.ok) {
      await response.body?.cancel();
      return err('missing');
    }
    return await readAtMost(response, bytesMax);
  } catch {
    return err(signal?.aborted === true ? 'cancelled' : 'unreachable');
  }
};

/** The body of an answer, up to so many bytes. Errors: too-large; throws where it breaks off. */
export const readAtMost = async (response: Response, bytesMax: number): ReturnType<FetchBytes> => {
  const reader = response.body?.getReader();
  const parts: Uint8Array[] = [];
  let length = 0;
  for (;;) {
    const part = await reader?.read();
    if (part === undefined || part.done) break;
    length += part.value.length;
    if (length > bytesMax) {
      await reader?.cancel();
      return err('too-large');
    }
    parts.push(part.value);
  }
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return ok(bytes);
};
