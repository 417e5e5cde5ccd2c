import { createBrowserClock } from './adapters/browser-clock.js';
import { createBrowserRandomness } from './adapters/browser-randomness.js';
import { createBrowserStorage } from './adapters/browser-storage.js';
import { createBrowserKeepsake } from './adapters/browser-keepsake.js';
import { createBrowserHomes } from './adapters/browser-homes.js';
import { createDeferredShelf } from './adapters/carrier/deferred-shelf.js';
import { openIdbStore } from './adapters/idb-store.js';
import { createVerifier } from './adapters/verifier-choice.js';
import { createPaperKeys } from './adapters/paper-keys.js';
import { createWebCryptoCipher } from './adapters/webcrypto-cipher.js';
import { createWebCryptoVault } from './adapters/webcrypto-keys.js';
import { createDeferredTransport } from './adapters/webrtc/deferred-transport.js';
import { type WriterLock, createWriterLock } from './adapters/writer-lock.js';
import { type ConfigurationError, checkConfiguration } from './adapters/configuration.js';
import { type Result, ok } from './core/base/result.js';
import type { Bundles } from './ports/bundles.js';
import type { Clock } from './ports/clock.js';
import type { Replica } from './replica/commands.js';
import { DEFAULT_TIMING, type Timing } from './replica/context.js';
import { createIdleReplica } from './replica/idle-replica.js';
import { acceptLoader, lockingLoader } from './replica/upgrades/loader-alarm.js';
import { STORE_PROBLEMS } from './replica/loop/problems.js';
import { createReplica } from './replica/replica.js';

export type { ConfigurationError } from './adapters/configuration.js';
export type {
  AccountId,
  BaseId,
  BlobId,
  DeviceId,
  Digest,
  EncryptionKey,
  FactId,
  Hash,
  HeadId,
  RosterHash,
  SessionId,
  StatementHash,
} from './core/base/brands.js';
export { LIMITS } from './core/base/limits.js';
export type { Result } from './core/base/result.js';
export type * from './ports/bundles.js';
export type * from './ports/carrier.js';
export type * from './ports/clock.js';
export type * from './ports/introducer.js';
export type * from './ports/keepsake.js';
export type * from './ports/keys.js';
export type * from './ports/new-homes.js';
export type * from './ports/paper.js';
export type * from './ports/randomness.js';
export type * from './ports/store.js';
export type * from './ports/transport.js';
export type * from './ports/verifier.js';
export type * from './replica/commands.js';
export type { Ports, StorageInfo, Timing } from './replica/context.js';
export type { RecordVersionView } from './replica/records/record-history.js';
export type * from './replica/view.js';
export { type ReplicaOptions, createReplica } from './replica/replica.js';
export {
  type UpgradeStatus,
  currentEpoch,
  enforceUpgrade,
  hasUpgraded,
  isReadyForUpgrade,
  rollbackHistory,
  triggerRollback,
  upgradeStatus,
} from './replica/upgrades/upgrade-status.js';

/** Which device this is, and where it finds the others. */
export interface BrowserReplicaOptions {
  /**
   * Names the device's databases: 1 to 32 lowercase letters, digits and hyphens. Two profiles of
   * one origin are two devices.
   */
  readonly profile: string;
  /**
   * Absolute `ws:` or `wss:` addresses of rendezvous servers, all used at once. They introduce
   * devices to each other and see only encrypted frames. Empty: pairing by two codes alone.
   */
  readonly rendezvousUrls: readonly string[];
  /** STUN and TURN servers; none when absent, which suffices within one network. */
  readonly iceServers?: readonly RTCIceServer[];
  /** Times in ms that differ from the usual ones, each a whole number of at most a year. */
  readonly timing?: Partial<Timing>;
  /**
   * The bundles of the app that embeds this, where a loader serves it; see `Bundles`. Without them
   * devices agree on releases, and this one says that it cannot switch.
   */
  readonly bundles?: Bundles;
  /**
   * Set where an app store brings this app (rule U8): this device switches nothing by itself, and
   * speaks no more than the installed binary was made to; null: whatever its bundle speaks.
   */
  readonly store?: { readonly protocols: readonly string[] | null };
  /** Loads the page anew, after this device switched to another bundle by itself. */
  readonly reload?: () => void;
  /** Called when another tab of this device took over: this replica has closed by then. */
  readonly onTakenOver?: () => void;
  /**
   * Called when the host changed the loader: this replica told the others and closed (rule U6), and
   * the one that is given stands in its place, locked. Its `takeOver` is for a person who knows of
   * that change; `onPen` follows.
   */
  readonly onLocked?: (locked: Replica) => void;
  /** Called once this tab has the pen after `takeOver`: open the replica anew. */
  readonly onPen?: () => void;
}

/** What follows for the code of a page whose store does not open, which is seldom. */
const loadUnopened = () => import('./replica/health/unopened.js');
/** Documents and connections weigh as much as all else; a device without an account has none. */
const loadYjs = () => import('./adapters/carrier/browser-shelf.js');
const loadIntroducer = async () =>
  (await import('./adapters/webrtc/webrtc-introducer.js')).createWebrtcIntroducer();
const loadWebrtc = () => import('./adapters/webrtc/webrtc-transport.js');

