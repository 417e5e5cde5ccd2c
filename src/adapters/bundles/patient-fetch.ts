import { err, ok } from '../../core/base/result.js';
import { readAtMost } from './bounded-fetch.js';
import type { FetchBytes } from './code-shelf.js';

/** A host that sends less than this for so long is not waited for: it is silent, or drips. */
export const SILENCE_MS = 15_000;
export const SILENCE_BYTES = 1_024;
/** Nor one that takes longer for all of it than this and a second for each of so many bytes. */
const WHOLE_MS = 30_000;
const BYTES_PER_SECOND = 2 * 1024;

/**
 * Fetches as plain data like `fetchAtMost`, from hosts that may never come to an end.
 *
 * Errors: missing (any answer but a success), too-large, cancelled; unreachable also for a host
 * that falls silent or drips.
 * Source: rules U3 and U10 (endless data).
 */
export const fetchPatiently: FetchBytes = async (url, bytesMax, signal) => {
  const stop = new AbortController();
  const stopNow = (): void => stop.abort();
  signal?.addEventListener('abort', stopNow);
  if (signal?.aborted === true) stopNow();
  let silence = setTimeout(stopNow, SILENCE_MS);
  const whole = setTimeout(stopNow, WHOLE_MS + (bytesMax / BYTES_PER_SECOND) * 1_000);
  const heard = (): void => {
    clearTimeout(silence);
    silence = setTimeout(stopNow, SILENCE_MS);
  };
  try {
    const response = await fetch(url, { cache: 'no-cache', signal: stop.signal });
    heard();
    if (!response.ok) {
      await response.body?.cancel();
      return err('missing');
    }
    const bytes = await readAtMost(listenedTo(response, SILENCE_BYTES, heard), bytesMax);
    return bytes === null ? err('too-large') : ok(bytes);
  } catch {
    return err(signal?.aborted === true ? 'cancelled' : 'unreachable');
  } finally {
    clearTimeout(silence);
    clearTimeout(whole);
    signal?.removeEventListener('abort', stopNow);
  }
};

/** The same answer; it is told whenever so many more bytes of it came. */
const listenedTo = (response: Response, each: number, heard: () => void): Response => {
  let since = 0;
  const passing = new TransformStream<Uint8Array, Uint8Array>({
    transform: (part, onwards) => {
      since += part.length;
      if (since >= each) {
        since = 0;
        heard();
      }
      onwards.enqueue(part);
    },
  });
  return new Response(response.body?.pipeThrough(passing) ?? null);
};
