import type { DeviceId, SessionId } from '../core/base/brands.js';
import type { Fields, Item } from '../core/journal/state.js';
import { itemKeyOf } from '../core/journal/state.js';
import { contentOf } from '../core/records/draft.js';
import type { Holdings } from './holdings.js';
import type { LinkService } from './link-service.js';
import type { QueueEntry } from './queue.js';
import { queuedKey } from './queue.js';
import type { RecordView, StrandedEditView } from './view.js';

/** Views of records, kept for as long as their items stay the same: thousands cost one pass. */
export interface RecordViewer {
  readonly records: (
    holdings: Holdings,
    links: LinkService,
    queue: readonly QueueEntry[],
  ) => readonly RecordView[];
}

interface Cached {
  readonly view: RecordView;
  readonly dots: readonly { readonly session: SessionId; readonly seq: number }[];
}

export const createRecordViewer = (): RecordViewer => {
  const cache = new WeakMap<Item, Cached>();
  const shared = new WeakMap<Item, RecordView>();

  const viewOf = (holdings: Holdings, item: Item): Cached | null => {
    const held = cache.get(item);
    if (held !== undefined) return held;
    const content = contentOf(item.fields);
    if (content === null) return null;
    const made = { view: recordView(holdings, item, content), dots: dotsOf(item.fields) };
    cache.set(item, made);
    return made;
  };

  return {
    records: (holdings, links, queue) => {
      const views: RecordView[] = [];
      const { frontier } = holdings.base().state;
      const peers = links.links().map((link) => link.frontier);
      for (const item of holdings.fold().state().items.values()) {
        const made = viewOf(holdings, item);
        if (made === null) continue;
        const isShared = made.dots.every(
          ({ session, seq }) =>
            (frontier.get(session)?.seq ?? -1) >= seq ||
            holdings.journal().tip(session)?.author !== holdings.me ||
            peers.some((held) => (held.get(session) ?? -1) >= seq),
        );
        const known = shared.get(item);
        if (known !== undefined) views.push(known);
        else if (isShared) {
          const view: RecordView = { ...made.view, state: 'shared' };
          shared.set(item, view);
          views.push(view);
        } else views.push(made.view);
      }
      return overlaid(holdings, views, queue).sort((a, b) => b.editedMs - a.editedMs);
    },
  };
};

const dotsOf = (fields: Fields): Cached['dots'] =>
  [...fields.values()].map(({ session, seq }) => ({ session, seq }));

const recordView = (
  holdings: Holdings,
  item: Item,
  content: NonNullable<ReturnType<typeof contentOf>>,
): RecordView => {
  const { createdMs, editedMs, editedBy } = timesOf(holdings, item.fields);
  return { key: itemKeyOf(item.dot), ...content, createdMs, editedMs, editedBy, state: 'saved' };
};

const timesOf = (holdings: Holdings, fields: Fields) => {
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

/** What is queued behind the fence is shown where it will be, and as queued. */
const overlaid = (
  holdings: Holdings,
  views: readonly RecordView[],
  queue: readonly QueueEntry[],
): RecordView[] => {
  if (queue.length === 0) return [...views];
  const byKey = new Map(views.map((view) => [view.key, view]));
  for (const { index, edit } of queue) {
    if (edit.kind === 'create') {
      const key = queuedKey(index);
      const times = { createdMs: edit.wallMs, editedMs: edit.wallMs, editedBy: holdings.me };
      byKey.set(key, { key, ...edit.content, ...times, state: 'queued' });
      continue;
    }
    const key = itemKeyOf(edit.dot);
    const view = byKey.get(key);
    if (view === undefined) continue;
    if (edit.kind === 'remove') {
      byKey.delete(key);
      continue;
    }
    const { title, text, add, remove } = edit.change;
    const kept = view.labels.filter((label) => !remove?.includes(label));
    byKey.set(key, {
      ...view,
      title: title ?? view.title,
      text: text ?? view.text,
      labels: [...new Set([...kept, ...(add ?? [])])].sort(),
      editedMs: edit.wallMs,
      editedBy: holdings.me,
      state: 'queued',
    });
  }
  return [...byKey.values()];
};

/** Edits of records that a snapshot let go, as they can be restored (rule F7). */
export const viewStranded = (holdings: Holdings): readonly StrandedEditView[] =>
  [...holdings.fold().lateEdits()].flatMap(([key, late]) => {
    const content = contentOf(late.fields);
    if (content === null) return [];
    const { editedMs, editedBy } = timesOf(holdings, late.fields);
    return [{ key, ...content, editedMs, editedBy }];
  });
