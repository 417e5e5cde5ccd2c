import type { DeviceId, FactId, RosterHash } from '../../../src/core/base/brands.js';
import type { RosterMember, RosterRecord } from '../../../src/core/authority/roster.js';
import type { BodyOf } from '../../../src/core/facts/bodies.js';
import type { BundleReport, UpgradeWord } from '../../../src/core/journal/upgrade-marks.js';
import type { UpgradeGround, UpgradeState } from '../../../src/core/upgrades/upgrade.js';
import { readUpgrades } from '../../../src/core/upgrades/upgrade-state.js';
import { SAMPLE_BODIES } from '../facts/sample-bodies.js';
import { hashNamed } from './sample-bundle.js';

export const deviceNamed = (name: string): DeviceId => hashNamed(name) as string as DeviceId;
export const upgradeNamed = (name: string): FactId => hashNamed(name) as string as FactId;

export const EXPIRES_MS = 1_000_000;

const memberOf = (name: string): RosterMember => ({
  ...{ device: deviceNamed(name), encryptionKey: hashNamed(name) as never, name },
  ...{ capabilities: 0, storage: name === 'paper' ? 'paper' : 'soft' },
});

/** A roster of these members, of which so many agree to a change. */
export const rosterOf = (names: readonly string[], governanceThreshold: number): RosterRecord => ({
  ...{ epoch: 3, previous: null, merges: [], members: names.map(memberOf) },
  ...{ snapshotThreshold: 2, governanceThreshold, admin: deviceNamed('alice'), suites: [] },
  ...{ commitment: hashNamed('secret'), closing: [], heads: [], activation: null, origin: null },
});

const wordOf = (
  author: string,
  atMs: number,
  body: UpgradeWord['body'],
  fact = '',
): UpgradeWord => ({
  ...{ author: deviceNamed(author), roster: hashNamed('roster') as string as RosterHash },
  ...{ fact: upgradeNamed(fact), wallMs: atMs, body },
});

/** An upgrade of that name and number; content goes by the name where none is given. */
export const proposes = (
  name: string,
  sequence: number,
  changes: Partial<BodyOf<'upgrade.proposed'>> = {},
  atMs = 0,
): UpgradeWord =>
  wordOf(
    'alice',
    atMs,
    {
      ...SAMPLE_BODIES['upgrade.proposed'],
      ...{ sequence, content: hashNamed(`content of ${name}`), manifest: hashNamed(name) },
      ...{ fork: 'soft', requires: [], expires: EXPIRES_MS, waves: [], grace: 0, ...changes },
    },
    name,
  );

export const says = (
  author: string,
  name: string,
  verdict: 'ready' | 'not-ready' | 'rejected' = 'ready',
  { atMs = 0, bundle = null as string | null } = {},
): UpgradeWord =>
  wordOf(author, atMs, {
    ...{ kind: 'upgrade.readied', upgrade: upgradeNamed(name), verdict, reason: null },
    bundle: bundle === null ? null : hashNamed(bundle),
  });

export const orders = (
  author: string,
  kind: 'upgrade.vetoed' | 'upgrade.revoked' | 'upgrade.halted' | 'upgrade.resumed',
  name: string,
): UpgradeWord => wordOf(author, 0, { kind, upgrade: upgradeNamed(name), reason: 'so' });

export const switched = (
  author: string,
  from: string,
  to: string,
  outcome: 'good' | 'rolled-back',
): UpgradeWord =>
  wordOf(author, 0, {
    ...{ kind: 'upgrade.switched', upgrade: null, from: hashNamed(from), to: hashNamed(to) },
    ...{ outcome, cause: '', automatic: true },
  });

export const runs = (content: string): BundleReport => ({
  ...SAMPLE_BODIES['device.bundled'],
  ...{ content: hashNamed(content), atMs: 0 },
});

/** What comes of these words among alice, bob and carol, two of whom are enough. */
export const readOf = (
  words: readonly UpgradeWord[],
  changes: Partial<UpgradeGround> = {},
): UpgradeState =>
  readUpgrades({
    ...{ words, rules: [], tip: rosterOf(['alice', 'bob', 'carol'], 2), activations: [] },
    ...{ bundleOf: () => null, agreedSinceMs: () => 0, nowMs: 10, ...changes },
  });

/** By name: stages, with the kind of failure. */
export const stagesOf = ({ upgrades }: UpgradeState): readonly string[] =>
  upgrades.map(({ stage, failure }) => failure?.kind ?? stage);
