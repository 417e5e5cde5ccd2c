import type {
  AccountId,
  DeviceId,
  EncryptionKey,
  Hash,
  HeadId,
  RosterHash,
} from '../base/brands.js';
import { decodeCanonical, encodeCanonical, type DecodeError } from '../base/canonical.js';
import { DOMAINS } from '../base/domains.js';
import { hashOf } from '../base/hash.js';
import { LIMITS } from '../base/limits.js';
import { readOnce } from '../base/read-once.js';
import { err, type Result } from '../base/result.js';
import { readShape, type Malformed } from '../base/shape.js';
import type { CutEntry } from '../journal/frontier.js';
import { recordShape } from './roster-wire.js';

export type KeyStorage = 'hardware' | 'soft' | 'paper';

export interface RosterMember {
  readonly device: DeviceId;
  readonly encryptionKey: EncryptionKey;
  readonly name: string;
  /** Bits in the order of ALL_CAPABILITIES; unknown bits are kept and grant nothing. */
  readonly capabilities: number;
  readonly storage: KeyStorage;
}

/** The last seq of a session that counts; seq -1 with the zero id: none of it does. */
export type ClosingPoint = CutEntry;

/** The bundle that a hard fork activates with the epoch that its record opens. */
export interface Activation {
  readonly package: string;
  readonly version: string;
  readonly manifest: Hash;
}

/** The account whose content a new account adopted. */
export interface Origin {
  readonly account: AccountId;
  readonly head: HeadId | null;
}

/** Who belongs to the account, and what it takes to decide, at one identity epoch. Source: A1. */
export interface RosterRecord {
  readonly epoch: number;
  /** The record that this one follows; null in the genesis record alone. */
  readonly previous: RosterHash | null;
  /** The rival tips that this record unites; empty in an ordinary one. */
  readonly merges: readonly RosterHash[];
  /** Sorted by device key. */
  readonly members: readonly RosterMember[];
  readonly snapshotThreshold: number;
  /** More than half of the members. */
  readonly governanceThreshold: number;
  readonly admin: DeviceId;
  readonly suites: readonly string[];
  /** Hash of the epoch's secret. */
  readonly commitment: Hash;
  /** Sorted by session. */
  readonly closing: readonly ClosingPoint[];
  /** The snapshot heads that its signers hold, sorted. */
  readonly heads: readonly HeadId[];
  readonly activation: Activation | null;
  readonly origin: Origin | null;
}

export type RosterError =
  | DecodeError
  | Malformed
  /** Two members share a key, or there are too few or too many. */
  | { readonly kind: 'members' }
  | { readonly kind: 'threshold'; readonly field: 'm' | 'g'; readonly value: number }
  | { readonly kind: 'admin-not-member'; readonly admin: DeviceId }
  /**
   * A first record has no predecessor and one member; any other has a predecessor and no origin.
   */
  | { readonly kind: 'genesis'; readonly field: string };

/** The suite that every record allows. */
export const DEFAULT_SUITE = 'ats-ed25519-v1';

/** The fewest members that are more than half of n. */
export const majorityOf = (members: number): number => Math.floor(members / 2) + 1;

/**
 * Reads a roster record from canonical bytes.
 *
 * It is checked alone: whether it may follow another is admitTransition's question.
 * Limits: factBytesMax bytes, rosterMembersMax members, standingHeadsMax heads.
 * Errors: DecodeError and Malformed for the form, the others for what contradicts rules A1 and A2.
 */
export const parseRosterRecord = (bytes: Uint8Array): Result<RosterRecord, RosterError> => {
  const decoded = decodeCanonical(bytes, LIMITS.factBytesMax);
  if (!decoded.ok) return decoded;
  const record = readShape(recordShape, decoded.value);
  if (!record.ok) return record;
  const fault = rosterFault(record.value);
  return fault === null ? record : err(fault);
};

/**
 * What in a well-formed record contradicts rules A1 and A2; null when nothing does.
 *
 * For records that are made here as well as for those that arrive.
 */
export const rosterFault = (record: RosterRecord): RosterError | null => {
  const count = record.members.length;
  const isGenesis = record.epoch === 0;
  const encryptionKeys = new Set(record.members.map((member) => member.encryptionKey));
  if (count < 1 || count > LIMITS.rosterMembersMax || encryptionKeys.size < count) {
    return { kind: 'members' };
  }
  if (record.snapshotThreshold < 1 || record.snapshotThreshold > count) {
    return { kind: 'threshold', field: 'm', value: record.snapshotThreshold };
  }
  if (record.governanceThreshold < majorityOf(count) || record.governanceThreshold > count) {
    return { kind: 'threshold', field: 'g', value: record.governanceThreshold };
  }
  if (memberOf(record, record.admin) === null) {
    return { kind: 'admin-not-member', admin: record.admin };
  }
  if (!record.suites.includes(DEFAULT_SUITE)) return { kind: 'malformed', field: 'suites' };
  if (isGenesis !== (record.previous === null)) return { kind: 'genesis', field: 'prev' };
  if (isGenesis && count !== 1) return { kind: 'genesis', field: 'members' };
  if (isGenesis && record.merges.length + record.closing.length + record.heads.length > 0) {
    return { kind: 'genesis', field: 'closing' };
  }
  if (!isGenesis && record.origin !== null) return { kind: 'genesis', field: 'origin' };
  return record.merges.length === 1 ? { kind: 'malformed', field: 'merges' } : null;
};

/** The canonical bytes of a record. Its lists are to be sorted already. */
export const encodeRosterRecord = (record: RosterRecord): Uint8Array =>
  encodeCanonical(recordShape.toCanonical(record));

/**
 * The name of a record: the hash of its canonical bytes under the roster domain.
 *
 * Records never change, so each object is hashed once: the record in force is asked for its name
 * with every room, link and decision.
 */
export const rosterHashOf = readOnce((record: RosterRecord): RosterHash =>
  hashOf(DOMAINS.roster, recordShape.toCanonical(record)),
);

/** The account that a first record opens. */
export const accountOf = (genesis: RosterRecord): AccountId =>
  rosterHashOf(genesis) as string as AccountId;

/** The first record of an account: one device, one of one, which is the admin. Source: rule A2. */
export const genesisRecord = (
  member: RosterMember,
  commitment: Hash,
  origin: Origin | null = null,
): RosterRecord => ({
  epoch: 0,
  previous: null,
  merges: [],
  members: [member],
  snapshotThreshold: 1,
  governanceThreshold: 1,
  admin: member.device,
  suites: [DEFAULT_SUITE],
  commitment,
  closing: [],
  heads: [],
  activation: null,
  origin,
});

/** The member with this device key, or null. */
export const memberOf = (record: RosterRecord, device: DeviceId): RosterMember | null =>
  record.members.find((member) => member.device === device) ?? null;

/** The members that are devices: paper signs, and holds, writes and acknowledges nothing (A5). */
export const devicesOf = (record: RosterRecord): readonly RosterMember[] =>
  record.members.filter(({ storage }) => storage !== 'paper');

/** The place of a device in roster order; -1 when it is no member. */
export const memberIndexOf = (record: RosterRecord, device: DeviceId): number =>
  record.members.findIndex((member) => member.device === device);
