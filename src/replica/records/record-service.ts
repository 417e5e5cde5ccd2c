import { changeBetween, checkDraft, contentOf } from '../../core/records/draft.js';
import { memberOf } from '../../core/authority/roster.js';
import { need } from '../../core/authority/capability.js';
import { assert, err, ok } from '../../core/base/result.js';
import { isDay } from '../../core/base/day.js';
import { type Body, encodeBody } from '../../core/facts/bodies.js';
import { firstFoldOf } from '../../core/facts/kinds.js';
import { dotOf } from '../../core/journal/effects.js';
import { type Dot, itemKeyOf } from '../../core/journal/state.js';
import type { Row } from '../../ports/store.js';
import type { CommandError, Done, RecordDraft, Replica } from '../commands.js';
import type { Context } from '../context.js';
import type { Fence } from '../snapshots/fence.js';
import { runInTurn } from '../loop/inbox.js';
import type { Intake } from '../journal/intake.js';
import {
  type QueueEntry,
  type QueuedEdit,
  bodiesOfEdit,
  createdBy,
  deleteEntry,
  dotOfKey,
  indexOfQueuedKey,
  isReady,
  putEntry,
  queuedKey,
  targetOf,
  withTarget,
} from './queue.js';
import { recordHistory } from './record-history.js';
import { type Stranded, createStranded } from '../journal/stranded.js';
import type { RecordKey } from '../view.js';
import { wallNowMs } from '../loop/wall-time.js';

/** Commands on records, and the queue behind the writer fence. */
export interface RecordService {
  readonly commands: Replica['records'];
  readonly queue: () => readonly QueueEntry[];
  /** Writes an edit, or queues it behind the fence; in a task of the inbox. */
  readonly submit: (edit: QueuedEdit) => Done<RecordKey>;
  /** Takes an entry out of the queue; in a task of the inbox. */
  readonly withdraw: (entry: QueueEntry) => Done;
  /** Where a record is, whatever it is named by: a number while it is itself queued. */
  readonly targetOf: (key: RecordKey) => Dot | number | null;
  /** Turns the queue into facts once no fence stands; nothing is lost if that fails. */
  readonly flush: () => Promise<void>;
  readonly stranded: Stranded['view'];
  readonly load: (entries: readonly QueueEntry[], own: readonly Row[]) => void;
}

