import type { DeviceId, FactId, Hash } from '../base/brands.js';
import { LIMITS } from '../base/limits.js';
import { compareText } from '../base/ordering.js';
import * as shape from '../base/shape.js';
import { list, map, sortedList } from '../base/shape-groups.js';

/** Why a device is not ready for an upgrade, or will not have it: a closed list (rule U3). */
export const READINESS_REASONS = [
  'declined',
  'mismatch',
  'unreachable',
  'no-room',
  'not-valid',
  'older',
  'quarantined',
  'missing-feature',
  'missing-protocol',
  'missing-dependency',
  'newer-loader',
  'failed-migration',
  'app-store',
] as const;
/** One of that list. */
export type ReadinessReason = (typeof READINESS_REASONS)[number];

/** How trying a bundle's migration on a copy of a device's state ended (rule U12). */
export const TRIAL_OUTCOMES = [
  'fits',
  /** It did not end in its time, broke, could not read the state, made too much of it. */
  'hangs',
  'breaks',
  'unreadable',
  'too-large',
  /** The bundle brings nothing to try, or this browser cannot try it. */
  'untried',
] as const;
/** One of that list. */
export type TrialOutcome = (typeof TRIAL_OUTCOMES)[number];

const hash = shape.hex32<Hash>();
const upgrade = shape.hex32<FactId>();
const remark = shape.text(0, LIMITS.reasonCharactersMax);
const name = shape.text(1, 100);
const version = shape.text(5, 20);
const sequence = shape.integer(0, LIMITS.releaseSequenceMax);
const protocols = sortedList(
  shape.text(1, LIMITS.protocolUnitsMax),
  compareText,
  LIMITS.protocolsMax,
);
const wave = sortedList(shape.hex32<DeviceId>(), compareText, LIMITS.rosterMembersMax);

/** What is named of a bundle: the hash of its manifest, the root of its files, what it says. */
const bundle = {
  manifest: hash,
  content: hash,
  package: name,
  version,
  sequence,
  protocols,
};

const word = map({ upgrade, reason: remark });

/**
 * What is said of upgrades. All of it is kernel: every version ever shipped reads it (rule C9), so
 * these shapes never change.
 */
export const UPGRADE_BODIES = {
  /** What a device runs, once it is good there (rule U1); later words of a device replace it. */
  'device.bundled': map({
    ...bundle,
    fold: shape.unsigned,
    channel: shape.oneOf('service-worker', 'app-store'),
    /** Counts the words of this device, a way back included. */
    generation: shape.unsigned,
    policy: shape.oneOf('manual', 'auto'),
    cohort: shape.text(0, LIMITS.purposeCharactersMax),
  }),
  'upgrade.proposed': map({
    ...bundle,
    /** Of the protocols those that a hard fork makes indispensable; of a soft one none. */
    requires: protocols,
    bytes: shape.unsigned,
    files: shape.unsigned,
    notes: shape.text(0, LIMITS.upgradeNotesUnitsMax),
    compliance: protocols,
    urls: list(shape.text(1, LIMITS.upgradeUrlUnitsMax), LIMITS.upgradeUrlsMax),
    fork: shape.oneOf('soft', 'hard'),
    expires: shape.unsigned,
    waves: list(wave, LIMITS.upgradeWavesMax),
    /** ms from lock-in to activation, and that a wave's health has to hold before the next. */
    grace: shape.unsigned,
  }),
  'upgrade.readied': map({
    upgrade,
    verdict: shape.oneOf('ready', 'not-ready', 'rejected'),
    reason: shape.nullable(shape.oneOf(...READINESS_REASONS)),
    /** The root of what the device runs as it says so; null where it cannot tell. */
    bundle: shape.nullable(hash),
  }),
  'upgrade.vetoed': word,
  'upgrade.revoked': word,
  'upgrade.halted': word,
  'upgrade.resumed': word,
  /** How a trial ended on a device (rule U7). */
  'upgrade.switched': map({
    /** Null: what was left or tried is of no upgrade that the account knows. */
    upgrade: shape.nullable(upgrade),
    from: hash,
    to: hash,
    outcome: shape.oneOf('good', 'rolled-back'),
    cause: remark,
    automatic: shape.flag,
  }),
  /** Its host put another loader in place than its code knows, or its person accepted that (U6). */
  'device.alarmed': map({
    on: shape.flag,
    /** Of the script that the host gives; null where it could not be read. */
    found: shape.nullable(hash),
  }),
  /** Why its person does not want it, beside the word that the device does not take it. */
  'upgrade.declined': word,
  /** What trying its migration showed, beside the word that the device is ready, or is not. */
  'upgrade.tried': map({
    upgrade,
    outcome: shape.oneOf(...TRIAL_OUTCOMES),
    /** The formats that it was tried between. */
    from: shape.unsigned,
    to: shape.unsigned,
    /** Fields that going back would lose; sorted. */
    lossy: sortedList(shape.text(1, 100), compareText, LIMITS.labelsMax),
    /** How long it took, in ms, and how many bytes the state has in the new format. */
    duration: shape.unsigned,
    bytes: shape.unsigned,
  }),
} as const;
