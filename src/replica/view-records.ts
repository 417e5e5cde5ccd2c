import type { DeviceId, SessionId } from '../core/base/brands.js';
import { compareText } from '../core/base/ordering.js';
import type { Fold } from '../core/journal/fold.js';
import { seqIn } from '../core/journal/frontier.js';
import type { Fields, Item, ItemKey } from '../core/journal/state.js';
import { itemKeyOf } from '../core/journal/state.js';
import { contentOf, dateOf } from '../core/records/draft.js';
import type { Holdings } from './holdings.js';
import type { LinkService } from './link-service.js';
import type { QueueEntry } from './queue.js';
import { queuedKey } from './queue.js';
import type { RecordView } from './view.js';

/** Views of records, newest edit first; what one change costs is what it changed. */
export interface RecordViewer {
  /** The same list as before where nothing changed. */
  readonly records: (
    holdings: Holdings,
    links: LinkService,
    queue: readonly QueueEntry[],
  ) => readonly RecordView[];
}

/** The list as it was made last, and what it was made of. */
interface Listed {
  readonly fold: Fold;
  readonly sorted: readonly RecordView[];
  readonly viewByKey: Map<ItemKey, RecordView>;
  /** Keys of the records that only this device holds, as far as it knows. */
  readonly saved: Set<ItemKey>;
  /** How many of the fold's changes are in the list. */
  changes: number;
  reach: Reach;
}

/** How far each own session is known to be held elsewhere; what others wrote is held by them. */
type Reach = ReadonlyMap<SessionId, number>;

type Held = 'saved' | 'shared';

/** With more changes than these the whole list is sorted again. */
const CHANGES_PLACED_MAX = 64;

export const createRecordViewer = (): RecordViewer => {
  const cache = new WeakMap<Item, RecordView>();
  let listed: Listed | null = null;

  /** Once shared, a record stays shared until it is edited, whoever leaves. */
  const viewOf = (holdings: Holdings, item: Item, reach: Reach): RecordView | null => {
    const held = cache.get(item);
    if (held?.state === 'shared') return held;
    const state: Held = isHeldElsewhere(item.fields, reach) ? 'shared' : 'saved';
    if (held?.state === state) return held;
    const made = held === undefined ? recordView(holdings, item, state) : { ...held, state };
    if (made !== null) cache.set(item, made);
    return made;
  };

  const listAnew = (holdings: Holdings, reach: Reach): Listed => {
    const fold = holdings.fold();
    const viewByKey = new Map<ItemKey, RecordView>();
    const saved = new Set<ItemKey>();
    const views: RecordView[] = [];
    for (const [key, item] of fold.state().items) {
      const view = viewOf(holdings, item, reach);
      if (view === null) continue;
      viewByKey.set(key, view);
      views.push(view);
      if (view.state === 'saved') saved.add(key);
    }
    const changes = fold.changes().length;
    return { fold, sorted: views.sort(byEdit), viewByKey, saved, changes, reach };
  };

  /** The list after those records changed. */
  const relist = (held: Listed, holdings: Holdings, keys: ReadonlySet<ItemKey>): Listed => {
    const { viewByKey, saved, fold, reach, changes } = held;
    if (keys.size > CHANGES_PLACED_MAX) return listAnew(holdings, reach);
    const sorted = [...held.sorted];
    for (const key of keys) {
      const item = fold.state().items.get(key);
      const before = viewByKey.get(key);
      const view = item === undefined ? null : viewOf(holdings, item, reach);
      if (before !== undefined) sorted.splice(placeOf(sorted, before), 1);
      if (view === null) viewByKey.delete(key);
      else {
        viewByKey.set(key, view);
        sorted.splice(placeOf(sorted, view), 0, view);
      }
      if (view?.state === 'saved') saved.add(key);
      else saved.delete(key);
    }
    return { fold, sorted, viewByKey, saved, changes, reach };
  };

  const listNow = (holdings: Holdings, reach: Reach): Listed => {
    if (listed === null || listed.fold !== holdings.fold()) return listAnew(holdings, reach);
    const changes = listed.fold.changes();
    const keys = new Set(changes.slice(listed.changes));
    listed.changes = changes.length;
    if (!isSameReach(reach, listed.reach)) {
      listed.reach = reach;
      for (const key of listed.saved) {
        const item = listed.fold.state().items.get(key);
        if (item !== undefined && isHeldElsewhere(item.fields, reach)) keys.add(key);
      }
    }
    return keys.size === 0 ? listed : relist(listed, holdings, keys);
  };

  return {
    records: (holdings, links, queue) => {
      listed = listNow(holdings, reachOf(holdings, links));
      return queue.length === 0 ? listed.sorted : overlaid(holdings, listed.sorted, queue);
    },
  };
};

