import type { Hash } from '../../core/base/brands.js';
import { type Result, err, ok } from '../../core/base/result.js';
import {
  BUNDLE_LIMITS,
  type Manifest,
  bytesOf,
  contentRootOf,
  manifestHashOf,
  parseManifest,
} from '../../core/upgrades/manifest.js';
import {
  type BundleNote,
  type Slot,
  type SlotFault,
  type Slots,
  activeOf,
  beginStaging,
  emptyIdle,
  finishStaging,
  goBack,
  idleOf,
  comeUp,
  passTrial,
  readmit,
  startTrial,
} from '../../core/upgrades/slots.js';
import type {
  Bundles,
  BundlesState,
  FileSource,
  HostOffer,
  IdleBundle,
  LoaderNote,
  OfferFault,
  StageFault,
  StageProgress,
  SwitchFault,
} from '../../ports/bundles.js';
import type { CodeShelf, SlotKeeper } from './code-shelf.js';
import type { Clock } from '../../ports/clock.js';
import { MIGRATION_PATH } from '../../core/upgrades/bundle-path.js';
import { type StartMigration, tryScript } from './migration-trying.js';
import { type StagingParts, gatherFiles } from './staging.js';

/** What bundles are made of; the browser's and the twin's differ in these alone. */
export interface BundleParts extends StagingParts {
  readonly slots: SlotKeeper;
  readonly shelf: CodeShelf;
  /** One at a time on this device: whoever changes which files lie here. */
  readonly exclusively: <Value>(work: () => Promise<Value>) => Promise<Value>;
  readonly loader: () => LoaderNote;
  readonly placeLoader: Bundles['placeLoader'];
  readonly running: () => BundlesState['running'];
  readonly wallMs: () => number;
  /** How scripts of candidates are run, and by which clock they are watched. */
  readonly migrations: { readonly start: StartMigration; readonly clock: Clock };
  /** Where this page's own host has its files. */
  readonly home: string;
  /** Tells every page of this device that something changed, and this one. */
  readonly tell: () => void;
  readonly subscribe: (listener: () => void) => () => void;
}

const RELEASE_FILE = 'release.cbor';

/** The note that a slot keeps of a bundle. */
export const noteOf = (manifest: Manifest): BundleNote => ({
  manifest: manifestHashOf(manifest),
  content: contentRootOf(manifest),
  version: manifest.version,
  sequence: manifest.sequence,
  protocols: manifest.protocols,
  fold: manifest.fold,
  files: manifest.files.length,
  bytes: bytesOf(manifest),
  ...(manifest.brings === undefined ? {} : { brings: manifest.brings }),
});

/** Bundles over a keeper of slots and a shelf of files. Source: rules U3, U6 and U7. */
export const createSlottedBundles = (parts: BundleParts): Bundles => {
  const { slots, shelf, tell } = parts;

  const take = async (
    step: (from: Slots) => Result<Slots, SlotFault>,
  ): Promise<Result<Slots, SwitchFault>> => {
    const taken = await slots.change(step).catch((cause: unknown) => failed(cause));
    if (taken.ok) tell();
    return taken;
  };

  const stageBytes = async (
    bytes: Uint8Array,
    urls: readonly string[],
    onProgress: (done: StageProgress) => void,
    signal?: AbortSignal,
    elsewhere?: FileSource,
  ): Promise<Result<void, StageFault>> => {
    const read = parseManifest(bytes);
    if (!read.ok) return err({ kind: 'bad-manifest', error: read.error });
    const { loader, files } = read.value;
    if (loader > parts.loader().version) return err({ kind: 'newer-loader', loader });
    const note = noteOf(read.value);
    const isFree = beginStaging(await slots.read(), note);
    if (!isFree.ok) return isFree;
    // A slot never names a bundle whose files nobody could list.
    const isListed =
      (await shelf.keepFiles(note.manifest, files)) &&
      (await shelf.keepManifest(note.manifest, bytes));
    if (!isListed) return err({ kind: 'no-room' });
    const begun = await take((from) => beginStaging(from, note));
    if (!begun.ok) return asStageFault(begun.error);
    const gathered = await gatherFiles(parts, read.value, urls, onProgress, signal, elsewhere);
    if (!gathered.ok) return gathered;
    if (signal?.aborted === true) return err({ kind: 'cancelled' });
    const done = await take((from) => finishStaging(from, note.manifest));
    if (!done.ok) return asStageFault(done.error);
    return ok(undefined);
  };

  const sweep = async (): Promise<void> => {
    const { a, b } = await slots.read();
    await shelf.sweep([a, b].flatMap((slot) => slot?.manifest ?? []));
  };

  /** Whether this page runs the active bundle. */
  const isActive = async (): Promise<boolean> => {
    const slot = activeOf(await slots.read());
    return slot !== null && slot.manifest === parts.running()?.manifest;
  };
  const isOfTrial = async (trial: number): Promise<boolean> =>
    parts.running()?.trial === trial && (await isActive());

  return {
    state: async () => stateOf(parts, await slots.read()),
    subscribe: parts.subscribe,
    offered: (url, manifest) => askHost(parts, url ?? parts.home, manifest),
    stage: async (bytes, urls, onProgress = () => undefined, signal, elsewhere) => {
      const staged = await parts.exclusively(() =>
        stageBytes(bytes, urls, onProgress, signal, elsewhere),
      );
      if (staged.ok) await sweep();
      return staged;
    },
    read: async (manifest, file) => {
      const { a, b } = await slots.read();
      if (![a, b].some((slot) => slot?.manifest === manifest && isWhole(slot))) return null;
      const files = file === null ? [] : await shelf.filesOf(manifest);
      if (file !== null && files?.some(({ sha256 }) => sha256 === file) !== true) return null;
      const bytes = await (file === null ? shelf.manifest(manifest) : shelf.read(file));
      const isIt = bytes !== null && (await parts.sha256(bytes)) === (file ?? manifest);
      return isIt ? bytes : null;
    },
    mend: async (elsewhere, signal) => {
      const slot = activeOf(await slots.read());
      const files = slot === null ? null : await shelf.filesOf(slot.manifest);
      if (files === null) return false;
      const urls = [parts.home, `${parts.home}files/`];
      const untold = (): void => undefined;
      return (await gatherFiles(parts, { files }, urls, untold, signal, elsewhere)).ok;
    },
    tryMigration: async (manifest, payload) => {
      const files = (await shelf.filesOf(manifest)) ?? [];
      const named = files.find(({ path }) => path === MIGRATION_PATH)?.sha256;
      const script = named === undefined ? null : await shelf.read(named);
      if (script === null || (await parts.sha256(script)) !== named) return err('untried');
      const { start, clock } = parts.migrations;
      return tryScript(start, script, payload, clock);
    },
    tryStaged: async () => {
      const begun = await take((from) => startTrial(from, parts.wallMs()));
      return begun.ok ? ok(begun.value.trials) : begun;
    },
    cameUp: async (trial) =>
      (await isOfTrial(trial))
        ? plain(await take((at) => comeUp(at, trial)))
        : err({ kind: 'other-bundle' }),
    confirm: async (trial) =>
      (await isOfTrial(trial))
        ? plain(await take((at) => passTrial(at, trial, parts.wallMs())))
        : err({ kind: 'other-bundle' }),
    rollBack: async (reason, cause) => {
      const isAutomatic = cause === 'health';
      // A page that something else was switched to meanwhile judges code that it does not run.
      if (isAutomatic && !(await isActive())) return err({ kind: 'other-bundle' });
      return plain(await take((from) => goBack(from, reason, isAutomatic, parts.wallMs())));
    },
    placeLoader: parts.placeLoader,
    readmit: async (content) => plain(await take((from) => readmit(from, content))),
    discard: async () => {
      const emptied = await take(emptyIdle);
      if (emptied.ok) await sweep();
      return plain(emptied);
    },
  };
};