export const createRecordService = (
  context: Context,
  intake: Intake,
  fence: Fence,
  settle: () => Promise<void>,
): RecordService => {
  let queue: readonly QueueEntry[] = [];
  let nextIndex = 0;
  /** What queued creations became, so that an editor left open keeps its record. */
  const dotByQueued = new Map<number, Dot>();

  const submit = async (edit: QueuedEdit): Done<RecordKey> => {
    const refusal = whyNot(context, edit);
    if (refusal !== null) return err(refusal);
    // A clock that was set back may have opened a proposal again that had lapsed.
    await fence.settle();
    const isNow = !fence.isHolding() && queue.length === 0 && isReady(edit);
    return isNow ? write(edit) : enqueue(edit);
  };

  const write = async (edit: QueuedEdit): Done<RecordKey> => {
    const done = await intake.own(bodiesOfEdit(edit));
    if (!done.ok) return err({ kind: 'store', error: done.error });
    const fact = done.value[0];
    assert(fact !== undefined, 'every edit makes a fact');
    await settle();
    return ok(itemKeyOf(targetOf(edit) ?? dotOf(fact)));
  };

  const enqueue = async (edit: QueuedEdit): Done<RecordKey> => {
    const entry = { index: nextIndex, edit };
    const done = await context.commit([putEntry(entry)], 'strict');
    if (!done.ok) return err({ kind: 'store', error: done.error });
    nextIndex += 1;
    queue = [...queue, entry];
    context.changed();
    await settle();
    if (edit.kind === 'attach' && typeof edit.target === 'number')
      return ok(queuedKey(edit.target));
    const target = targetOf(edit);
    return ok(target === null ? queuedKey(entry.index) : itemKeyOf(target));
  };

  /** A record that is only queued is changed in the queue itself. */
  const editQueued = async (index: number, draft: RecordDraft | null): Done => {
    const entry = queue.find((each) => each.index === index);
    if (entry === undefined || entry.edit.kind !== 'create') return err({ kind: 'unknown-record' });
    const edit: QueuedEdit | null = draft === null ? null : { ...entry.edit, content: draft };
    const next = edit === null ? null : { index, edit };
    const done = await context.commit(
      [next === null ? deleteEntry(entry) : putEntry(next)],
      'strict',
    );
    if (!done.ok) return err({ kind: 'store', error: done.error });
    queue = queue.flatMap((each) => (each.index !== index ? [each] : next === null ? [] : [next]));
    context.changed();
    return ok(undefined);
  };

  const withdraw = async (entry: QueueEntry): Done => {
    const done = await context.commit([deleteEntry(entry)], 'strict');
    if (!done.ok) return err({ kind: 'store', error: done.error });
    queue = queue.filter((each) => each.index !== entry.index);
    context.changed();
    return ok(undefined);
  };

  const flush = async (): Promise<void> => {
    if (queue.length === 0 || fence.isHolding() || context.holdings === null) return;
    const until = queue.findIndex(({ edit }) => !isReady(edit));
    const count = Math.min(until < 0 ? queue.length : until, FLUSHED_AT_ONCE_MAX);
    const entries = queue.slice(0, count);
    // The record that it was for was taken out of the queue.
    const [first] = queue;
    if (count === 0 && first !== undefined) return void (await withdraw(first));
    let rest: readonly QueueEntry[] = [];
    const made = new Map<number, Dot>();
    // What waits for a record of this very commit learns in it where that record is.
    const done = await intake.own(
      entries.flatMap(({ edit }) => bodiesOfEdit(edit)),
      (facts) => {
        for (const [index, dot] of createdBy(entries, facts)) made.set(index, dot);
        rest = queue.slice(count).map((entry) => withTarget(entry, made));
        const moved = rest.filter((entry, index) => entry !== queue[count + index]);
        return [...entries.map(deleteEntry), ...moved.map(putEntry)];
      },
    );
    if (!done.ok) return;
    for (const [index, dot] of made) dotByQueued.set(index, dot);
    queue = rest;
    context.activity.add('queue-written', 'good', null, { count: entries.length });
  };

  const resolve = (key: RecordKey): Dot | null => {
    const index = indexOfQueuedKey(key);
    return index === null ? dotOfKey(key) : (dotByQueued.get(index) ?? null);
  };

  const wallMs = (): number => wallNowMs(context.ports.clock);

  const edit = async (key: RecordKey, draft: RecordDraft): Done => {
    const checked = checkDraft(draft);
    if (!checked.ok) return checked;
    const dot = resolve(key);
    const index = indexOfQueuedKey(key);
    if (dot === null) {
      return index === null ? err({ kind: 'unknown-record' }) : editQueued(index, checked.value);
    }
    const present = presentContent(context, queue, dot);
    if (present === null) return err({ kind: 'unknown-record' });
    const change = changeBetween(present, checked.value);
    if (change === null) return ok(undefined);
    const done = await submit({ kind: 'edit', wallMs: wallMs(), dot, change });
    return done.ok ? ok(undefined) : done;
  };

  const remove = async (key: RecordKey): Done => {
    const dot = resolve(key);
    const index = indexOfQueuedKey(key);
    if (dot === null) {
      return index === null ? err({ kind: 'unknown-record' }) : editQueued(index, null);
    }
    if (presentContent(context, queue, dot) === null) return err({ kind: 'unknown-record' });
    const done = await submit({ kind: 'remove', wallMs: wallMs(), dot });
    return done.ok ? ok(undefined) : done;
  };

  const setDate = async (key: RecordKey, date: string | null): Done => {
    if (date !== null && !isDay(date)) return err({ kind: 'ill-formed', field: 'date' });
    const dot = resolve(key);
    if (dot === null || presentContent(context, queue, dot) === null) {
      return err({ kind: 'unknown-record' });
    }
    const done = await submit({ kind: 'date', wallMs: wallMs(), dot, date });
    return done.ok ? ok(undefined) : done;
  };

  const create = async (draft: RecordDraft): Done<RecordKey> => {
    const checked = checkDraft(draft);
    if (!checked.ok) return checked;
    return submit({ kind: 'create', wallMs: wallMs(), content: checked.value });
  };

  const stranded = createStranded(context, create);

  const put = <T>(task: () => Done<T>): Done<T> => runInTurn(context.inbox, task);
  return {
    commands: {
      create: (draft) => put(() => create(draft)),
      edit: (key, draft) => put(() => edit(key, draft)),
      setDate: (key, date) => put(() => setDate(key, date)),
      remove: (key) => put(() => remove(key)),
      history: (key) => {
        const dot = resolve(key);
        const { holdings } = context;
        return dot === null || holdings === null ? [] : recordHistory(holdings, dot);
      },
      restoreStranded: (key, origin = '') => put(() => stranded.restore(key, origin)),
      leaveStranded: (key) => put(() => stranded.leave(key)),
    },
    queue: () => queue,
    submit,
    withdraw,
    targetOf: (key) => {
      const index = indexOfQueuedKey(key);
      const dot = resolve(key);
      if (dot !== null) return presentContent(context, queue, dot) === null ? null : dot;
      const isQueued = queue.some((each) => each.index === index && each.edit.kind === 'create');
      return isQueued ? index : null;
    },
    flush,
    stranded: stranded.view,
    load: (entries, own) => {
      stranded.load(own);
      queue = entries;
      nextIndex = (entries.at(-1)?.index ?? -1) + 1;
    },
  };
};

