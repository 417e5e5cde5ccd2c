import type { AccountId, DeviceId, RosterHash } from '../base/brands.js';
import { DOMAINS } from '../base/domains.js';
import { hashOf, hexToBytes } from '../base/hash.js';
import { compareBy, compareText, sortedBy } from '../base/ordering.js';
import { brandHex } from '../base/brands.js';
import { majorityOf, memberOf, type RosterMember, type RosterRecord } from './roster.js';

/** What the records before a merge say, which is all that it is judged by. Source: rule A3. */
export interface ForkGround {
  /** Names the choice of what unites these branches: its ballots, promises and votes. */
  readonly hash: RosterHash;
  /** The last record that every way to every branch passes. */
  readonly common: RosterRecord;
  readonly commonHash: RosterHash;
  /** The last records of the branches, sorted by hash. */
  readonly tips: readonly RosterRecord[];
}

/** A record by its name; undefined where it is not held. */
export type RecordAt = (hash: RosterHash) => RosterRecord | undefined;

/** The records that a record follows: all branches of a merge, one for any other, none at first. */
export const parentsOf = ({ previous, merges }: RosterRecord): readonly RosterHash[] => {
  if (merges.length > 0) return merges;
  return previous === null ? [] : [previous];
};

/**
 * The name of the choice of what unites branches: the hash of their sorted names.
 *
 * All devices that see the same branches vote in the same ballots, so that a device that votes
 * twice is seen to.
 */
export const forkHashOf = (tips: readonly RosterHash[]): RosterHash =>
  hashOf<RosterHash>(DOMAINS.fork, [...tips].sort(compareText).map(hexToBytes));

/**
 * The last record that every way from the first record to any of these passes; one of them where
 * all others follow it. Undefined where a record before them is not held.
 */
export const commonOf = (
  hashes: Iterable<RosterHash>,
  recordAt: RecordAt,
): RosterHash | undefined => {
  const open = new Map<RosterHash, RosterRecord>();
  const add = (hash: RosterHash): boolean => {
    const record = recordAt(hash);
    if (record !== undefined) open.set(hash, record);
    return record !== undefined;
  };
  for (const hash of hashes) if (!add(hash)) return undefined;
  while (open.size > 1) {
    const [highest, record] = [...open].reduce((a, b) => (b[1].epoch > a[1].epoch ? b : a));
    open.delete(highest);
    // Two first records have nothing in common.
    if (record.previous === null || !parentsOf(record).every(add)) return undefined;
  }
  return [...open.keys()][0];
};

/**
 * The ground of a record that names branches; undefined while one of them, or a record before, is
 * not held, and where what it names are no branches: fewer than two, or one behind another.
 */
export const forkGround = (
  merges: readonly RosterHash[],
  recordAt: RecordAt,
): ForkGround | undefined => {
  const commonHash = merges.length < 2 ? undefined : commonOf(merges, recordAt);
  const common = commonHash === undefined ? undefined : recordAt(commonHash);
  if (commonHash === undefined || common === undefined) return undefined;
  const sorted = [...merges].sort(compareText);
  if (sorted.some((hash) => isBehindOther(hash, sorted, recordAt))) return undefined;
  const tips = sorted.flatMap((hash) => recordAt(hash) ?? []);
  return { hash: forkHashOf(sorted), common, commonHash, tips };
};

const isBehindOther = (
  hash: RosterHash,
  all: readonly RosterHash[],
  recordAt: RecordAt,
): boolean => {
  const epoch = recordAt(hash)?.epoch ?? 0;
  const open = all.filter((each) => each !== hash);
  const seen = new Set<RosterHash>();
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    if (at === hash) return true;
    const record = recordAt(at);
    if (record === undefined || record.epoch <= epoch || seen.has(at)) continue;
    seen.add(at);
    open.push(...parentsOf(record));
  }
  return false;
};

