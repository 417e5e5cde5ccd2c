import {
  type SnapshotCompletion,
  headOf,
  parseSnapshotCompletion,
} from '../../core/authority/completion.js';
import { capabilityBit } from '../../core/authority/capability.js';
import type { RosterRecord } from '../../core/authority/roster.js';
import type { DeviceId, HeadId } from '../../core/base/brands.js';
import { readOnce } from '../../core/base/read-once.js';
import { type SimDevice, replicaOf } from '../device.js';
import type { SimDisk } from '../ports/sim-disk.js';
import { type BookEntry, type RosterBook, beforeOf, bookOf, lineageOf } from './roster-book.js';

export type Heads = ReadonlyMap<HeadId, SnapshotCompletion>;

const readHead = readOnce((value: Uint8Array): readonly [HeadId, SnapshotCompletion] | null => {
  const read = parseSnapshotCompletion(value);
  return read.ok ? [headOf(read.value), read.value] : null;
});

/** Every completed snapshot on a disk, whatever it is worth. */
export const headsOn = (disk: SimDisk): Heads => {
  const heads = new Map<HeadId, SnapshotCompletion>();
  for (const [key, value] of disk.rowsOf('governance')) {
    const entry = key.startsWith('head:') ? readHead(value) : null;
    if (entry !== null) heads.set(...entry);
  }
  return heads;
};

/** The snapshots that a device shows as standing. */
export const standingOn = (device: SimDevice): ReadonlySet<HeadId> =>
  new Set(
    (replicaOf(device)?.view().snapshots ?? []).flatMap((each) => (each.isStanding ? each.id : [])),
  );

/** The members whose bits are set, by the record that it was signed under. */
export const signersIn = (
  { signature: { signers } }: SnapshotCompletion,
  record: RosterRecord,
): readonly DeviceId[] =>
  record.members.flatMap(({ device }, bit) =>
    ((signers[bit >> 3] ?? 0) >> (bit & 7)) & 1 ? device : [],
  );

/** A head, those that build on one another, and the records that came since. */
interface Past {
  readonly heads: Heads;
  readonly book: RosterBook;
  readonly lineage: readonly BookEntry[];
}

/**
 * Whether a snapshot still has enough signers, by its own record and by each later one that neither
 * names it nor is followed by one that does (rule A11). True where its record is not of that
 * lineage.
 */
export const countsStill = (
  completion: SnapshotCompletion,
  head: HeadId,
  { heads, book, lineage }: Past,
): boolean => {
  const record = book.get(completion.roster)?.record;
  if (record === undefined || !lineage.some(({ hash }) => hash === completion.roster)) return true;
  const named = Math.max(
    ...lineage.flatMap((each) =>
      each.record.heads.some((later) => buildsOn(heads, later, head)) ? each.record.epoch : [],
    ),
    record.epoch,
  );
  const later = lineage.map((each) => each.record).filter(({ epoch }) => epoch > named);
  const counted = signersIn(completion, record).filter((signer) =>
    later.every((each) => mayApprove(each, signer)),
  );
  return [record, ...later].every(({ snapshotThreshold }) => counted.length >= snapshotThreshold);
};

/** Whether every snapshot that these records name is here, with all that it builds on. */
export const areNamedHere = (heads: Heads, lineage: readonly BookEntry[]): boolean => {
  const seen = new Set<HeadId>();
  const open = lineage.flatMap(({ record }) => record.heads);
  for (let head = open.pop(); head !== undefined; head = open.pop()) {
    if (seen.has(head)) continue;
    seen.add(head);
    const completion = heads.get(head);
    if (completion === undefined) return false;
    open.push(...completion.predecessors);
  }
  return true;
};

/** Whether, by some record on this disk that nothing follows, a snapshot no longer counts. */
export const mayHaveFallen = (disk: SimDisk, completion: SnapshotCompletion): boolean => {
  const [book, heads] = [bookOf(disk), headsOn(disk)];
  const followed = new Set([...book.values()].flatMap(({ record }) => beforeOf(record)));
  const ends = [...book.keys()].filter((hash) => !followed.has(hash));
  const head = headOf(completion);
  return ends.some((end) => {
    const lineage = lineageOf(book, end);
    return !countsStill(completion, head, { heads, book, lineage });
  });
};

const mayApprove = ({ members }: RosterRecord, device: DeviceId): boolean =>
  members.some(
    (each) =>
      each.device === device && (each.capabilities & capabilityBit('snapshot_approve')) !== 0,
  );

const buildsOn = (heads: Heads, later: HeadId, earlier: HeadId): boolean =>
  later === earlier ||
  (heads.get(later)?.predecessors ?? []).some((before) => buildsOn(heads, before, earlier));
