import type {
  AccountId,
  DeviceId,
  EncryptionKey,
  FactId,
  Hash,
  HeadId,
  RosterHash,
  SessionId,
} from '../base/brands.js';
import type { CanonicalMap, CanonicalValue } from '../base/canonical.js';
import { LIMITS } from '../base/limits.js';
import { ok } from '../base/result.js';
import type { CutEntry } from '../journal/frontier.js';
import type { Activation, KeyStorage, Origin, RosterMember, RosterRecord } from './roster.js';
import {
  idShape,
  idToBytes,
  integerShape,
  listShape,
  malformed,
  mapShape,
  nullOrShape,
  textShape,
  tupleShape,
  wordShape,
  type Shape,
} from './shape.js';

const RECORD_VERSION = 1;
const CAPABILITY_MASK_MAX = 2 ** 31 - 1;
const SUITES_MAX = 8;
const MERGES_MAX = 8;
const ENTRIES_MAX = 1000;
const ZERO_ID = '0'.repeat(64);
const STORAGES: readonly KeyStorage[] = ['hardware', 'soft', 'paper'];
const shortText = textShape(LIMITS.nameCharactersMax);

const point: Shape<CutEntry> = tupleShape<CutEntry>({
  session: idShape<SessionId>(),
  seq: integerShape(-1),
  id: idShape<FactId>(),
});

/** A place in a session: seq -1 goes with the zero id, and only with it. */
const closingPoint: Shape<CutEntry> = (value, field) => {
  const read = point(value, field);
  if (!read.ok) return read;
  return (read.value.seq === -1) === (read.value.id === ZERO_ID) ? read : malformed(field);
};

/** Places of several sessions, sorted by session. */
export const cutShape: Shape<readonly CutEntry[]> = (value, field) => {
  const read = listShape(point, ENTRIES_MAX, (entry) => entry.session)(value, field);
  if (read.ok && read.value.some((entry) => entry.seq < 0)) return malformed(field);
  return read;
};

interface WireMember {
  readonly key: DeviceId;
  readonly enc: EncryptionKey;
  readonly name: string;
  readonly caps: number;
  readonly storage: KeyStorage;
}

const member: Shape<RosterMember> = (value, field) => {
  const read = mapShape<WireMember>({
    key: idShape<DeviceId>(),
    enc: idShape<EncryptionKey>(),
    name: shortText,
    caps: integerShape(0, CAPABILITY_MASK_MAX),
    storage: wordShape(STORAGES),
  })(value, field);
  if (!read.ok) return read;
  const { key, enc, name, caps, storage } = read.value;
  return ok({ device: key, encryptionKey: enc, name, capabilities: caps, storage });
};

interface WireRecord {
  readonly v: number;
  readonly epoch: number;
  readonly prev: RosterHash | null;
  readonly merges: readonly RosterHash[];
  readonly members: readonly RosterMember[];
  readonly m: number;
  readonly g: number;
  readonly admin: DeviceId;
  readonly suites: readonly string[];
  readonly commitment: Hash;
  readonly closing: readonly CutEntry[];
  readonly heads: readonly HeadId[];
  readonly activation: Activation | null;
  readonly origin: Origin | null;
}

const same = (id: string): string => id;

const wireShape = mapShape<WireRecord>({
  v: integerShape(RECORD_VERSION, RECORD_VERSION),
  epoch: integerShape(0),
  prev: nullOrShape(idShape<RosterHash>()),
  merges: listShape(idShape<RosterHash>(), MERGES_MAX, same),
  members: listShape(member, LIMITS.rosterMembersMax, (entry) => entry.device),
  m: integerShape(0),
  g: integerShape(0),
  admin: idShape<DeviceId>(),
  suites: listShape(shortText, SUITES_MAX, same),
  commitment: idShape<Hash>(),
  closing: listShape(closingPoint, ENTRIES_MAX, (entry) => entry.session),
  heads: listShape(idShape<HeadId>(), LIMITS.standingHeadsMax, same),
  activation: nullOrShape(
    mapShape<Activation>({ package: shortText, version: shortText, manifest: idShape<Hash>() }),
  ),
  origin: nullOrShape(
    mapShape<Origin>({ account: idShape<AccountId>(), head: nullOrShape(idShape<HeadId>()) }),
  ),
});

/** The form of a roster record, version 1. */
export const recordShape: Shape<RosterRecord> = (value, field) => {
  const read = wireShape(value, field);
  if (!read.ok) return read;
  const { v: _version, prev, m, g, ...rest } = read.value;
  return ok({ ...rest, previous: prev, snapshotThreshold: m, governanceThreshold: g });
};

const nullOrBytes = (id: string | null): Uint8Array | null => (id === null ? null : idToBytes(id));

/** Places of several sessions as they travel. */
export const cutToWire = (entries: readonly CutEntry[]): CanonicalValue =>
  entries.map((entry) => [idToBytes(entry.session), entry.seq, idToBytes(entry.id)]);

/** A record as it travels. */
export const recordToWire = (record: RosterRecord): CanonicalMap => ({
  v: RECORD_VERSION,
  epoch: record.epoch,
  prev: nullOrBytes(record.previous),
  merges: record.merges.map(idToBytes),
  members: record.members.map((entry) => ({
    key: idToBytes(entry.device),
    enc: idToBytes(entry.encryptionKey),
    name: entry.name,
    caps: entry.capabilities,
    storage: entry.storage,
  })),
  m: record.snapshotThreshold,
  g: record.governanceThreshold,
  admin: idToBytes(record.admin),
  suites: record.suites,
  commitment: idToBytes(record.commitment),
  closing: cutToWire(record.closing),
  heads: record.heads.map(idToBytes),
  activation:
    record.activation === null
      ? null
      : { ...record.activation, manifest: idToBytes(record.activation.manifest) },
  origin:
    record.origin === null
      ? null
      : { account: idToBytes(record.origin.account), head: nullOrBytes(record.origin.head) },
});
