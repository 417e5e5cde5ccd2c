import type { Hash } from '../../core/base/brands.js';
import { type Result, err, ok } from '../../core/base/result.js';
import { type BundleFile, type Manifest, bytesOf } from '../../core/upgrades/manifest.js';
import type { FileSource, StageFault, StageProgress } from '../../ports/bundles.js';
import type { CodeShelf, FetchBytes, FetchFault } from './code-shelf.js';

/** Addresses of one bundle that are asked at all. */
const URLS_MAX = 4;
/** Files that are fetched at the same time. */
const AT_ONCE = 4;
const BY_HASH = /\/files\/$/;

export interface StagingParts {
  readonly shelf: Pick<CodeShelf, 'read' | 'write' | 'held'>;
  readonly fetchBytes: FetchBytes;
  readonly sha256: (bytes: Uint8Array) => Promise<Hash>;
}

/**
 * Brings every file of a bundle to the shelf, each checked by its hash, whatever a host sends.
 *
 * A file that lies there is hashed again, and fetched anew when it is not what it was. Hosts come
 * first, then whoever else has it. The first fault ends it; what was fetched stays.
 * Source: rules U3 and U10.
 */
export const gatherFiles = async (
  { shelf, fetchBytes, sha256 }: StagingParts,
  manifest: Pick<Manifest, 'files'>,
  urls: readonly string[],
  onProgress: (done: StageProgress) => void,
  signal?: AbortSignal,
  elsewhere?: FileSource,
): Promise<Result<void, StageFault>> => {
  const waiting = [...new Map(manifest.files.map((file) => [file.sha256, file])).values()];
  const held = await shelf.held(waiting.map((file) => file.sha256));
  const done = { files: 0, bytes: 0, filesOf: manifest.files.length, bytesOf: bytesOf(manifest) };
  let fault: StageFault | null = null;
  /** Addresses that gave no answer: whoever else has a file is asked before them. */
  const silent = new Set<string>();

  const bring = async (file: BundleFile): Promise<StageFault | null> => {
    const kept = held.has(file.sha256) ? await shelf.read(file.sha256) : null;
    if (kept !== null && (await sha256(kept)) === file.sha256) return null;
    const fetched = await fetchFile(file);
    if (!fetched.ok) return fetched.error;
    return (await shelf.write(file.sha256, fetched.value)) ? null : { kind: 'no-room' };
  };

  /** From the first address that has it; else what is worst of all that they did. */
  const fetchFile = async (file: BundleFile): Promise<Result<Uint8Array, StageFault>> => {
    const faults: (FetchFault | 'mismatch')[] = [];
    const asked = urls.slice(0, URLS_MAX);
    const later = asked.filter((url) => silent.has(url));
    const sooner = asked.filter((url) => !later.includes(url));
    const found =
      (await fromHosts(sooner, file, faults)) ??
      (await fromElsewhere(file)) ??
      (await fromHosts(later, file, faults));
    if (found !== null) return ok(found);
    if (signal?.aborted === true) return err({ kind: 'cancelled' });
    if (faults.includes('cancelled')) return err({ kind: 'cancelled' });
    const order = ['mismatch', 'too-large', 'missing'] as const;
    const kind = order.find((each) => faults.includes(each)) ?? 'unreachable';
    return err({ kind, path: file.path });
  };

  const fromHosts = async (
    addresses: readonly string[],
    file: BundleFile,
    faults: (FetchFault | 'mismatch')[],
  ): Promise<Uint8Array | null> => {
    for (const url of addresses) {
      const fetched = await fetchBytes(addressOf(url, file), file.bytes, signal);
      if (fetched.ok && (await sha256(fetched.value)) === file.sha256) return fetched.value;
      const fetchFault = fetched.ok ? 'mismatch' : fetched.error;
      if (fetchFault === 'unreachable') silent.add(url);
      faults.push(fetchFault);
    }
    return null;
  };

  const fromElsewhere = async (file: BundleFile): Promise<Uint8Array | null> => {
    if (signal?.aborted === true) return null;
    const bytes = (await elsewhere?.(file, signal)) ?? null;
    const isIt = bytes?.length === file.bytes && (await sha256(bytes)) === file.sha256;
    return isIt ? bytes : null;
  };

  const work = async (): Promise<void> => {
    for (let file = waiting.shift(); file !== undefined; file = waiting.shift()) {
      if (fault !== null) return;
      const found = signal?.aborted === true ? { kind: 'cancelled' as const } : await bring(file);
      fault ??= found;
      if (found !== null) return;
      const same = manifest.files.filter(({ sha256: each }) => each === file?.sha256);
      done.files += same.length;
      done.bytes += same.reduce((sum, { bytes }) => sum + bytes, 0);
      onProgress({ ...done });
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return fault === null ? ok(undefined) : err(fault);
};

const addressOf = (url: string, { path, sha256 }: BundleFile): string =>
  `${url}${BY_HASH.test(url) ? sha256 : path}`;