/** How many records the list would hold: every item has a title and a text from its creation. */
export const countRecords = (holdings: Holdings, queue: readonly QueueEntry[]): number => {
  const { items } = holdings.fold().state();
  const removed = new Set<ItemKey>();
  let created = 0;
  for (const { edit } of queue) {
    if (edit.kind === 'create') created += 1;
    else if (edit.kind === 'remove' && items.has(itemKeyOf(edit.dot))) {
      removed.add(itemKeyOf(edit.dot));
    }
  }
  return items.size + created - removed.size;
};

/** Newest edit first; of one moment in the order of writing. */
const byEdit = (a: RecordView, b: RecordView): number =>
  b.editedMs - a.editedMs || a.key.length - b.key.length || compareText(a.key, b.key);

/** Where a view stands in a sorted list, or is to be put. */
const placeOf = (sorted: readonly RecordView[], view: RecordView): number => {
  let from = 0;
  let to = sorted.length;
  while (from < to) {
    const middle = (from + to) >> 1;
    if (byEdit(sorted[middle] as RecordView, view) < 0) from = middle + 1;
    else to = middle;
  }
  return from;
};

const reachOf = (holdings: Holdings, links: LinkService): Reach => {
  const reach = new Map<SessionId, number>();
  const peers = links.links().map((link) => link.frontier);
  for (const [session, { author }] of holdings.journal().frontier()) {
    if (author !== holdings.me) continue;
    const heldBy = peers.map((held) => held.get(session) ?? -1);
    reach.set(session, Math.max(seqIn(holdings.base().state.frontier, session), ...heldBy));
  }
  return reach;
};

const isSameReach = (left: Reach, right: Reach): boolean =>
  left.size === right.size && [...left].every(([session, seq]) => right.get(session) === seq);

const isHeldElsewhere = (fields: Fields, reach: Reach): boolean => {
  for (const { session, seq } of fields.values()) {
    const held = reach.get(session);
    if (held !== undefined && held < seq) return false;
  }
  return true;
};

const recordView = (holdings: Holdings, item: Item, state: Held): RecordView | null => {
  const content = contentOf(item.fields);
  if (content === null) return null;
  const { createdMs, editedMs, editedBy } = timesOf(holdings, item.fields);
  const times = { createdMs, editedMs, editedBy };
  const date = dateOf(item.fields);
  return { key: itemKeyOf(item.dot), ...content, date, ...times, attachments: [], state };
};

/** When fields were first and last written, and by whom last. */
export const timesOf = (holdings: Holdings, fields: Fields) => {
  let createdMs = Number.MAX_SAFE_INTEGER;
  let editedMs = 0;
  let lamport = -1;
  let editedBy: DeviceId = holdings.me;
  for (const register of fields.values()) {
    createdMs = Math.min(createdMs, register.wallMs);
    if (register.lamport < lamport) continue;
    lamport = register.lamport;
    editedMs = register.wallMs;
    const tip =
      holdings.journal().tip(register.session) ??
      holdings.base().state.frontier.get(register.session);
    editedBy = tip?.author ?? editedBy;
  }
  return { createdMs, editedMs, editedBy };
};

const queuedNow = (holdings: Holdings, wallMs: number) =>
  ({ editedMs: wallMs, editedBy: holdings.me, state: 'queued' }) as const;

/** What is queued behind the fence is shown where it will be, and as queued. */
const overlaid = (
  holdings: Holdings,
  views: readonly RecordView[],
  queue: readonly QueueEntry[],
): RecordView[] => {
  const byKey = new Map(views.map((view) => [view.key, view]));
  for (const { index, edit } of queue) {
    if (edit.kind === 'create') {
      const key = queuedKey(index);
      const times = { createdMs: edit.wallMs, editedMs: edit.wallMs, editedBy: holdings.me };
      byKey.set(key, {
        ...{ key, ...edit.content, ...times },
        ...{ date: null, attachments: [], state: 'queued' },
      });
      continue;
    }
    // Files of a queue are laid over the list by themselves.
    if (edit.kind === 'attach' || edit.kind === 'detach') continue;
    const key = itemKeyOf(edit.dot);
    const view = byKey.get(key);
    if (view === undefined) continue;
    if (edit.kind === 'remove') {
      byKey.delete(key);
      continue;
    }
    if (edit.kind === 'date') {
      byKey.set(key, { ...view, date: edit.date, ...queuedNow(holdings, edit.wallMs) });
      continue;
    }
    const { title, text, add, remove } = edit.change;
    const kept = view.labels.filter((label) => !remove?.includes(label));
    byKey.set(key, {
      ...view,
      title: title ?? view.title,
      text: text ?? view.text,
      labels: [...new Set([...kept, ...(add ?? [])])].sort(),
      ...queuedNow(holdings, edit.wallMs),
    });
  }
  return [...byKey.values()].sort(byEdit);
};
