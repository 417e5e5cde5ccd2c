import type { BlobId } from '../../core/base/brands.js';
import { type WrappedKey, wrappedKeyOf } from '../../core/blobs/wraps.js';
import { bodyOf } from '../../core/facts/codec.js';
import { blobOfMark } from '../../core/journal/file-fields.js';
import { seqIn } from '../../core/journal/frontier.js';
import type { Holdings } from '../journal/holdings.js';

/**
 * Every wrapped key that was ever said of a blob and is not pruned: in the base, and in facts that
 * no snapshot covers, whatever became of them. One walk through all of those.
 */
export const toldWraps = (holdings: Holdings): ReadonlyMap<BlobId, readonly WrappedKey[]> => {
  const told = new Map<BlobId, WrappedKey[]>();
  const add = (blob: BlobId, wrapped: WrappedKey): void => {
    const all = told.get(blob);
    if (all === undefined) told.set(blob, [wrapped]);
    else all.push(wrapped);
  };
  const { marks, frontier } = holdings.base().state;
  for (const mark of marks.keys()) {
    const blob = blobOfMark(mark);
    const wrapped = blob === null ? null : wrappedKeyOf(marks, blob);
    if (blob !== null && wrapped !== null) add(blob, wrapped);
  }
  for (const [session, log] of holdings.journal().sessions()) {
    for (const fact of log.since(seqIn(frontier, session) + 1)) {
      if (fact.envelope.kind !== 'blobs.wrapped') continue;
      const body = bodyOf(fact);
      if (!body.ok || body.value.kind !== 'blobs.wrapped') continue;
      const { epoch, wraps } = body.value;
      for (const { blob, wrap } of wraps) add(blob, { epoch, wrap });
    }
  }
  return told;
};
