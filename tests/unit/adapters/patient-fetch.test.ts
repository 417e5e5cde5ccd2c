import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import {
  SILENCE_BYTES,
  SILENCE_MS,
  fetchPatiently,
} from '../../../src/adapters/bundles/patient-fetch.js';

const URL = 'https://host.example/index.html';

/** A host whose answer comes as the test writes it; it ends when whoever asks gives up. */
const openHost = () => {
  let body: ReadableStreamDefaultController<Uint8Array> | null = null;
  let isLeft = false;
  vi.stubGlobal('fetch', async (_url: string, { signal }: { signal: AbortSignal }) => {
    signal.throwIfAborted();
    signal.addEventListener('abort', () => {
      isLeft = true;
      body?.error(signal.reason);
    });
    return new Response(new ReadableStream({ start: (controller) => void (body = controller) }));
  });
  return {
    send: (length: number) => body?.enqueue(new Uint8Array(length)),
    end: () => body?.close(),
    isLeft: () => isLeft,
  };
};

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe('a fetch from a host that may never end', () => {
  test('[U3] waits as long as something comes, however slowly', async () => {
    const host = openHost();
    const fetched = fetchPatiently(URL, 100_000);
    for (let part = 0; part < 4; part += 1) {
      await vi.advanceTimersByTimeAsync(SILENCE_MS - 1_000);
      host.send(SILENCE_BYTES / 2);
      host.send(SILENCE_BYTES / 2);
    }
    await vi.advanceTimersByTimeAsync(0);
    host.end();
    expect(await fetched).toEqual({ ok: true, value: new Uint8Array(4 * SILENCE_BYTES) });
  });

  test('[U3, U10] leaves a host that never answers', async () => {
    vi.stubGlobal(
      'fetch',
      (_url: string, { signal }: { signal: AbortSignal }) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => reject(signal.reason));
        }),
    );
    const fetched = fetchPatiently(URL, 100);
    await vi.advanceTimersByTimeAsync(SILENCE_MS);
    expect(await fetched).toEqual({ ok: false, error: 'unreachable' });
  });

  test('[U3, U10] leaves one that falls silent, and one that drips', async () => {
    const silent = openHost();
    const first = fetchPatiently(URL, 100);
    await vi.advanceTimersByTimeAsync(1_000);
    silent.send(10);
    await vi.advanceTimersByTimeAsync(SILENCE_MS);
    expect(await first).toEqual({ ok: false, error: 'unreachable' });
    expect(silent.isLeft()).toBe(true);

    const dripping = openHost();
    const second = fetchPatiently(URL, 512 * 1_024);
    for (let second = 1; second < SILENCE_MS / 1_000; second += 1) {
      await vi.advanceTimersByTimeAsync(1_000);
      dripping.send(1);
    }
    expect(dripping.isLeft()).toBe(false);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(await second).toEqual({ ok: false, error: 'unreachable' });
  });

  test('[U3, U10] leaves one that gives just enough not to be silent, for good', async () => {
    const host = openHost();
    const fetched = fetchPatiently(URL, 10 * SILENCE_BYTES);
    for (let parts = 0; !host.isLeft() && parts < 10; parts += 1) {
      await vi.advanceTimersByTimeAsync(SILENCE_MS - 1_000);
      if (!host.isLeft()) host.send(SILENCE_BYTES);
    }
    expect(await fetched).toEqual({ ok: false, error: 'unreachable' });
  });

  test('[U10] reads no byte too many, and says who called it off', async () => {
    const long = openHost();
    const first = fetchPatiently(URL, 10);
    await vi.advanceTimersByTimeAsync(0);
    long.send(11);
    expect(await first).toEqual({ ok: false, error: 'too-large' });

    openHost();
    const stop = new AbortController();
    const second = fetchPatiently(URL, 10, stop.signal);
    await vi.advanceTimersByTimeAsync(0);
    stop.abort();
    expect(await second).toEqual({ ok: false, error: 'cancelled' });
    expect(await fetchPatiently(URL, 10, stop.signal)).toEqual({ ok: false, error: 'cancelled' });
  });
});