/**
 * Opens a device's replica in a browser, over IndexedDB, WebRTC and WebCrypto.
 *
 * One tab of a profile is the writer; in another one the view's stage is `elsewhere` until a person
 * takes over. Closing lets another one write. Where the store cannot be opened, after four attempts
 * where that may pass, the stage is `lost`, with a problem that says why; `takeOver` then lets go
 * of the pen, and `onPen` follows. Neither is an error here: the replica is there, shows it, and
 * answers commands with `busy`. A bundle on trial under which the store does not open is left by
 * `upgrades.prove`.
 * Errors: what is wrong with the options, and `insecure-page`. Never rejects for these.
 *
 * ```ts
 * const opened = await openBrowserReplica({
 *   profile: 'main',
 *   rendezvousUrls: ['wss://meet.example.org/rendezvous'],
 * });
 * if (!opened.ok) throw new Error(opened.error.message);
 * const replica = opened.value;
 * replica.subscribe(() => show(replica.view()));
 * if (replica.view().stage === 'empty') await replica.account.create('Kitchen tablet');
 * ```
 */
export const openBrowserReplica = async (
  options: BrowserReplicaOptions,
): Promise<Result<Replica, ConfigurationError>> => {
  const fields = Object.keys(DEFAULT_TIMING);
  const checked = checkConfiguration(options, fields, globalThis.isSecureContext);
  if (!checked.ok) return checked;
  const clock = createBrowserClock();
  const pen = createWriterLock(options.profile, clock);
  const takeOver = (): void => void pen.takeOver().then(() => options.onPen?.());
  const elsewhere = () => ok(createIdleReplica('elsewhere', takeOver));
  if ((await pen.acquire()) === 'elsewhere') return elsewhere();
  const opening = openWithPen(options, pen, takeOver, clock);
  let isOpen = false;
  let isTaken = false;
  // Who is asked for the pen while it opens gives it once what it opened has closed.
  pen.onTakenOver(async () => {
    isTaken = true;
    const isTold = isOpen;
    const { opened } = await opening;
    await opened?.close();
    if (isTold && opened) options.onTakenOver?.();
  });
  const { opened, shown } = await opening;
  isOpen = true;
  return isTaken && opened ? elsewhere() : ok(shown);
};

/** What this tab opened, if anything, and what it gives for it. */
interface OpenedTab {
  readonly opened: Replica | null;
  readonly shown: Replica;
}

const openWithPen = async (
  options: BrowserReplicaOptions,
  pen: WriterLock,
  takeOver: () => void,
  clock: Clock,
): Promise<OpenedTab> => {
  const { profile, rendezvousUrls, iceServers = [], timing, bundles, reload } = options;
  // Its self-test runs while the store opens; it never rejects.
  const verifying = createVerifier();
  const keepsake = createBrowserKeepsake(profile);
  const store = await openIdbStore(profile);
  if (!store.ok) {
    const kind = STORE_PROBLEMS[store.error.kind];
    const tryAgain = (): void => {
      pen.close();
      options.onPen?.();
    };
    const idle = createIdleReplica('lost', tryAgain, [
      { kind, device: null, sinceMs: clock.wallMs() },
    ]);
    const { judgeUnopened } = await loadUnopened();
    const prove = await judgeUnopened(store.error.kind, { bundles, keepsake });
    const close = async (): Promise<void> => pen.close();
    return { opened: null, shown: { ...idle, upgrades: { ...idle.upgrades, prove }, close } };
  }
  const unlock = (): void =>
    void openIdbStore(profile).then(async (opened) => {
      if (!opened.ok) return;
      const isAccepted = await acceptLoader(opened.value);
      await opened.value.close();
      if (isAccepted) options.onPen?.();
    });
  if ((await lockingLoader(store.value)) !== null) {
    await store.value.close();
    pen.close();
    return { opened: null, shown: createIdleReplica('locked', unlock) };
  }
  const replica = await createReplica(
    {
      clock,
      randomness: createBrowserRandomness(),
      store: store.value,
      vault: createWebCryptoVault(profile),
      paper: createPaperKeys(createBrowserRandomness()),
      verifier: await verifying,
      cipher: createWebCryptoCipher(),
      shelf: createDeferredShelf(async () => (await loadYjs()).createBrowserShelf(profile, clock)),
      transport: createDeferredTransport(
        async () => (await loadWebrtc()).createWebrtcTransport({ rendezvousUrls, iceServers }),
        // Lockdown Mode and some settings take it away.
        () => typeof RTCPeerConnection === 'function',
      ),
      introducer: {
        offer: async (onChannel) => (await loadIntroducer()).offer(onChannel),
        answer: async (...asked) => (await loadIntroducer()).answer(...asked),
      },
      storage: createBrowserStorage(),
      homes: createBrowserHomes(profile, clock),
      keepsake,
      ...(bundles === undefined ? {} : { bundles }),
    },
    {
      ...(timing === undefined ? {} : { timing }),
      upgrades: {
        ...(reload === undefined ? {} : { reload }),
        ...(options.store === undefined ? {} : { channel: 'app-store' }),
        ...(options.store?.protocols == null ? {} : { cap: options.store.protocols }),
        lock: () => void lock(),
      },
      takeOver,
    },
  );
  const close = async (): Promise<void> => {
    await replica.close();
    pen.close();
  };
  const lock = async (): Promise<void> => {
    await close();
    options.onLocked?.(createIdleReplica('locked', unlock));
  };
  // Opening was one turn; what it comes to is gathered in another.
  await clock.pause();
  if (replica.view().stage !== 'lost') return { opened: replica, shown: { ...replica, close } };
  const { judgeUnopened, openingFaultIn } = await loadUnopened();
  const fault = openingFaultIn(replica.view()) ?? 'failed';
  const prove = await judgeUnopened(fault, { bundles, keepsake });
  const upgrades = { ...replica.upgrades, prove };
  return { opened: replica, shown: { ...replica, upgrades, close } };
};
