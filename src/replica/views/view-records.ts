import type { DeviceId, SessionId } from '../../core/base/brands.js';
import { compareText } from '../../core/base/ordering.js';
import { type Work, atOnce } from '../../core/base/work.js';
import type { Fold } from '../../core/journal/fold.js';
import { seqIn } from '../../core/journal/frontier.js';
import type { Fields, Item, ItemKey, Register } from '../../core/journal/state.js';
import { itemKeyOf } from '../../core/journal/state.js';
import { contentOf, dateOf } from '../../core/records/draft.js';
import type { Holdings } from '../journal/holdings.js';
import type { LinkService } from '../links/link-service.js';
import type { QueueEntry } from '../records/queue.js';
import { queuedKey } from '../records/queue.js';
import type { RecordView } from '../view.js';

/** Views of records, newest edit first; what one change costs is what it changed. */
export interface RecordViewer {
  /** The same list as before where nothing changed. */
  readonly records: (
    holdings: Holdings,
    links: LinkService,
    queue: readonly QueueEntry[],
  ) => readonly RecordView[];
  /** Makes a long list before anybody asks; null where there is none to make. */
  readonly listing: (holdings: Holdings, links: LinkService) => Work<void> | null;
}

/** The list as it was made last, and what it was made of. */
interface Listed {
  readonly fold: Fold;
  readonly sorted: readonly RecordView[];
  readonly shownByKey: Map<ItemKey, Shown>;
  /** Keys of the records that only this device holds, as far as it knows; null: not gathered. */
  saved: Set<ItemKey> | null;
  /** How many of the fold's changes are in the list. */
  changes: number;
  reach: Reach;
}

/** A view, and the item that it was made of: another item of that key has another view. */
interface Shown {
  readonly item: Item;
  readonly view: RecordView;
}

/** How far each own session is known to be held elsewhere; what others wrote is held by them. */
type Reach = ReadonlyMap<SessionId, number>;

type Held = 'saved' | 'shared';

/** With more changes than these the whole list is sorted again. */
const CHANGES_PLACED_MAX = 64;

/** So many records are viewed at a time, and fewer are listed at once when somebody asks. */
const ITEMS_AT_ONCE = 200;

export const createRecordViewer = (itemsAtOnce = ITEMS_AT_ONCE): RecordViewer => {
  let listed: Listed | null = null;

  /** What changes meanwhile is among the changes that are not yet in the list. */
  function* listingAnew(holdings: Holdings, reach: Reach): Work<Listed> {
    const fold = holdings.fold();
    const before = listed?.shownByKey ?? null;
    const changes = fold.changes().length;
    const shownByKey = new Map<ItemKey, Shown>();
    const views: RecordView[] = [];
    for (const [key, item] of fold.state().items) {
      const shown = showItem(holdings, key, item, reach, before?.get(key));
      if (shown === null) continue;
      shownByKey.set(key, shown);
      views.push(shown.view);
      if (views.length % itemsAtOnce === 0) yield;
    }
    yield;
    return { fold, sorted: views.sort(byEdit), shownByKey, saved: null, changes, reach };
  }

  const listAnew = (holdings: Holdings, reach: Reach): Listed =>
    atOnce(listingAnew(holdings, reach));

  /** The list after those records changed. */
  const relist = (held: Listed, holdings: Holdings, keys: ReadonlySet<ItemKey>): Listed => {
    const { shownByKey, saved, fold, reach, changes } = held;
    if (keys.size > CHANGES_PLACED_MAX) return listAnew(holdings, reach);
    const sorted = [...held.sorted];
    for (const key of keys) {
      const item = fold.state().items.get(key);
      const before = shownByKey.get(key);
      const shown = item === undefined ? null : showItem(holdings, key, item, reach, before);
      if (before !== undefined) sorted.splice(placeOf(sorted, before.view), 1);
      if (shown === null) shownByKey.delete(key);
      else {
        shownByKey.set(key, shown);
        sorted.splice(placeOf(sorted, shown.view), 0, shown.view);
      }
      if (shown?.view.state === 'saved') saved?.add(key);
      else saved?.delete(key);
    }
    return { fold, sorted, shownByKey, saved, changes, reach };
  };

  const listNow = (holdings: Holdings, reach: Reach): Listed => {
    if (listed === null || listed.fold !== holdings.fold()) return listAnew(holdings, reach);
    const changes = listed.fold.changes();
    const keys = new Set(changes.slice(listed.changes));
    listed.changes = changes.length;
    if (!isSameReach(reach, listed.reach)) {
      listed.reach = reach;
      listed.saved ??= savedAmong(listed.shownByKey);
      for (const key of listed.saved) {
        const item = listed.fold.state().items.get(key);
        if (item !== undefined && isHeldElsewhere(item.fields, reach)) keys.add(key);
      }
    }
    return keys.size === 0 ? listed : relist(listed, holdings, keys);
  };

  function* listing(holdings: Holdings, links: LinkService): Work<void> {
    const made = yield* listingAnew(holdings, reachOf(holdings, links));
    listed ??= made; // Somebody may have asked by now.
  }

  return {
    listing: (holdings, links) => {
      const isShort = holdings.fold().state().items.size <= itemsAtOnce;
      return isShort || listed !== null ? null : listing(holdings, links);
    },
    records: (holdings, links, queue) => {
      listed = listNow(holdings, reachOf(holdings, links));
      return queue.length === 0 ? listed.sorted : overlaid(holdings, listed.sorted, queue);
    },
  };
};

