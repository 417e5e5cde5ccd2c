import { createHash } from 'node:crypto';
import { copyFile, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { type Hash, brandHex } from '../core/base/brands.js';
import { compareBy, compareText } from '../core/base/ordering.js';
import { isBundlePath } from '../core/upgrades/bundle-path.js';
import {
  type BundleFile,
  type Manifest,
  contentRootOf,
  encodeManifest,
  manifestHashOf,
  parseManifest,
} from '../core/upgrades/manifest.js';
import { FIRST_LOADER, LOADER_PIN, loaderNamed, loaderPath } from '../core/upgrades/loader-pin.js';
import { THIS_BUILD } from '../core/upgrades/this-build.js';

/** Where a host's latest release is described, in the folder of its files. */
export const RELEASE_FILE = 'release.cbor';
/** Lies in the folder of a build, and is no part of its bundle. */
const isBeside = (path: string): boolean => path === RELEASE_FILE || loaderNamed(path) !== null;

/** What whoever makes a release says of it. */
export interface ReleaseNotes {
  /** One more than the release before. */
  readonly sequence: number;
  readonly notes: string;
  /** Wall ms; null: no such bound. */
  readonly notBefore: number | null;
  readonly expires: number | null;
}

/** A release as it lies in its folder. */
export interface Release {
  readonly manifest: Manifest;
  readonly manifestHash: Hash;
  readonly contentRoot: Hash;
  /** Files that the folder did not hold yet, and their bytes. */
  readonly newFiles: number;
  readonly newBytes: number;
}

/**
 * Puts the release of a build into a folder that any static host can serve, beside older ones.
 *
 * `files/<sha256>` holds each file once, whatever releases name it; `releases/<hash>.cbor` is the
 * manifest that people approve, `release.cbor` a copy of the latest. The loader lies beside them,
 * by its hash. Nothing else that lies there is changed. Two builds of one commit give one root.
 * Errors: rejects when the build holds a file that no bundle may have, or no entry page.
 */
export const makeRelease = async (
  buildRoot: string,
  outRoot: string,
  said: ReleaseNotes,
): Promise<Release> => {
  const manifest = await describeBuild(buildRoot, said);
  const bytes = encodeManifest(manifest);
  const read = parseManifest(bytes);
  if (!read.ok) throw new Error(`This build is no bundle: ${JSON.stringify(read.error)}`);
  const manifestHash = manifestHashOf(manifest);
  await mkdir(join(outRoot, 'files'), { recursive: true });
  await mkdir(join(outRoot, 'releases'), { recursive: true });
  const held = new Set(await readdir(join(outRoot, 'files')));
  const lacking = manifest.files.filter(({ sha256 }) => !held.has(sha256));
  const fresh = [...new Map(lacking.map((file) => [file.sha256, file])).values()];
  for (const { path, sha256 } of fresh) {
    await copyFile(join(buildRoot, path), join(outRoot, 'files', sha256));
  }
  const loader = loaderPath(LOADER_PIN.sha256);
  await copyFile(join(buildRoot, loader), join(outRoot, loader));
  await writeFile(join(outRoot, 'releases', `${manifestHash}.cbor`), bytes);
  await writeFile(join(outRoot, RELEASE_FILE), bytes);
  return {
    ...{ manifest, manifestHash, contentRoot: contentRootOf(manifest) },
    newFiles: fresh.length,
    newBytes: fresh.reduce((sum, file) => sum + file.bytes, 0),
  };
};

/** The manifest of a build; of one that is no release, but lies on a host, when nothing is said. */
export const describeBuild = async (
  root: string,
  said: ReleaseNotes = { sequence: 0, notes: '', notBefore: null, expires: null },
): Promise<Manifest> => ({
  ...THIS_BUILD,
  files: await listBundle(root),
  dependencies: [],
  compliance: [],
  ...said,
  ...(LOADER_PIN.version === FIRST_LOADER ? {} : { brings: LOADER_PIN }),
});

/**
 * The files of a build's bundle, sorted: without the loader, without pictures of the app, and
 * without what is said of the build.
 */
export const listBundle = async (root: string): Promise<readonly BundleFile[]> => {
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  const paths = files.map((entry) => relative(root, join(entry.parentPath, entry.name)));
  const own = paths
    .map((path) => path.split(sep).join('/'))
    .filter((path) => !isBeside(path) && !path.startsWith('screenshots/'));
  const odd = own.find((path) => !isBundlePath(path));
  if (odd !== undefined) throw new Error(`No bundle may hold a file at ${odd}.`);
  const listed = await Promise.all(
    own.map(async (path): Promise<BundleFile> => {
      const bytes = await readFile(join(root, path));
      const sha256 = createHash('sha256').update(bytes).digest('hex');
      return { path, bytes: bytes.length, sha256: brandHex<Hash>(sha256) };
    }),
  );
  return listed.sort(compareBy(({ path }) => path, compareText));
};