/** All of its files came and were checked, and nothing was found wrong with it since. */
const isWhole = ({ stage }: Slot): boolean => stage !== 'staging' && stage !== 'bad';

const stateOf = async (parts: BundleParts, slots: Slots): Promise<BundlesState> => {
  const active = slots.active === null ? null : slots[slots.active];
  const idle = slots[idleOf(slots)];
  const { trial, floor, quarantined, history } = slots;
  return {
    loader: parts.loader(),
    active:
      active === null
        ? null
        : { ...noteIn(active), state: active.stage === 'trial' ? 'trial' : 'good' },
    running: parts.running(),
    idle: idle === null ? null : await idleOn(parts, idle),
    ...{ trial, floor, quarantined, history },
  };
};

/** The stage is the slot's own affair; what is told of it has another name. */
const noteIn = ({ stage: _stage, ...note }: Slot): BundleNote => note;

const idleOn = async ({ shelf }: BundleParts, slot: Slot): Promise<IdleBundle> => {
  const state = slot.stage === 'trial' ? 'staged' : slot.stage;
  const whole = { filesHere: slot.files, bytesHere: slot.bytes };
  if (state !== 'staging') return { ...noteIn(slot), state, ...whole };
  const files = (await shelf.filesOf(slot.manifest)) ?? [];
  const held = await shelf.held(files.map(({ sha256 }) => sha256));
  const here = files.filter(({ sha256 }) => held.has(sha256));
  const bytesHere = here.reduce((sum, { bytes }) => sum + bytes, 0);
  return { ...noteIn(slot), state, filesHere: here.length, bytesHere };
};

/** What asking hosts takes. */
export type AskingParts = Pick<BundleParts, 'fetchBytes' | 'sha256' | 'home'>;

/** A host's latest release, or the one that is named, unread. */
export const askHost = async (
  { fetchBytes, sha256 }: Omit<AskingParts, 'home'>,
  url: string,
  wanted?: Hash,
): Promise<Result<HostOffer, OfferFault>> => {
  const places = [...(wanted === undefined ? [] : [`releases/${wanted}.cbor`]), RELEASE_FILE];
  let fault: OfferFault = { kind: 'missing' };
  for (const place of places) {
    const fetched = await fetchBytes(`${url}${place}`, BUNDLE_LIMITS.manifestBytesMax);
    if (!fetched.ok) {
      fault = { kind: fetched.error === 'cancelled' ? 'unreachable' : fetched.error };
    } else if (wanted === undefined || (await sha256(fetched.value)) === wanted) {
      return ok({ manifest: fetched.value, urls: [url, `${url}files/`] });
    } else fault = { kind: 'missing' };
  }
  return err(fault);
};

const failed = (cause: unknown): { ok: false; error: SwitchFault } =>
  err({ kind: 'failed', message: cause instanceof Error ? cause.message : String(cause) });

/** What a slot refuses is told as it is; that it could not be kept is want of room. */
const asStageFault = (fault: SwitchFault): { ok: false; error: StageFault } =>
  err(fault.kind === 'failed' || fault.kind === 'other-bundle' ? { kind: 'no-room' } : fault);

const plain = <Fault>(result: Result<unknown, Fault>): Result<void, Fault> =>
  result.ok ? ok(undefined) : result;
