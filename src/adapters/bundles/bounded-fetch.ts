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
    const bytes = await readAtMost(response, bytesMax);
    return bytes === null ? err('too-large') : ok(bytes);
  } catch {
    return err(signal?.aborted === true ? 'cancelled' : 'unreachable');
  }
};

/** The body of an answer; null where it is longer than that. Throws where it breaks off. */
export const readAtMost = async (
  { body }: Response,
  bytesMax: number,
): Promise<Uint8Array<ArrayBuffer> | null> => {
  let length = 0;
  const counted = new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
    transform: (part, out) => {
      length += part.length;
      // The end for who reads, and for the host, which is heard no more.
      if (length > bytesMax) out.terminate();
      else out.enqueue(part);
    },
  });
  const bytes = await new Response(body?.pipeThrough(counted)).arrayBuffer();
  return length > bytesMax ? null : new Uint8Array(bytes);
};