/** Most starts end before another device is met, and then nobody asks. */
const savedAmong = (shownByKey: ReadonlyMap<ItemKey, Shown>): Set<ItemKey> => {
  const saved = new Set<ItemKey>();
  for (const [key, { view }] of shownByKey) if (view.state === 'saved') saved.add(key);
  return saved;
};

/** Once shared, a record stays shared until it is edited, whoever leaves. */
const showItem = (
  holdings: Holdings,
  key: ItemKey,
  item: Item,
  reach: Reach,
  before: Shown | undefined,
): Shown | null => {
  const held = before?.item === item ? before : undefined;
  if (held?.view.state === 'shared') return held;
  const state: Held = isHeldElsewhere(item.fields, reach) ? 'shared' : 'saved';
  if (held?.view.state === state) return held;
  const view =
    held === undefined ? recordView(holdings, key, item, state) : { ...held.view, state };
  return view === null ? null : { item, view };
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

const NO_FILES: RecordView['attachments'] = [];

const recordView = (
  holdings: Holdings,
  key: ItemKey,
  item: Item,
  state: Held,
): RecordView | null => {
  const content = contentOf(item.fields);
  if (content === null) return null;
  const { title, text, labels } = content;
  const { createdMs, editedMs, editedBy } = timesOf(holdings, item.fields);
  const date = dateOf(item.fields);
  // Written out: of tens of thousands each spread costs more than all else.
  return {
    key,
    title,
    text,
    labels,
    date,
    createdMs,
    editedMs,
    editedBy,
    attachments: NO_FILES,
    state,
  };
};

/** When fields were first and last written, and by whom last. */
export const timesOf = (holdings: Holdings, fields: Fields) => {
  let createdMs = Number.MAX_SAFE_INTEGER;
  let last: Register | null = null;
  for (const register of fields.values()) {
    if (register.wallMs < createdMs) createdMs = register.wallMs;
    if (last === null || register.lamport >= last.lamport) last = register;
  }
  return {
    createdMs,
    editedMs: last?.wallMs ?? 0,
    editedBy: (last === null ? undefined : authorOf(holdings, last.session)) ?? holdings.me,
  };
};

const authorOf = (holdings: Holdings, session: SessionId): DeviceId | undefined =>
  (holdings.journal().tip(session) ?? holdings.base().state.frontier.get(session))?.author;

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
