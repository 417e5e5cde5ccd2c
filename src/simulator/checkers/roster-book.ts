import { ALL_CAPABILITIES } from '../../core/authority/capability.js';
import { forkHashOf } from '../../core/authority/fork.js';
import {
  type RosterCompletion,
  parseRosterCompletion,
} from '../../core/authority/roster-completion.js';
import { type RosterRecord, rosterHashOf } from '../../core/authority/roster.js';
import { rosterStatement, statementHashOf } from '../../core/authority/statement.js';
import type { AccountId, DeviceId, RosterHash, SessionId } from '../../core/base/brands.js';
import { readOnce } from '../../core/base/read-once.js';
import type { SimDisk } from '../ports/sim-disk.js';

/** A record as it stands on a disk, with what made it one. */
export interface BookEntry {
  readonly hash: RosterHash;
  readonly record: RosterRecord;
  readonly completion: RosterCompletion;
}

export type RosterBook = ReadonlyMap<RosterHash, BookEntry>;

/** The record that these bytes hold; null for what does not read back. Read once. */
export const entryOf = readOnce((bytes: Uint8Array): BookEntry | null => {
  const read = parseRosterCompletion(bytes);
  return read.ok
    ? { hash: rosterHashOf(read.value.record), record: read.value.record, completion: read.value }
    : null;
});

/** Every completion of a roster record on a disk: one record may have several. */
export const entriesOn = (disk: SimDisk): readonly BookEntry[] =>
  [...disk.rowsOf('governance')].flatMap(
    ([key, value]) => (key.startsWith('roster:') ? entryOf(value) : null) ?? [],
  );

/** Every roster record on a disk, whatever it is worth. */
export const bookOf = (disk: SimDisk): RosterBook => {
  const book = new Map<RosterHash, BookEntry>();
  for (const entry of entriesOn(disk)) book.set(entry.hash, entry);
  return book;
};

/** The records that a record follows: all branches that it unites, or the one before. */
export const beforeOf = ({ previous, merges }: RosterRecord): readonly RosterHash[] =>
  merges.length > 0 ? merges : previous === null ? [] : [previous];

/** A record and all before it, on whatever branch, the latest first. */
export const lineageOf = (book: RosterBook, tip: RosterHash): readonly BookEntry[] => {
  const lineage = new Set<BookEntry>();
  const open = [tip];
  for (let hash = open.pop(); hash !== undefined; hash = open.pop()) {
    const entry = book.get(hash);
    if (entry === undefined || lineage.has(entry)) continue;
    lineage.add(entry);
    open.push(...beforeOf(entry.record));
  }
  return [...lineage].sort((a, b) => b.record.epoch - a.record.epoch);
};

/** Whether a member may do something under a record; null asks for membership alone. */
export const holds = (
  { members }: RosterRecord,
  device: DeviceId,
  capability: (typeof ALL_CAPABILITIES)[number] | null,
): boolean => {
  const member = members.find((each) => each.device === device);
  if (member === undefined) return false;
  if (capability === null) return true;
  const bit = 1 << ALL_CAPABILITIES.indexOf(capability);
  return member.storage !== 'paper' && (member.capabilities & bit) !== 0;
};

/** The record of a lineage that took a device out; undefined for one that is in, or never was. */
export const removalIn = (
  lineage: readonly BookEntry[],
  book: RosterBook,
  device: DeviceId,
): BookEntry | undefined =>
  lineage.find(({ record }) => {
    const before = beforeOf(record).flatMap((hash) => book.get(hash)?.record ?? []);
    return before.some((each) => holds(each, device, null)) && !holds(record, device, null);
  });

/** Where a record closes a session; -1 where it does not list it: nothing of it counts. */
export const closingAt = ({ record }: BookEntry, session: SessionId): number =>
  record.closing.find((point) => point.session === session)?.seq ?? -1;

/** The statement that the votes of a record are signatures of; null for the first of all. */
export const statementIn = (book: RosterBook, { hash, record, completion }: BookEntry) => {
  const { previous, epoch } = record;
  const first = [...book.values()].find((each) => each.record.previous === null);
  if (previous === null || first === undefined) return null;
  const account = first.hash as string as AccountId;
  const { round, proposer } = completion;
  const roster = record.merges.length > 0 ? forkHashOf(record.merges) : previous;
  const asked = { account, epoch: epoch - 1, roster, record: hash, round, proposer };
  return statementHashOf(rosterStatement(asked));
};
