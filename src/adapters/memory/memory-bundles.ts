import { type Hash, brandHex } from '../../core/base/brands.js';
import { sha256Hex } from '../../core/base/hash.js';
import { err, ok } from '../../core/base/result.js';
import { FIRST_LOADER, type LoaderPin, loaderPath } from '../../core/upgrades/loader-pin.js';
import { type BundleFile, encodeManifest, type Manifest } from '../../core/upgrades/manifest.js';
import {
  NO_BUNDLES,
  type Slots,
  adoptFirst,
  countBoot,
  failTrial,
  finishStaging,
  beginStaging,
} from '../../core/upgrades/slots.js';
import type { Bundles, BundlesState } from '../../ports/bundles.js';
import type { CodeShelf, FetchBytes, FetchFault, SlotKeeper } from '../bundles/code-shelf.js';
import { type BundleParts, createSlottedBundles, noteOf } from '../bundles/slotted-bundles.js';
import { createManualClock } from './manual-clock.js';

/** Hosts by the addresses that they answer; a test says what each does. */
export interface MemoryHosts {
  /** Puts a release below an address: its manifest, its files by path and by hash. */
  readonly publish: (
    url: string,
    manifest: Manifest,
    bytesOf: (path: string) => Uint8Array,
  ) => Uint8Array;
  /** Whatever one address gives, in place of what was published. */
  readonly answer: (url: string, what: Uint8Array | FetchFault) => void;
  /** Cuts everything below an address off, or joins it again. */
  readonly cut: (url: string, isCut?: boolean) => void;
  /** Addresses asked since the last call, in order. */
  readonly asked: () => readonly string[];
  readonly fetchBytes: FetchBytes;
}

/** Creates hosts that hold nothing. */
export const createMemoryHosts = (): MemoryHosts => {
  const answers = new Map<string, Uint8Array | FetchFault>();
  const cut = new Set<string>();
  let asked: string[] = [];
  return {
    publish: (url, manifest, bytesOf) => {
      const bytes = encodeManifest(manifest);
      answers.set(`${url}release.cbor`, bytes);
      for (const { path, sha256 } of manifest.files) {
        answers.set(`${url}${path}`, bytesOf(path));
        answers.set(`${url}files/${sha256}`, bytesOf(path));
      }
      return bytes;
    },
    answer: (url, what) => void answers.set(url, what),
    cut: (url, isCut = true) => void (isCut ? cut.add(url) : cut.delete(url)),
    asked: () => {
      const before = asked;
      asked = [];
      return before;
    },
    fetchBytes: async (url, bytesMax, signal) => {
      if (signal?.aborted === true) return err('cancelled');
      asked.push(url);
      if ([...cut].some((each) => url.startsWith(each))) return err('unreachable');
      const answer = answers.get(url) ?? 'missing';
      if (typeof answer === 'string') return err(answer);
      return answer.length > bytesMax ? err('too-large') : ok(answer.slice());
    },
  };
};

/** What outlives the page: slots, files, lists. */
export interface MemoryCodeDisk {
  slots: Slots;
  readonly files: Map<Hash, Uint8Array>;
  readonly lists: Map<Hash, readonly BundleFile[]>;
  readonly manifests: Map<Hash, Uint8Array>;
  /** Bytes that still fit. */
  roomBytes: number;
  /** Null: the first one is in place; nothing comes. */
  loaders: { readonly inPlace: LoaderPin | null; readonly coming: LoaderPin | null };
}

export const createMemoryCodeDisk = (): MemoryCodeDisk => ({
  slots: NO_BUNDLES,
  files: new Map(),
  lists: new Map(),
  manifests: new Map(),
  roomBytes: Number.MAX_SAFE_INTEGER,
  loaders: { inPlace: null, coming: null },
});

/** The twin of the loader and of a page that it serves. */
export interface MemoryBundles extends Bundles {
  /** Loads the page anew: counts the boot, and answers which bundle runs now; null: none. */
  readonly load: () => BundlesState['running'];
  /** A watcher of that trial sees it fail; nothing happens when that trial is over. */
  readonly fail: (trial: number, cause: string) => void;
  /** The host puts another loader in place, and this page finds it. */
  readonly changeLoader: (sha256: Hash) => void;
}

export interface MemoryBundlesOptions {
  readonly hosts: Pick<MemoryHosts, 'fetchBytes'>;
  readonly wallMs: () => number;
  /** Where this page's own host is; `https://host.example/` when absent. */
  readonly home?: string;
  /** The bundle that this device came with, good from the start, unless its disk has one. */
  readonly first?: Manifest;
  /** The bytes of that bundle's files. */
  readonly firstBytes?: (path: string) => Uint8Array;
  readonly disk?: MemoryCodeDisk;
  /** What runs scripts of candidates; nothing does where nothing is said. */
  readonly migrations?: BundleParts['migrations'];
}

const LOADER_BYTES_MAX = 64 * 1024;
/** What stands for the first loader's script. */
const FIRST_SCRIPT = brandHex<Hash>('0'.repeat(64));