/** Whom a branch let in since; who was a member before the fork is none. Sorted by device. */
export const newcomersOf = ({
  common,
  tips,
}: Pick<ForkGround, 'common' | 'tips'>): readonly RosterMember[] => {
  const all = tips.flatMap(({ members }) => members);
  const fresh = all.filter(({ device }) => memberOf(common, device) === null);
  const byDevice = new Map(fresh.map((member) => [member.device, member]));
  return sortedBy(
    byDevice.values(),
    compareBy(({ device }) => device as string, compareText),
  );
};

/** Whether that record, or one before it, has one of these members. */
export const everHeld = (
  from: RosterHash,
  devices: ReadonlySet<DeviceId>,
  recordAt: RecordAt,
): boolean => {
  const seen = new Set<RosterHash>();
  const open = [from];
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    const record = recordAt(at);
    if (seen.has(at) || record === undefined) continue;
    seen.add(at);
    if (record.members.some(({ device }) => devices.has(device))) return true;
    open.push(...parentsOf(record));
  }
  return false;
};

/**
 * What all branches grant: the members of every one with what each lets them do, the highest
 * thresholds, and the admin where all name the same. The rest is that of the record before them.
 *
 * `tips` holds one at least. Source: rule A3.
 */
export const meetOf = (tips: readonly RosterRecord[], common: RosterRecord): RosterRecord => {
  const [first, ...others] = tips as readonly [RosterRecord, ...RosterRecord[]];
  const members = first.members.flatMap((member): RosterMember | readonly [] => {
    const all = others.map((record) => memberOf(record, member.device));
    if (all.includes(null)) return [];
    const capabilities = all.reduce((mask, each) => mask & (each?.capabilities ?? 0), -1);
    return { ...member, capabilities: member.capabilities & capabilities };
  });
  return {
    ...common,
    members,
    snapshotThreshold: Math.max(...tips.map((record) => record.snapshotThreshold)),
    governanceThreshold: Math.max(...tips.map((record) => record.governanceThreshold)),
    admin: others.every((record) => record.admin === first.admin) ? first.admin : NOBODY,
  };
};

/** The record that a transition starts from, and the account that both belong to. */
export interface Predecessor {
  readonly account: AccountId;
  readonly record: RosterRecord;
  /** Of a merge: what is behind the branches that it names. */
  readonly fork?: ForkGround;
}

/**
 * What a record is judged by; null for a first record, undefined while what it follows is not held
 * or, for a merge, is no fork.
 */
export const predecessorOf = (
  account: AccountId,
  { previous, merges }: RosterRecord,
  recordAt: RecordAt,
): Predecessor | null | undefined => {
  if (previous === null) return null;
  const record = recordAt(previous);
  if (record === undefined || merges.length === 0) return record && { account, record };
  const fork = forkGround(merges, recordAt);
  return fork && { account, record, fork };
};

/** Nobody: round 0 of what unites branches is no one's, so every ballot of it rests on promises. */
export const NOBODY = brandHex<DeviceId>('0'.repeat(64));

/**
 * Who decides what unites branches, in the form of a record: the members of the common one that
 * every branch kept and that kept their word, and a majority of all of its members that did. Who
 * voted twice, in one ballot or by hiding in a promise what it voted before, did not.
 *
 * Null where the rule does not reach: fewer broken words are shown than two majorities must have in
 * common (so the fork came about in another way), fewer than two members are left, or too many of
 * them are gone from a branch.
 * Source: rule A3.
 */
export const electorsOf = (
  { common, tips }: ForkGround,
  brokeWord: Iterable<DeviceId>,
): RosterRecord | null => {
  const liars = new Set([...brokeWord].filter((device) => memberOf(common, device) !== null));
  const count = common.members.length;
  const left = count - liars.size;
  if (liars.size < Math.max(1, 2 * common.governanceThreshold - count) || left < 2) return null;
  const members = common.members.filter(
    ({ device }) => !liars.has(device) && tips.every((record) => memberOf(record, device) !== null),
  );
  const governanceThreshold = majorityOf(left);
  if (members.length < governanceThreshold) return null;
  return { ...common, members, governanceThreshold, admin: NOBODY };
};
