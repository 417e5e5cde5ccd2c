import { seqIn } from '../../core/journal/frontier.js';
import type { BlobId } from '../../core/base/brands.js';
import { type Attachment, attachmentsOf } from '../../core/blobs/attachments.js';
import { bodyOf } from '../../core/facts/codec.js';
import type { Fold } from '../../core/journal/fold.js';
import { blobOfField } from '../../core/journal/file-fields.js';
import type { Item, ItemKey } from '../../core/journal/state.js';
import type { Holdings } from '../journal/holdings.js';

/** A blob that records name, as its newest naming says. */
export interface Named {
  readonly blob: BlobId;
  readonly name: string;
  readonly bytes: number;
  readonly addedMs: number;
  /** Every size that some record gives it: an index of another size is not its. */
  readonly sizes: ReadonlySet<number>;
  /** The facts that name it. */
  readonly namings: readonly Pick<Attachment['named'], 'session' | 'seq'>[];
}

/** Which blobs the records of the present state name; one change costs what it changed. */
export interface BlobNames {
  readonly byBlob: (holdings: Holdings) => ReadonlyMap<BlobId, Named>;
  readonly ofItem: (holdings: Holdings, key: ItemKey) => readonly Attachment[];
}

export const createBlobNames = (): BlobNames => {
  let fold: Fold | null = null;
  let seen = 0;
  let named: ReadonlyMap<BlobId, Named> = new Map();
  const filesByItem = new Map<ItemKey, readonly Attachment[]>();

  const look = (key: ItemKey, item: Item | undefined): boolean => {
    const files = item === undefined ? [] : attachmentsOf(item.fields);
    const had = filesByItem.has(key);
    if (files.length === 0) filesByItem.delete(key);
    else filesByItem.set(key, files);
    return had || files.length > 0;
  };

  const follow = (holdings: Holdings): void => {
    const now = holdings.fold();
    const changes = now.changes();
    if (fold === now && seen === changes.length) return;
    const isNew = fold !== now;
    const { items } = now.state();
    let isChanged = isNew;
    if (isNew) {
      filesByItem.clear();
      for (const [key, item] of items) look(key, item);
    } else {
      for (const key of new Set(changes.slice(seen))) {
        isChanged = look(key, items.get(key)) || isChanged;
      }
    }
    fold = now;
    seen = changes.length;
    if (isChanged) named = joinNames([...filesByItem.values()].flat());
  };

  return {
    byBlob: (holdings) => {
      follow(holdings);
      return named;
    },
    ofItem: (holdings, key) => {
      follow(holdings);
      return filesByItem.get(key) ?? [];
    },
  };
};

const joinNames = (files: readonly Attachment[]): ReadonlyMap<BlobId, Named> => {
  const joined = new Map<BlobId, Named>();
  for (const { blob, name, bytes, named } of files) {
    const held = joined.get(blob);
    const sizes = new Set([...(held?.sizes ?? []), bytes]);
    const isNewer = held === undefined || named.wallMs > held.addedMs;
    const newest = isNewer ? { blob, name, bytes, addedMs: named.wallMs } : held;
    joined.set(blob, { ...newest, sizes, namings: [...(held?.namings ?? []), named] });
  }
  return joined;
};

/**
 * Every blob that something still speaks of (rule S5): records and what waits for them, in the
 * state and in the base, and every fact that no snapshot covers, whatever became of it.
 */
export const spokenOf = (holdings: Holdings): ReadonlySet<BlobId> => {
  const blobs = new Set<BlobId>();
  for (const state of [holdings.base().state, holdings.fold().state()]) {
    for (const kept of [state.items, state.pending]) {
      for (const { fields } of kept.values()) {
        for (const [field, { value }] of fields) {
          const blob = value === null ? null : blobOfField(field);
          if (blob !== null) blobs.add(blob);
        }
      }
    }
  }
  for (const [session, log] of holdings.journal().sessions()) {
    const from = seqIn(holdings.base().state.frontier, session) + 1;
    for (const fact of log.since(from)) {
      if (fact.envelope.kind !== 'record.attached') continue;
      const body = bodyOf(fact);
      if (body.ok && body.value.kind === 'record.attached') blobs.add(body.value.blob);
    }
  }
  return blobs;
};
