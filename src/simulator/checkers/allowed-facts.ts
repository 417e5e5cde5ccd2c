import { headOf, parseSnapshotCompletion } from '../../core/authority/completion.js';
import type { SnapshotCompletion } from '../../core/authority/completion.js';
import type { Capability } from '../../core/authority/capability.js';
import type { DeviceId, SessionId } from '../../core/base/brands.js';
import type { Fact } from '../../core/facts/codec.js';
import { type SimDevice, replicaOf } from '../device.js';
import {
  type BookEntry,
  type RosterBook,
  bookOf,
  closingAt,
  holds,
  lineageOf,
} from './roster-book.js';

/** What a device knows at the end of who was allowed to write: its records and standing heads. */
export interface Past {
  readonly book: RosterBook;
  /** The records in force and before, the latest first. */
  readonly lineage: readonly BookEntry[];
  /** Standing heads, the first first. */
  readonly heads: readonly SnapshotCompletion[];
}

/** Null where there is no account, or one that is forked: which branch counts is open there. */
export const pastOf = (device: SimDevice): Past | null => {
  const view = replicaOf(device)?.view();
  if (view?.account == null || view.account.isForked) return null;
  const book = bookOf(device.disk);
  const standing = new Set<string>(
    view.snapshots.flatMap((each) => (each.isStanding ? each.id : [])),
  );
  const heads = [...device.disk.rowsOf('governance')].flatMap(([key, value]) => {
    const read = key.startsWith('head:') ? parseSnapshotCompletion(value) : null;
    return read?.ok && standing.has(headOf(read.value)) ? [read.value] : [];
  });
  heads.sort((a, b) => a.index - b.index);
  return { book, lineage: lineageOf(book, view.account.rosterHash), heads };
};

/**
 * Whether what needs a capability counts: a record's creation, edit or removal, unless said.
 *
 * Its author was a member under the record that it claims, with that capability, and no
 * later record closed its session before it or took the capability. What a standing snapshot covers
 * was judged by the record of the first that does, and by none that came later.
 */
export const isAllowed = (
  past: Past,
  { envelope }: Fact,
  needed: Capability = 'record_write',
): boolean => {
  const { session, seq, author, roster, epoch } = envelope;
  const lineage = heardBy(past, session, seq);
  const at = lineage.findIndex(({ hash }) => hash === roster);
  const record = lineage[at]?.record;
  if (record?.epoch !== epoch || !holds(record, author, needed)) return false;
  if (seq > closedAt(past, lineage, session, author)) return false;
  return lineage
    .slice(0, at)
    .filter((entry) => takes(past, entry, author, needed))
    .every((entry) => seq <= closingAt(entry, session));
};

/** Whether a fact lies beyond what a removal left of its session, so that nobody has to hold it. */
export const isBeyond = (past: Past, { envelope }: Fact): boolean =>
  envelope.seq > closedAt(past, past.lineage, envelope.session, envelope.author);

/** The records that were heard when a fact was judged for good; all of them where it is not yet. */
const heardBy = (past: Past, session: SessionId, seq: number): readonly BookEntry[] => {
  const cover = past.heads.find(({ advance }) =>
    advance.some((point) => point.session === session && seq <= point.seq),
  );
  return cover === undefined ? past.lineage : lineageOf(past.book, cover.roster);
};

/** The last seq of a session that counts: the least of what removals and others left of it. */
const closedAt = (
  past: Past,
  lineage: readonly BookEntry[],
  session: SessionId,
  author: DeviceId,
): number => {
  const seqs = lineage.flatMap((entry) => {
    const before = beforeOf(past, entry);
    if (before === undefined) return [];
    const isRemoval = holds(before, author, null) && !holds(entry.record, author, null);
    return isRemoval ? [closingAt(entry, session)] : [];
  });
  return Math.min(Number.MAX_SAFE_INTEGER, ...seqs);
};

const takes = (past: Past, entry: BookEntry, author: DeviceId, needed: Capability): boolean => {
  const before = beforeOf(past, entry);
  const had = before !== undefined && holds(before, author, needed);
  return had && holds(entry.record, author, null) && !holds(entry.record, author, needed);
};

const beforeOf = ({ book }: Past, { record }: BookEntry) =>
  record.previous === null ? undefined : book.get(record.previous)?.record;
