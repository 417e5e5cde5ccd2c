import { brandHex, isHex32 } from '../../core/base/brands.js';
import type { BlobId, SessionId } from '../../core/base/brands.js';
import type { CanonicalValue } from '../../core/base/canonical.js';
import type { WrappedKey } from '../../core/blobs/wraps.js';
import type { RecordChange, RecordContent } from '../../core/records/draft.js';
import { type Body, encodeBody } from '../../core/facts/bodies.js';
import type { Fact } from '../../core/facts/codec.js';
import { assert } from '../../core/base/result.js';
import type { Dot } from '../../core/journal/state.js';
import type { Change, Row } from '../../ports/store.js';
import { KEYS, deleteRow, putRow, readRow } from '../storage/rows.js';
import type { RecordKey } from '../view.js';

/** An edit that waits for the writer fence: durable, not yet a fact (rule S2). */
export type QueuedEdit =
  | { readonly kind: 'create'; readonly wallMs: number; readonly content: RecordContent }
  | {
      readonly kind: 'edit';
      readonly wallMs: number;
      readonly dot: Dot;
      readonly change: RecordChange;
    }
  | { readonly kind: 'remove'; readonly wallMs: number; readonly dot: Dot }
  | {
      readonly kind: 'attach';
      readonly wallMs: number;
      /** A number: the record is queued there itself. */
      readonly target: Dot | number;
      readonly file: QueuedFile;
      readonly key: WrappedKey;
    }
  | {
      readonly kind: 'date';
      readonly wallMs: number;
      readonly dot: Dot;
      /** `YYYY-MM-DD`; null: no longer. */
      readonly date: string | null;
    }
  | {
      readonly kind: 'detach';
      readonly wallMs: number;
      readonly dot: Dot;
      readonly blob: BlobId;
    };

export type QueuedAttachment = Extract<QueuedEdit, { readonly kind: 'attach' }>;

/** A file whose bytes are kept here already. */
export interface QueuedFile {
  readonly blob: BlobId;
  readonly name: string;
  readonly type: string;
  readonly bytes: number;
}

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
    case 'attach':
      assert(typeof edit.target !== 'number', 'the record was written before its files');
      return { kind: 'record.attached', record: edit.target, ...edit.file };
    case 'date':
      return { kind: 'record.dated', record: edit.dot, date: edit.date };
    case 'detach':
      return { kind: 'record.detached', record: edit.dot, blob: edit.blob };
  }
};

/** All bodies of an edit, its own last: the key of a file comes before its name. */
export const bodiesOfEdit = (edit: QueuedEdit): readonly Body[] => {
  if (edit.kind !== 'attach') return [bodyOfEdit(edit)];
  const { epoch, wrap } = edit.key;
  const wraps = [{ blob: edit.file.blob, wrap }];
  return [{ kind: 'blobs.wrapped', epoch, wraps }, bodyOfEdit(edit)];
};

/** The record that an edit is about; null for a new one, and for one that is queued itself. */
export const targetOf = (edit: QueuedEdit): Dot | null => {
  if (edit.kind === 'create') return null;
  if (edit.kind !== 'attach') return edit.dot;
  return typeof edit.target === 'number' ? null : edit.target;
};

/** Where the records of queued creations are, once these facts are written, by their number. */
export const createdBy = (
  entries: readonly QueueEntry[],
  facts: readonly Fact[],
): ReadonlyMap<number, Dot> => {
  const made = new Map<number, Dot>();
  let at = 0;
  for (const { index, edit } of entries) {
    const fact = facts[at];
    if (edit.kind === 'create' && fact !== undefined) {
      made.set(index, { session: fact.envelope.session, seq: fact.envelope.seq });
    }
    at += bodiesOfEdit(edit).length;
  }
  return made;
};

/** The entry, told where its record is. */
export const withTarget = (entry: QueueEntry, made: ReadonlyMap<number, Dot>): QueueEntry => {
  const { edit } = entry;
  const dot = edit.kind === 'attach' && typeof edit.target === 'number' && made.get(edit.target);
  return dot ? { ...entry, edit: { ...(edit as QueuedAttachment), target: dot } } : entry;
};

