import { trustMigration } from '../worker-url.js';
import type { MigrationReport, MigrationWorker, StartMigration } from './migration-trying.js';

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

/** Workers of their own address alone, and nothing from anywhere: not a module, not an answer. */
const POLICY = "default-src 'none'; worker-src data:";

/**
 * Starts a candidate's script in a worker that is of no origin: nobody agreed to this code yet, so
 * it finds no store, no key, no cache and no network, only the copy that it is given.
 *
 * The script is text in the worker's own address (`data:`), which browsers give an origin of its
 * own. It takes over the policy of the document that makes it: an empty frame, whose policy lets
 * nothing in or out, so that `import()` reaches nobody either. Null where the browser does not let
 * it start.
 * Source: rules U10 and U12; HTML standard, workers of `data:` addresses (opaque origin), and
 * requirements for a policy container of a worker (local schemes inherit).
 */
export const startMigration: StartMigration = (script) => startAt(trustMigration, script);

/** The same at whatever address `addressOf` gives to a text. */
export const startAt = (
  addressOf: typeof trustMigration,
  script: Uint8Array,
): MigrationWorker | null => {
  const frame = document.createElement('iframe');
  try {
    const text = PRELUDE + new TextDecoder('utf-8', { fatal: true }).decode(script);
    const worker = new (strictWindow(frame).Worker)(addressOf(text), { name: 'migration' });
    return {
      post: (job) => worker.postMessage(job, [job.payload.buffer]),
      listen: (listener) => {
        worker.onmessage = (event: MessageEvent<MigrationReport>) => listener(event.data);
        worker.onerror = (event) => listener({ kind: isThrown(event) ? 'failed' : 'unloaded' });
        worker.onmessageerror = () => listener({ kind: 'failed' });
      },
      stop: () => {
        worker.terminate();
        frame.remove();
      },
    };
  } catch {
    frame.remove();
    return null;
  }
};

/**
 * Whether a script threw, rather than could not be loaded: only then the event tells what.
 * Source: HTML standard, run a worker (an event named error) and report an exception (ErrorEvent).
 */
const isThrown = (event: Event): boolean => 'message' in event;

/** The window of an empty frame under that policy; it goes with the worker that it makes. */
const strictWindow = (frame: HTMLIFrameElement): Window & typeof globalThis => {
  frame.hidden = true;
  document.body.append(frame);
  const { contentDocument, contentWindow } = frame;
  if (contentDocument === null || contentWindow === null) throw new Error('an empty frame is ours');
  const meta = contentDocument.createElement('meta');
  meta.httpEquiv = 'Content-Security-Policy';
  meta.content = POLICY;
  contentDocument.head.append(meta);
  return contentWindow as Window & typeof globalThis;
};