/** Creates the twin, and loads its page for the first time. */
export const createMemoryBundles = (options: MemoryBundlesOptions): MemoryBundles => {
  const { disk = createMemoryCodeDisk(), home = 'https://host.example/' } = options;
  const listeners = new Set<() => void>();
  let running: BundlesState['running'] = null;
  const strangers: Hash[] = [];
  const tell = (): void => {
    for (const listener of [...listeners]) listener();
  };
  if (disk.slots.active === null && options.first !== undefined) {
    disk.slots = installed(disk.slots, options.first, options.wallMs());
    const { manifest } = noteOf(options.first);
    disk.lists.set(manifest, options.first.files);
    for (const { path, sha256 } of options.first.files) {
      const bytes = options.firstBytes?.(path);
      if (bytes !== undefined) disk.files.set(sha256, bytes);
    }
    disk.manifests.set(manifest, encodeManifest(options.first));
  }
  const bundles = createSlottedBundles({
    slots: slotsOn(disk),
    shelf: shelfOn(disk),
    fetchBytes: options.hosts.fetchBytes,
    sha256: async (bytes) => brandHex<Hash>(sha256Hex(bytes)),
    exclusively: (work) => work(),
    loader: () => {
      const { inPlace, coming } = disk.loaders;
      const version = inPlace?.version ?? FIRST_LOADER;
      return {
        ...{ version, inPlace: inPlace?.sha256 ?? FIRST_SCRIPT, coming: coming?.sha256 ?? null },
        strangers: [...strangers],
      };
    },
    placeLoader: async (pin) => {
      const path = loaderPath(pin.sha256);
      const script = await options.hosts.fetchBytes(`${home}${path}`, LOADER_BYTES_MAX);
      if (!script.ok) return err({ kind: 'unreachable', path });
      if (sha256Hex(script.value) !== pin.sha256) return err({ kind: 'mismatch', path });
      disk.loaders = { ...disk.loaders, coming: pin };
      tell();
      return ok(undefined);
    },
    running: () => running,
    wallMs: options.wallMs,
    migrations: options.migrations ?? { start: () => null, clock: createManualClock() },
    home,
    tell,
    subscribe: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  });
  const load = (): BundlesState['running'] => {
    const { inPlace, coming } = disk.loaders;
    disk.loaders = { inPlace: coming ?? inPlace, coming: null };
    disk.slots = countBoot(disk.slots, options.wallMs());
    const { active, trial } = disk.slots;
    const slot = active === null ? null : disk.slots[active];
    running = slot === null ? null : { manifest: slot.manifest, trial: trial?.number ?? null };
    tell();
    return running;
  };
  load();
  return {
    ...bundles,
    load,
    fail: (trial, cause) => {
      const failed = failTrial(disk.slots, trial, cause, options.wallMs());
      if (!failed.ok) return;
      disk.slots = failed.value;
      tell();
    },
    changeLoader: (sha256) => {
      strangers.push(sha256);
      tell();
    },
  };
};

const installed = (slots: Slots, manifest: Manifest, atMs: number): Slots => {
  const note = noteOf(manifest);
  const steps = [
    (from: Slots) => beginStaging(from, note),
    (from: Slots) => finishStaging(from, note.manifest),
    (from: Slots) => adoptFirst(from, atMs),
  ];
  return steps.reduce((from, step) => {
    const next = step(from);
    if (!next.ok) throw new Error(`broken invariant: ${next.error.kind} at the first bundle`);
    return next.value;
  }, slots);
};

const slotsOn = (disk: MemoryCodeDisk): SlotKeeper => ({
  read: async () => disk.slots,
  change: async (step) => {
    const next = step(disk.slots);
    if (next.ok) disk.slots = next.value;
    return next;
  },
});

const shelfOn = (disk: MemoryCodeDisk): CodeShelf => ({
  read: async (sha256) => disk.files.get(sha256)?.slice() ?? null,
  write: async (sha256, bytes) => {
    if (bytes.length > disk.roomBytes) return false;
    disk.roomBytes -= bytes.length;
    disk.files.set(sha256, bytes.slice());
    return true;
  },
  held: async (hashes) => new Set(hashes.filter((each) => disk.files.has(each))),
  keepFiles: async (manifest, files) => {
    disk.lists.set(manifest, files);
    return true;
  },
  filesOf: async (manifest) => disk.lists.get(manifest) ?? null,
  keepManifest: async (manifest, bytes) => {
    disk.manifests.set(manifest, bytes.slice());
    return true;
  },
  manifest: async (manifest) => disk.manifests.get(manifest)?.slice() ?? null,
  sweep: async (named) => {
    for (const kept of [disk.lists, disk.manifests]) {
      for (const manifest of kept.keys()) if (!named.includes(manifest)) kept.delete(manifest);
    }
    const kept = new Set([...disk.lists.values()].flat().map(({ sha256 }) => sha256));
    for (const [sha256, bytes] of disk.files) {
      if (kept.has(sha256)) continue;
      disk.roomBytes += bytes.length;
      disk.files.delete(sha256);
    }
  },
});
