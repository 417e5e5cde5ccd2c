import type { BlobId, DeviceId, SessionId } from '../../core/base/brands.js';
import { byName } from '../../core/blobs/attachments.js';
import { itemKeyOf } from '../../core/journal/state.js';
import type { BlobNames } from './blob-names.js';
import type { BlobSettings } from './blob-settings.js';
import type { BlobShelf } from './blob-shelf.js';
import type { AttachmentView, BlobsView, TransferView } from './blob-view.js';
import type { Holdings } from '../journal/holdings.js';
import { type QueueEntry, queuedKey } from '../records/queue.js';
import type { RecordKey, RecordView } from '../view.js';

/** How files show: on their records, and all together. */
export interface BlobListing {
  /** The same list with its files; the list itself where there are none. */
  readonly withFiles: (
    holdings: Holdings,
    views: readonly RecordView[],
    queue: readonly QueueEntry[],
  ) => readonly RecordView[];
  readonly blobs: (holdings: Holdings, transfers: readonly TransferView[]) => BlobsView;
}

export const createBlobListing = (
  names: BlobNames,
  shelf: BlobShelf,
  settings: BlobSettings,
): BlobListing => {
  let listed: { readonly of: readonly unknown[]; readonly views: readonly RecordView[] } | null =
    null;

  const stateOf = (blob: BlobId): AttachmentView['state'] => {
    if (shelf.isWhole(blob)) return 'here';
    return shelf.of(blob).chunks.size > 0 ? 'partly' : 'elsewhere';
  };

  const filesOf = (holdings: Holdings, key: RecordKey): AttachmentView[] =>
    names.ofItem(holdings, key).map(({ blob, name, type, bytes, named }) => ({
      ...{ blob, name, type, bytes },
      addedMs: named.wallMs,
      addedBy: authorOf(holdings, named.session),
      state: stateOf(blob),
      heldBytes: shelf.heldBytes(blob),
    }));

  const list = (
    holdings: Holdings,
    views: readonly RecordView[],
    queue: readonly QueueEntry[],
  ): readonly RecordView[] => {
    const queuedByKey = queuedFiles(holdings, queue);
    return views.map((view) => {
      const queued = queuedByKey.get(view.key);
      const files = filesOf(holdings, view.key);
      if (files.length === 0 && queued === undefined) return view;
      const kept = files.filter(({ blob }) => !queued?.gone.has(blob));
      return { ...view, attachments: [...kept, ...(queued?.added ?? [])].sort(byName) };
    });
  };

  return {
    withFiles: (holdings, views, queue) => {
      const named = names.byBlob(holdings);
      const areQueued = queue.some(({ edit }) => edit.kind === 'attach');
      if (named.size === 0 && !areQueued) return views;
      const of = [views, named, queue, shelf.version()];
      const isSame = listed?.of.every((each, index) => each === of[index]) ?? false;
      if (listed === null || !isSame) listed = { of, views: list(holdings, views, queue) };
      return listed.views;
    },
    blobs: (holdings, transfers) => {
      const counts = { hereCount: 0, hereBytes: 0, missingCount: 0, missingBytes: 0 };
      for (const { blob, bytes } of names.byBlob(holdings).values()) {
        const held = shelf.heldBytes(blob);
        const isHere = shelf.isWhole(blob);
        counts.hereBytes += held;
        if (isHere) counts.hereCount += 1;
        else counts.missingCount += 1;
        if (!isHere) counts.missingBytes += Math.max(0, bytes - held);
      }
      return { policy: settings.policy(), ...counts, transfers };
    },
  };
};

/** Who wrote a session; this device where nobody is known yet. */
export const authorOf = (holdings: Holdings, session: SessionId): DeviceId =>
  (holdings.journal().tip(session) ?? holdings.base().state.frontier.get(session))?.author ??
  holdings.me;

interface QueuedFiles {
  readonly added: AttachmentView[];
  readonly gone: Set<BlobId>;
}

/** What a queue does to the files of each record. */
const queuedFiles = (
  holdings: Holdings,
  queue: readonly QueueEntry[],
): ReadonlyMap<RecordKey, QueuedFiles> => {
  const byKey = new Map<RecordKey, QueuedFiles>();
  const at = (key: RecordKey): QueuedFiles => {
    const found = byKey.get(key) ?? { added: [], gone: new Set() };
    byKey.set(key, found);
    return found;
  };
  for (const { edit } of queue) {
    if (edit.kind === 'detach') at(itemKeyOf(edit.dot)).gone.add(edit.blob);
    if (edit.kind !== 'attach') continue;
    const { target, file, wallMs } = edit;
    const key = typeof target === 'number' ? queuedKey(target) : itemKeyOf(target);
    const added = { addedMs: wallMs, addedBy: holdings.me, heldBytes: file.bytes };
    at(key).added.push({ ...file, ...added, state: 'queued' });
  }
  return byKey;
};
