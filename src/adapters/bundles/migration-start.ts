import { trustMigration } from '../worker-url.js';
import type { MigrationReport, StartMigration } from './migration-trying.js';

/** What a worker may reach beyond itself; all of it is gone before a candidate's script begins. */
const REACHES = [
  ...['fetch', 'XMLHttpRequest', 'WebSocket', 'WebSocketStream', 'EventSource', 'WebTransport'],
  ...['indexedDB', 'caches', 'cookieStore', 'BroadcastChannel', 'Worker', 'SharedWorker'],
  ...['importScripts', 'navigator', 'RTCPeerConnection', 'Notification', 'crypto'],
];

/** Takes them away for good, from the object itself and from all that it inherits from. */
const PRELUDE = `(() => {
  for (const name of ${JSON.stringify(REACHES)}) {
    for (let at = self; at !== null; at = Object.getPrototypeOf(at)) {
      try { delete at[name]; } catch {}
    }
    try {
      Object.defineProperty(self, name, { value: undefined, writable: false, configurable: false });
    } catch {}
  }
})();
`;

/**
 * Starts a candidate's script in a worker that is of no origin: nobody agreed to this code yet, so
 * it finds no store, no key, no cache and no network, only the copy that it is given.
 *
 * The script is text in the worker's own address (`data:`), which browsers give an origin of its
 * own; the page's policy holds in it as well. Null where the browser does not let it start.
 * Source: rules U10 and U12; HTML standard, workers of `data:` addresses (opaque origin).
 */
export const startMigration: StartMigration = (script) => {
  try {
    const text = PRELUDE + new TextDecoder('utf-8', { fatal: true }).decode(script);
    const worker = new Worker(trustMigration(text), { name: 'migration' });
    return {
      post: (job) => worker.postMessage(job, [job.payload.buffer]),
      listen: (listener) => {
        worker.onmessage = (event: MessageEvent<MigrationReport>) => listener(event.data);
        worker.onerror = () => listener({ kind: 'failed' });
        worker.onmessageerror = () => listener({ kind: 'failed' });
      },
      stop: () => worker.terminate(),
    };
  } catch {
    return null;
  }
};