/** Whether an edit can be written as it stands: not while its record is itself queued. */
export const isReady = (edit: QueuedEdit): boolean =>
  edit.kind !== 'attach' || typeof edit.target !== 'number';

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
    case 'date': {
      const record = [edit.dot.session, edit.dot.seq];
      return { kind: edit.kind, wall: edit.wallMs, record, date: edit.date };
    }
    case 'attach': {
      const { target, file, key } = edit;
      const record = typeof target === 'number' ? target : [target.session, target.seq];
      const said = [file.blob, file.name, file.type, file.bytes, key.epoch, key.wrap];
      return { kind: edit.kind, wall: edit.wallMs, record, file: said };
    }
    case 'detach': {
      const record = [edit.dot.session, edit.dot.seq];
      return { kind: edit.kind, wall: edit.wallMs, record, blob: edit.blob };
    }
  }
};

/** Stands for a record that has no place yet. */
const ANY_RECORD: Dot = { session: brandHex<SessionId>('0'.repeat(64)), seq: 0 };

type Fields = { readonly [key: string]: CanonicalValue };

/** Null for what was damaged: of other types than were written, or no body of its kind. */
const editFrom = (value: CanonicalValue): QueuedEdit | null => {
  const edit = isFields(value) ? readEdit(value) : null;
  if (edit === null) return null;
  const written = isReady(edit) ? edit : { ...edit, target: ANY_RECORD };
  return bodiesOfEdit(written).every((body) => encodeBody(body).ok) ? edit : null;
};

const readEdit = ({ kind, wall, content, record, change, ...rest }: Fields): QueuedEdit | null => {
  if (typeof wall !== 'number') return null;
  if (kind === 'create') {
    const isWhole = isFields(content) && ['title', 'text', 'labels'].every((key) => key in content);
    return isWhole && areTexts(content)
      ? { kind, wallMs: wall, content: content as unknown as RecordContent }
      : null;
  }
  if (kind === 'attach' && typeof record === 'number') {
    return readAttachment(wall, record, rest['file']);
  }
  const [session, seq] = Array.isArray(record) ? (record as readonly CanonicalValue[]) : [];
  if (typeof session !== 'string' || !isHex32(session) || typeof seq !== 'number') return null;
  const dot: Dot = { session: brandHex<SessionId>(session), seq };
  if (kind === 'remove') return { kind, wallMs: wall, dot };
  const date = rest['date'];
  if (kind === 'date' && (typeof date === 'string' || date === null)) {
    return { kind, wallMs: wall, dot, date };
  }
  if (kind === 'attach') return readAttachment(wall, dot, rest['file']);
  if (kind === 'detach') {
    const blob = blobFrom(rest['blob']);
    return blob === null ? null : { kind, wallMs: wall, dot, blob };
  }
  const isChange = kind === 'edit' && isFields(change) && areTexts(change);
  return isChange ? { kind, wallMs: wall, dot, change: change as RecordChange } : null;
};

const blobFrom = (value: CanonicalValue | undefined): BlobId | null =>
  typeof value === 'string' && isHex32(value) ? brandHex<BlobId>(value) : null;

const readAttachment = (
  wallMs: number,
  target: Dot | number,
  said: CanonicalValue | undefined,
): QueuedEdit | null => {
  const [hex, name, type, bytes, epoch, wrap] = Array.isArray(said)
    ? (said as readonly CanonicalValue[])
    : [];
  const blob = blobFrom(hex);
  if (blob === null || typeof name !== 'string' || typeof type !== 'string') return null;
  if (typeof bytes !== 'number' || typeof epoch !== 'number') return null;
  if (!(wrap instanceof Uint8Array)) return null;
  return {
    kind: 'attach',
    wallMs,
    target,
    file: { blob, name, type, bytes },
    key: { epoch, wrap },
  };
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