/** So many queued edits become facts in one commit. */
const FLUSHED_AT_ONCE_MAX = 200;

const whyNot = (context: Context, edit: QueuedEdit): CommandError | null => {
  const { holdings } = context;
  if (holdings === null) return { kind: 'no-account' };
  const record = holdings.chain().tip;
  const isAllowed =
    memberOf(record, holdings.me) !== null && need('record_write')(record, holdings.me);
  if (!isAllowed) return { kind: 'not-allowed', capability: 'record_write' };
  const needs = Math.max(0, ...bodiesNow(edit).map(({ kind }) => firstFoldOf(kind)));
  if (needs > holdings.foldVersion()) return { kind: 'older-format', needs };
  const isFit = bodiesNow(edit).every((body) => encodeBody(body).ok);
  return isFit ? null : { kind: 'too-long', field: 'text', max: 6000 };
};

/** What an edit says as it stands: of a file whose record is itself queued nothing yet. */
const bodiesNow = (edit: QueuedEdit): readonly Body[] => (isReady(edit) ? bodiesOfEdit(edit) : []);

/** A record as its editor shows it: the state with what is queued on top. */
const presentContent = (
  context: Context,
  queue: readonly QueueEntry[],
  dot: Dot,
): RecordDraft | null => {
  const item = context.holdings?.fold().state().items.get(itemKeyOf(dot));
  let content = item === undefined ? null : contentOf(item.fields);
  for (const { edit } of queue) {
    const target = targetOf(edit);
    if (content === null || target === null || itemKeyOf(target) !== itemKeyOf(dot)) continue;
    if (edit.kind === 'remove') return null;
    if (edit.kind !== 'edit') continue;
    const { title, text, add, remove } = edit.change;
    const kept = content.labels.filter((label) => !remove?.includes(label));
    content = {
      title: title ?? content.title,
      text: text ?? content.text,
      labels: [...new Set([...kept, ...(add ?? [])])].sort(),
    };
  }
  return content;
};
