import { brandHex } from '../core/base/brands.js';
import type { SessionId } from '../core/base/brands.js';
import type { CanonicalValue } from '../core/base/canonical.js';
import type { RecordChange, RecordContent } from '../core/records/draft.js';
import type { Body } from '../core/facts/bodies.js';
import type { Dot } from '../core/journal/state.js';
import type { Change, Row } from '../ports/store.js';
import { KEYS, deleteRow, putRow, readRow } from './rows.js';
import type { RecordKey } from './view.js';

/** An edit that waits for the writer fence: durable, not yet a fact (rule S2). */
export type QueuedEdit =
  | { readonly kind: 'create'; readonly wallMs: number; readonly content: RecordContent }
  | {
      readonly kind: 'edit';
      readonly wallMs: number;
      readonly dot: Dot;
      readonly change: RecordChange;
    }
  | { readonly kind: 'remove'; readonly wallMs: number; readonly dot: Dot };

export interface QueueEntry {
  readonly index: number;
  readonly edit: QueuedEdit;
}

const QUEUED = 'queued:';

/** A record that is only queued is named by its place in the queue until it becomes a fact. */
export const queuedKey = (index: number): RecordKey => `${QUEUED}${index}`;

export const indexOfQueuedKey = (key: RecordKey): number | null =>
  key.startsWith(QUEUED) ? Number(key.slice(QUEUED.length)) : null;

export const dotOfKey = (key: RecordKey): Dot | null => {
  const match = /^([0-9a-f]{64}):(\d{1,15})$/.exec(key);
  const [, session, seq] = match ?? [];
  if (session === undefined || seq === undefined) return null;
  return { session: brandHex<SessionId>(session), seq: Number(seq) };
};

/** The fact body that an edit becomes when it is flushed. */
export const bodyOfEdit = (edit: QueuedEdit): Body => {
  switch (edit.kind) {
    case 'create':
      return { kind: 'record.created', ...edit.content };
    case 'edit':
      return { kind: 'record.edited', record: edit.dot, ...edit.change };
    case 'remove':
      return { kind: 'record.removed', record: edit.dot };
  }
};

export const putEntry = (entry: QueueEntry): Change =>
  putRow('queue', KEYS.queue(entry.index), editToCanonical(entry.edit));

export const deleteEntry = (entry: QueueEntry): Change =>
  deleteRow('queue', KEYS.queue(entry.index));

/** Reads the stored queue; a damaged row is left where it is and skipped. */
export const readQueue = (rows: readonly Row[]): QueueEntry[] =>
  rows.flatMap((row) => {
    const edit = editFrom(readRow(row.value));
    return edit === null ? [] : [{ index: Number(row.key), edit }];
  });

const editToCanonical = (edit: QueuedEdit): CanonicalValue => {
  switch (edit.kind) {
    case 'create':
      return { kind: edit.kind, wall: edit.wallMs, content: { ...edit.content } };
    case 'edit':
      return {
        kind: edit.kind,
        wall: edit.wallMs,
        record: [edit.dot.session, edit.dot.seq],
        change: { ...edit.change },
      };
    case 'remove':
      return { kind: edit.kind, wall: edit.wallMs, record: [edit.dot.session, edit.dot.seq] };
  }
};

const editFrom = (value: CanonicalValue): QueuedEdit | null => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
  const { kind, wall, content, record, change } = value as { [key: string]: CanonicalValue };
  if (typeof wall !== 'number') return null;
  if (kind === 'create') {
    return { kind, wallMs: wall, content: content as unknown as RecordContent };
  }
  const [session, seq] = record as readonly [SessionId, number];
  const dot: Dot = { session, seq };
  if (kind === 'edit') return { kind, wallMs: wall, dot, change: change as RecordChange };
  return kind === 'remove' ? { kind, wallMs: wall, dot } : null;
};
