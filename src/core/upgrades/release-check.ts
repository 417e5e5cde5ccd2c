import type { Hash } from '../base/brands.js';
import { type LoaderGround, type LoaderRuleFault, loaderRuleFault } from './agreed-loaders.js';
import { type Manifest, contentRootOf, manifestHashOf } from './manifest.js';
import { compareVersions, parseVersion } from './version.js';

/** What a device knows when it is offered a bundle. */
export interface Offered extends LoaderGround {
  readonly package: string;
  /** The account approved exactly this manifest. */
  readonly approved: Hash;
  /** The newest release that was good here: no older one comes after it (rule U7). */
  readonly floor: { readonly sequence: number; readonly version: string; readonly content: Hash };
  /** The loader that this device runs. */
  readonly loader: number;
  /** How it is put to the members. */
  readonly fork: 'soft' | 'hard';
  /** The fold version of the account's standing snapshots (rule S13). */
  readonly fold: number;
  /** Versions of the other packages that are here. */
  readonly packages: ReadonlyMap<string, string>;
  /** Content roots that failed here. */
  readonly quarantined: ReadonlySet<Hash>;
  /** This device's wall clock, ms; null: it lets this device back over a fence, at any time. */
  readonly wallMs: number | null;
  /** Protocols that hard forks made indispensable. */
  readonly protocols: readonly string[];
}

/** Why a bundle is not taken, in the order in which it is asked. */
export type ReleaseFault =
  | { readonly kind: 'other-package'; readonly package: string }
  | { readonly kind: 'not-approved'; readonly manifest: Hash }
  | { readonly kind: 'quarantined'; readonly content: Hash }
  /** Of the same sequence number as what runs here, with other files: one of them is a lie. */
  | { readonly kind: 'two-of-one-sequence'; readonly sequence: number }
  | { readonly kind: 'older-release'; readonly sequence: number; readonly floor: number }
  | { readonly kind: 'older-version'; readonly version: string; readonly floor: string }
  | { readonly kind: 'not-yet-valid'; readonly notBefore: number }
  | { readonly kind: 'expired'; readonly expires: number }
  | { readonly kind: 'newer-loader'; readonly loader: number }
  | LoaderRuleFault
  /** It cannot read the account's snapshots. */
  | { readonly kind: 'older-fold'; readonly fold: number }
  | { readonly kind: 'missing-protocol'; readonly protocol: string }
  | { readonly kind: 'unknown-dependency'; readonly package: string }
  | { readonly kind: 'missing-dependency'; readonly package: string; readonly version: string };

/** Clocks of honest devices differ by so much, ms. */
export const CLOCK_GRACE_MS = 24 * 3_600_000;

/**
 * Why a well-formed bundle is refused on this device; null when nothing speaks against it.
 *
 * Time is asked with a day of grace either way. Nothing of it depends on where the bytes came from.
 * Source: rules U2, U3, U7, U10, U13; TUF's list of attacks.
 */
export const releaseFault = (manifest: Manifest, offered: Offered): ReleaseFault | null => {
  if (manifest.package !== offered.package) {
    return { kind: 'other-package', package: manifest.package };
  }
  const hash = manifestHashOf(manifest);
  if (hash !== offered.approved) return { kind: 'not-approved', manifest: hash };
  const content = contentRootOf(manifest);
  if (offered.quarantined.has(content)) return { kind: 'quarantined', content };
  return (
    ageFault(manifest, offered, content) ??
    loaderRuleFault(manifest.brings, offered.fork, offered) ??
    needFault(manifest, offered)
  );
};

const ageFault = (
  { sequence, version, notBefore, expires }: Manifest,
  { floor, wallMs }: Offered,
  content: Hash,
): ReleaseFault | null => {
  if (sequence < floor.sequence) {
    return { kind: 'older-release', sequence, floor: floor.sequence };
  }
  if (sequence === floor.sequence && content !== floor.content) {
    return { kind: 'two-of-one-sequence', sequence };
  }
  if (isOlder(version, floor.version)) {
    return { kind: 'older-version', version, floor: floor.version };
  }
  if (wallMs === null) return null;
  if (notBefore !== null && wallMs + CLOCK_GRACE_MS < notBefore) {
    return { kind: 'not-yet-valid', notBefore };
  }
  const isOver = expires !== null && wallMs - CLOCK_GRACE_MS > expires;
  return isOver ? { kind: 'expired', expires } : null;
};

const needFault = (manifest: Manifest, offered: Offered): ReleaseFault | null => {
  const { loader, fold, protocols, dependencies } = manifest;
  if (loader > offered.loader) return { kind: 'newer-loader', loader };
  if (fold < offered.fold) return { kind: 'older-fold', fold };
  const unspoken = offered.protocols.find((each) => !protocols.includes(each));
  if (unspoken !== undefined) return { kind: 'missing-protocol', protocol: unspoken };
  for (const { package: needed, version } of dependencies) {
    const held = offered.packages.get(needed);
    if (held === undefined) return { kind: 'unknown-dependency', package: needed };
    if (!isMet(version, held)) return { kind: 'missing-dependency', package: needed, version };
  }
  return null;
};

const isOlder = (version: string, floor: string): boolean => {
  const [ours, least] = [parseVersion(version), parseVersion(floor)];
  return ours === null || (least !== null && compareVersions(ours, least) < 0);
};

/** That version or a later one of the same major number. */
const isMet = (needed: string, held: string): boolean => {
  const [least, ours] = [parseVersion(needed), parseVersion(held)];
  if (least === null || ours === null) return false;
  return ours.major === least.major && compareVersions(ours, least) >= 0;
};
