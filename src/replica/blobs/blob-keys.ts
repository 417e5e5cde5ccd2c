import type { BlobId } from '../../core/base/brands.js';
import {
  WRAPS_PER_FACT_MAX,
  planRewrapping,
  unwrapKey,
  wrapKey,
  wrappedKeyOf,
  type WrappedKey,
} from '../../core/blobs/wraps.js';
import type { Body } from '../../core/facts/bodies.js';
import type { Context } from '../context.js';
import type { EpochSecrets } from '../membership/epoch-secrets.js';
import type { QueueEntry } from '../records/queue.js';

/** The keys of blobs, wrapped under the secrets of identity epochs (rule S10). */
export interface BlobKeys {
  /** What the account says; null where no secret of this device opens it. */
  readonly keyOf: (blob: BlobId) => Promise<Uint8Array | null>;
  /** A key that was said; null where no secret of this device opens it. */
  readonly open: (wrapped: WrappedKey) => Promise<Uint8Array | null>;
  /** Wraps a new key for the epoch in force; null while its secret is not here. */
  readonly wrap: (key: Uint8Array) => Promise<WrappedKey | null>;
  /** Those of these blobs whose key another epoch wraps. */
  readonly outdated: (blobs: Iterable<BlobId>) => readonly BlobId[];
  /** Facts that wrap these keys anew, of those that `keyFor` gives. */
  readonly rewraps: (
    blobs: readonly BlobId[],
    keyFor: (blob: BlobId) => Promise<Uint8Array | null>,
  ) => Promise<readonly Body[]>;
}

export const createBlobKeys = (
  context: Context,
  secrets: EpochSecrets,
  queue: () => readonly QueueEntry[],
): BlobKeys => {
  /** Branches of a fork have secrets of their own for one epoch, each held by who was on it. */
  const open = async ({ epoch, wrap }: WrappedKey): Promise<Uint8Array | null> => {
    const { holdings } = context;
    for (const { record } of holdings?.chain().links.values() ?? []) {
      const secret = record.epoch === epoch ? await secrets.secretOf(record) : null;
      if (secret === null || holdings === null) continue;
      const key = unwrapKey(secret, holdings.account, wrap);
      if (key !== null) return key;
    }
    return null;
  };

  const keyOf = async (blob: BlobId): Promise<Uint8Array | null> => {
    const { holdings } = context;
    if (holdings === null) return null;
    const said = wrappedKeyOf(holdings.fold().state().marks, blob);
    const waiting = queue().find(({ edit }) => edit.kind === 'attach' && edit.file.blob === blob);
    const queued = waiting?.edit.kind === 'attach' ? waiting.edit.key : null;
    const wrapped = said ?? queued;
    return wrapped === null ? null : open(wrapped);
  };

  const wrap = async (key: Uint8Array): Promise<WrappedKey | null> => {
    const { holdings } = context;
    const chain = holdings?.chain();
    // Of a forked account what all branches share.
    const record = chain?.recordAt(chain.tipHash) ?? null;
    const secret = record === null ? null : await secrets.secretOf(record);
    if (secret === null || record === null || holdings === null) return null;
    return { epoch: record.epoch, wrap: wrapKey(secret, holdings.account, key) };
  };

  const outdated = (blobs: Iterable<BlobId>): readonly BlobId[] => {
    const { holdings } = context;
    if (holdings === null) return [];
    return planRewrapping(holdings.fold().state().marks, blobs, holdings.chain().tip.epoch);
  };

  const rewraps: BlobKeys['rewraps'] = async (blobs, keyFor) => {
    const { holdings } = context;
    if (holdings === null) return [];
    const { epoch } = holdings.chain().tip;
    const wraps: { readonly blob: BlobId; readonly wrap: Uint8Array }[] = [];
    for (const blob of blobs) {
      const key = await keyFor(blob);
      const wrapped = key === null ? null : await wrap(key);
      if (wrapped !== null) wraps.push({ blob, wrap: wrapped.wrap });
    }
    const bodies: Body[] = [];
    for (let at = 0; at < wraps.length; at += WRAPS_PER_FACT_MAX) {
      const some = wraps.slice(at, at + WRAPS_PER_FACT_MAX);
      bodies.push({ kind: 'blobs.wrapped', epoch, wraps: some });
    }
    return bodies;
  };

  return { keyOf, open, wrap, outdated, rewraps };
};
