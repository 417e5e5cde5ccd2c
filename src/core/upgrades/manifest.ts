import { type Hash, brandHex } from '../base/brands.js';
import { decodeCanonical, encodeCanonical } from '../base/canonical.js';
import { DOMAINS } from '../base/domains.js';
import { hashOf, sha256Hex } from '../base/hash.js';
import { LIMITS } from '../base/limits.js';
import { compareBy, compareText } from '../base/ordering.js';
import { type Result, err } from '../base/result.js';
import * as shape from '../base/shape.js';
import { type Malformed, readShape } from '../base/shape.js';
import { map, row, sortedList } from '../base/shape-groups.js';
import { ENTRY_PATH, PATH_UNITS_MAX, isBundlePath } from './bundle-path.js';
import { FIRST_LOADER, type LoaderPin } from './loader-pin.js';
import { parseVersion } from './version.js';

/** Limits of one bundle; whoever reads one stops at them, whatever the host goes on to send. */
export const BUNDLE_LIMITS = {
  manifestBytesMax: 512 * 1024,
  filesMax: 2_000,
  fileBytesMax: LIMITS.codeFileBytesMax,
  bundleBytesMax: 128 * 1024 * 1024,
  listMax: 64,
  nameUnitsMax: 100,
  notesUnitsMax: 4_000,
} as const;

/** One file of a bundle. */
export interface BundleFile {
  readonly path: string;
  readonly bytes: number;
  readonly sha256: Hash;
}

/** A package that must be there, of that version or a later one of the same major number. */
export interface Dependency {
  readonly package: string;
  readonly version: string;
}

/**
 * What a bundle is: everything that a device has to know before it runs it (rules U2 and U13).
 *
 * `sequence` numbers the releases of a package; `protocols` is what the bundle speaks, `fold` the
 * highest fold version that it implements, `loader` the least version of the loader that can run
 * it. Times are wall ms; null: no such bound.
 */
export interface Manifest {
  readonly package: string;
  readonly version: string;
  readonly sequence: number;
  readonly loader: number;
  readonly fold: number;
  /** Sorted by path. */
  readonly files: readonly BundleFile[];
  /** Sorted. */
  readonly protocols: readonly string[];
  /** Sorted by package. */
  readonly dependencies: readonly Dependency[];
  /** Sorted. */
  readonly compliance: readonly string[];
  readonly notes: string;
  readonly notBefore: number | null;
  readonly expires: number | null;
  /** The loader that it comes with; absent: the one that every account began with (rule U13). */
  readonly brings?: LoaderPin;
}

export type ManifestError =
  | { readonly kind: 'not-canonical' }
  | { readonly kind: 'too-large'; readonly bytes: number; readonly bytesMax: number }
  | Malformed
  /** A path that no bundle may have: it leaves the bundle, hides, or is the loader's. */
  | { readonly kind: 'bad-path'; readonly path: string }
  | { readonly kind: 'no-entry-page' }
  | { readonly kind: 'bad-version'; readonly version: string }
  /** It ends before it begins. */
  | { readonly kind: 'never-valid' };

const name = shape.text(1, BUNDLE_LIMITS.nameUnitsMax);
const names = sortedList(name, compareText, BUNDLE_LIMITS.listMax);

type Told = Omit<Manifest, 'brings'> & { readonly v: 1 };

const manifestShape = map<Told, { readonly brings: LoaderPin }>(
  {
    v: shape.constant(1),
    package: name,
    version: shape.text(5, 20),
    sequence: shape.unsigned,
    loader: shape.unsigned,
    fold: shape.unsigned,
    files: sortedList(
      row<BundleFile>({
        path: shape.text(1, PATH_UNITS_MAX),
        bytes: shape.integer(0, BUNDLE_LIMITS.fileBytesMax),
        sha256: shape.hex32<Hash>(),
      }),
      compareBy(({ path }) => path, compareText),
      BUNDLE_LIMITS.filesMax,
    ),
    protocols: names,
    dependencies: sortedList(
      row<Dependency>({ package: name, version: shape.text(5, 20) }),
      compareBy((each) => each.package, compareText),
      BUNDLE_LIMITS.listMax,
    ),
    compliance: names,
    notes: shape.text(0, BUNDLE_LIMITS.notesUnitsMax),
    notBefore: shape.nullable(shape.unsigned),
    expires: shape.nullable(shape.unsigned),
  },
  {
    brings: row<LoaderPin>({
      version: shape.integer(FIRST_LOADER + 1, Number.MAX_SAFE_INTEGER),
      sha256: shape.hex32<Hash>(),
    }),
  },
);

/**
 * Reads a manifest from the bytes whose hash people approved. Never throws.
 *
 * Errors: not-canonical, too-large and malformed for the form; the others for what no bundle may
 * be. A path that comes twice is malformed, since paths are sorted.
 */
export const parseManifest = (bytes: Uint8Array): Result<Manifest, ManifestError> => {
  const bytesMax = BUNDLE_LIMITS.manifestBytesMax;
  if (bytes.length > bytesMax) return err({ kind: 'too-large', bytes: bytes.length, bytesMax });
  const decoded = decodeCanonical(bytes, bytesMax);
  if (!decoded.ok) return err({ kind: 'not-canonical' });
  const read = readShape(manifestShape, decoded.value);
  if (!read.ok) return read;
  const { v: _version, ...manifest } = read.value;
  const fault = manifestFault(manifest);
  return fault === null ? { ok: true, value: manifest } : err(fault);
};

/** What in a well-formed manifest no bundle may be; null when nothing is. */
const manifestFault = (manifest: Manifest): ManifestError | null => {
  const { files, version, dependencies, notBefore, expires } = manifest;
  const bad = files.find(({ path }) => !isBundlePath(path));
  if (bad !== undefined) return { kind: 'bad-path', path: bad.path };
  if (!files.some(({ path }) => path === ENTRY_PATH)) return { kind: 'no-entry-page' };
  const bytes = bytesOf(manifest);
  const bytesMax = BUNDLE_LIMITS.bundleBytesMax;
  if (bytes > bytesMax) return { kind: 'too-large', bytes, bytesMax };
  const versions = [version, ...dependencies.map((each) => each.version)];
  const odd = versions.find((each) => parseVersion(each) === null);
  if (odd !== undefined) return { kind: 'bad-version', version: odd };
  const isNever = notBefore !== null && expires !== null && expires <= notBefore;
  return isNever ? { kind: 'never-valid' } : null;
};

/** The canonical bytes of a manifest. Its lists are to be sorted already. */
export const encodeManifest = (manifest: Manifest): Uint8Array =>
  encodeCanonical(manifestShape.toCanonical({ v: 1, ...manifest }));

/** The name under which people approve a bundle: SHA-256 of its manifest's bytes. */
export const manifestHashOf = (manifest: Manifest): Hash =>
  brandHex<Hash>(sha256Hex(encodeManifest(manifest)));

/**
 * The root of what a bundle holds: paths, sizes and hashes, and nothing of what is said about them.
 *
 * Quarantine goes by it (rule U7): the same files under another manifest are the same bundle.
 */
export const contentRootOf = ({ files }: Pick<Manifest, 'files'>): Hash =>
  hashOf<Hash>(
    DOMAINS.bundle,
    files.map(({ path, bytes, sha256 }) => [path, bytes, shape.idToBytes(sha256)]),
  );

/** All bytes of a bundle's files. */
export const bytesOf = ({ files }: Pick<Manifest, 'files'>): number =>
  files.reduce((sum, { bytes }) => sum + bytes, 0);
