import { brandHex, isHex32 } from '../core/base/brands.js';
import type { SessionId } from '../core/base/brands.js';
import type { CanonicalValue } from '../core/base/canonical.js';
import type { RecordChange, RecordContent } from '../core/records/draft.js';
import { type Body, encodeBody } from '../core/facts/bodies.js';
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
    const isNumbered = /^\d{1,15}$/.test(row.key);
    return edit === null || !isNumbered ? [] : [{ index: Number(row.key), edit }];
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

type Fields = { readonly [key: string]: CanonicalValue };

/** Null for what was damaged: of other types than were written, or no body of its kind. */
const editFrom = (value: CanonicalValue): QueuedEdit | null => {
  const edit = isFields(value) ? readEdit(value) : null;
  return edit !== null && encodeBody(bodyOfEdit(edit)).ok ? edit : null;
};

const readEdit = ({ kind, wall, content, record, change }: Fields): QueuedEdit | null => {
  if (typeof wall !== 'number') return null;
  if (kind === 'create') {
    const isWhole = isFields(content) && ['title', 'text', 'labels'].every((key) => key in content);
    return isWhole && areTexts(content)
      ? { kind, wallMs: wall, content: content as unknown as RecordContent }
      : null;
  }
  const [session, seq] = Array.isArray(record) ? (record as readonly CanonicalValue[]) : [];
  if (typeof session !== 'string' || !isHex32(session) || typeof seq !== 'number') return null;
  const dot: Dot = { session: brandHex<SessionId>(session), seq };
  if (kind === 'remove') return { kind, wallMs: wall, dot };
  const isChange = kind === 'edit' && isFields(change) && areTexts(change);
  return isChange ? { kind, wallMs: wall, dot, change: change as RecordChange } : null;
};

const isFields = (value: CanonicalValue | undefined): value is Fields =>
  typeof value === 'object' &&
  value !== null &&
  !Array.isArray(value) &&
  !(value instanceof Uint8Array);

/** Title and text are text, labels lists of it. */
const areTexts = (fields: Fields): boolean =>
  Object.entries(fields).every(([key, value]) =>
    key === 'title' || key === 'text'
      ? typeof value === 'string'
      : Array.isArray(value) && value.every((each) => typeof each === 'string'),
  );
