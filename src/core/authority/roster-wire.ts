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
import { LIMITS } from '../base/limits.js';
import { compareBy, compareText } from '../base/ordering.js';
import {
  characters,
  constant,
  converted,
  hex32,
  integer,
  nullable,
  oneOf,
  unsigned,
  where,
  type Shape,
} from '../base/shape.js';
import { map, row, sortedList } from '../base/shape-groups.js';
import type { CutEntry } from '../journal/frontier.js';
import type { RosterMember, RosterRecord } from './roster.js';

const CAPABILITY_MASK_MAX = 2 ** 31 - 1;
const SUITES_MAX = 8;
const MERGES_MAX = 8;
const ENTRIES_MAX = 1000;
const ZERO_ID = '0'.repeat(64);
const shortText = characters(1, LIMITS.nameCharactersMax);

const bySession = compareBy((entry: { session: SessionId }) => entry.session, compareText);
const byDevice = compareBy((member: RosterMember) => member.device, compareText);
const sessionId = hex32<SessionId>();

/** A place in a session: seq -1 goes with the zero id, and only with it. */
const closingPoint: Shape<CutEntry> = where(
  row({ session: sessionId, seq: integer(-1), id: hex32<FactId>() }),
  ({ seq, id }) => (seq === -1) === (id === ZERO_ID),
);

/** Places of several sessions, sorted by session. */
export const cutShape: Shape<readonly CutEntry[]> = sortedList(
  row({ session: sessionId, seq: unsigned, id: hex32<FactId>() }),
  bySession,
  ENTRIES_MAX,
);

/** From where on sessions are quarantined, sorted by session. */
export const quarantineShape: Shape<
  readonly { readonly session: SessionId; readonly seq: number }[]
> = sortedList(row({ session: sessionId, seq: unsigned }), bySession, ENTRIES_MAX);

const member: Shape<RosterMember> = converted(
  map({
    key: hex32<DeviceId>(),
    enc: hex32<EncryptionKey>(),
    name: shortText,
    caps: integer(0, CAPABILITY_MASK_MAX),
    storage: oneOf('hardware', 'soft', 'paper'),
  }),
  ({ key, enc, name, caps, storage }): RosterMember => ({
    device: key,
    encryptionKey: enc,
    name,
    capabilities: caps,
    storage,
  }),
  ({ device, encryptionKey, name, capabilities, storage }) => ({
    key: device,
    enc: encryptionKey,
    name,
    caps: capabilities,
    storage,
  }),
);

/** The form of a roster record, version 1. What is written is sorted already. */
export const recordShape: Shape<RosterRecord> = converted(
  map({
    v: constant(1),
    epoch: unsigned,
    prev: nullable(hex32<RosterHash>()),
    merges: sortedList(hex32<RosterHash>(), compareText, MERGES_MAX),
    members: sortedList(member, byDevice, LIMITS.rosterMembersMax),
    m: unsigned,
    g: unsigned,
    admin: hex32<DeviceId>(),
    suites: sortedList(shortText, compareText, SUITES_MAX),
    commitment: hex32<Hash>(),
    closing: sortedList(closingPoint, bySession, ENTRIES_MAX),
    heads: sortedList(hex32<HeadId>(), compareText, LIMITS.standingHeadsMax),
    activation: nullable(map({ package: shortText, version: shortText, manifest: hex32<Hash>() })),
    origin: nullable(map({ account: hex32<AccountId>(), head: nullable(hex32<HeadId>()) })),
  }),
  ({ v: _version, prev, m, g, ...rest }): RosterRecord => ({
    ...rest,
    previous: prev,
    snapshotThreshold: m,
    governanceThreshold: g,
  }),
  ({ previous, snapshotThreshold, governanceThreshold, ...rest }) => ({
    ...rest,
    v: 1 as const,
    prev: previous,
    m: snapshotThreshold,
    g: governanceThreshold,
  }),
);
