import type { DeviceId, FactId, Hash, RosterHash } from '../base/brands.js';
import type { UpgradeWord } from '../journal/upgrade-marks.js';
import { type Manifest, bytesOf, contentRootOf } from './manifest.js';
import type { KnownActivation } from './upgrade.js';

/**
 * The last bundle that a record made binding, where what was said of it is not here: a snapshot
 * covers it that this device lacks, and whom a fence keeps out is given no snapshot. Null where it
 * is here, or none binds.
 */
export const unannouncedIn = (
  words: readonly UpgradeWord[],
  activations: readonly KnownActivation[],
): Hash | null => {
  const last = activations.at(-1);
  if (last === undefined) return null;
  const isHere = words.some(
    ({ body }) => body.kind === 'upgrade.proposed' && body.manifest === last.manifest,
  );
  return isHere ? null : last.manifest;
};

/** What stands in for an announcement that is not here. */
export interface StandIn {
  readonly manifest: Hash;
  readonly told: Manifest;
  /** Of the protocols those that this device's own code lacks: what keeps it out is among them. */
  readonly lacked: readonly string[];
  readonly admin: DeviceId;
  readonly roster: RosterHash;
  readonly atMs: number;
}

/**
 * The announcement of a binding bundle as its own manifest tells it, so that a device that missed
 * it can fetch and run it (rules U4 and C9). The record names the manifest by its hash, so nobody
 * is believed anything; who published it is not known, and the admin stands for that.
 */
export const wordFromManifest = ({
  manifest,
  told,
  lacked,
  admin,
  roster,
  atMs,
}: StandIn): UpgradeWord<'upgrade.proposed'> => {
  const { package: name, version, sequence, protocols, compliance, notes, files } = told;
  return {
    ...{ author: admin, roster, fact: manifest as string as FactId, wallMs: atMs },
    body: {
      ...{ kind: 'upgrade.proposed', manifest, content: contentRootOf(told), package: name },
      ...{ version, sequence, protocols, requires: lacked, compliance, notes, urls: [] },
      ...{ bytes: bytesOf(told), files: files.length, fork: 'hard', waves: [], grace: 0 },
      expires: Number.MAX_SAFE_INTEGER,
    },
  };
};
