import { createBrowserClock } from './adapters/browser-clock.js';
import { createBrowserRandomness } from './adapters/browser-randomness.js';
import { createBrowserStorage } from './adapters/browser-storage.js';
import { createDeferredShelf } from './adapters/carrier/deferred-shelf.js';
import { openIdbStore } from './adapters/idb-store.js';
import { createVerifier } from './adapters/verifier-choice.js';
import { createPaperKeys } from './adapters/paper-keys.js';
import { createWebCryptoVault } from './adapters/webcrypto-keys.js';
import { createDeferredTransport } from './adapters/webrtc/deferred-transport.js';
import { createWriterLock } from './adapters/writer-lock.js';
import type { Replica } from './replica/commands.js';
import type { Timing } from './replica/context.js';
import { createIdleReplica } from './replica/idle-replica.js';
import { createReplica } from './replica/replica.js';

export type { CommandError, Done, RecordDraft, Replica } from './replica/commands.js';
export type { Ports, Timing } from './replica/context.js';
export type * from './replica/view.js';
export { createReplica } from './replica/replica.js';

/** Which device this is, and where it finds the others. */
export interface BrowserReplicaOptions {
  /** Names the device's databases: lowercase letters, digits and dashes, at most 32. */
  readonly profile: string;
  /** ws: or wss: addresses of rendezvous servers; may be empty. */
  readonly rendezvousUrls: readonly string[];
  readonly timing?: Partial<Timing>;
  /** Called when another tab of this device took over: this replica has closed by then. */
  readonly onTakenOver?: () => void;
  /** Called once this tab has the pen after `takeOver`: open the replica anew. */
  readonly onPen?: () => void;
}

/** Documents and connections weigh as much as all else; a device without an account has none. */
const loadYjs = () => import('./adapters/carrier/browser-shelf.js');
const loadIntroducer = async () =>
  (await import('./adapters/webrtc/webrtc-introducer.js')).createWebrtcIntroducer();
const loadWebrtc = () => import('./adapters/webrtc/webrtc-transport.js');

/**
 * Opens a device's replica in a browser, over IndexedDB, WebRTC and WebCrypto.
 *
 * One tab of a profile is the writer; in another one the view's stage is `elsewhere` until a person
 * takes over. Where the store cannot be opened the stage is `lost`. Never rejects for either.
 */
export const openBrowserReplica = async (options: BrowserReplicaOptions): Promise<Replica> => {
  const { profile, rendezvousUrls, timing } = options;
  const clock = createBrowserClock();
  // Its self-test runs while the store opens; it never rejects.
  const verifying = createVerifier();
  const pen = createWriterLock(profile, clock);
  const takeOver = (): void => void pen.takeOver().then(() => options.onPen?.());
  if ((await pen.acquire()) === 'elsewhere') return createIdleReplica('elsewhere', takeOver);
  const store = await openIdbStore(profile);
  if (!store.ok) {
    const kind = store.error.kind === 'quota' ? 'quota' : 'store-failed';
    return createIdleReplica('lost', takeOver, [{ kind, device: null, sinceMs: clock.wallMs() }]);
  }
  const replica = await createReplica(
    {
      clock,
      randomness: createBrowserRandomness(),
      store: store.value,
      vault: createWebCryptoVault(profile),
      paper: createPaperKeys(createBrowserRandomness()),
      verifier: await verifying,
      shelf: createDeferredShelf(async () => (await loadYjs()).createBrowserShelf(profile, clock)),
      transport: createDeferredTransport(async () =>
        (await loadWebrtc()).createWebrtcTransport({ rendezvousUrls }),
      ),
      introducer: {
        offer: async (onChannel) => (await loadIntroducer()).offer(onChannel),
        answer: async (...asked) => (await loadIntroducer()).answer(...asked),
      },
      storage: createBrowserStorage(),
    },
    { ...(timing === undefined ? {} : { timing }), takeOver },
  );
  pen.onTakenOver(async () => {
    await replica.close();
    options.onTakenOver?.();
  });
  return replica;
};
