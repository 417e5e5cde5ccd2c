import { brandHex, isHex32 } from '../../core/base/brands.js';
import type { HeadId } from '../../core/base/brands.js';
import type { CanonicalValue } from '../../core/base/canonical.js';
import type { Context } from '../context.js';
import { numberIn, readRow } from '../storage/rows.js';
import type { Receipt } from '../views/view-builder.js';

const PREFIX = 'receipt:';

/** What each adopted snapshot let go here (rule S11), read once for each head that is held. */
export interface Receipts {
  readonly byHead: ReadonlyMap<HeadId, Receipt>;
  readonly settle: () => Promise<void>;
}

export const createReceipts = (context: Context): Receipts => {
  const byHead = new Map<HeadId, Receipt>();
  const looked = new Set<HeadId>();

  const settle = async (): Promise<void> => {
    const held = [...(context.holdings?.payloadStates().keys() ?? [])];
    if (held.every((head) => looked.has(head))) return;
    const rows = await context.ports.store.read('governance', PREFIX, 'receipt;');
    if (!rows.ok) return;
    for (const head of held) looked.add(head);
    for (const row of rows.value) {
      const head = row.key.slice(PREFIX.length);
      const receipt = isHex32(head) ? receiptOf(readRow(row.value)) : null;
      if (receipt !== null) byHead.set(brandHex<HeadId>(head), receipt);
    }
  };

  return { byHead, settle };
};

/** Null for a row that does not read back: it is damage, and only the screen misses it. */
const receiptOf = (value: CanonicalValue): Receipt | null => {
  const [atMs, facts, bytes, payloadBytes] = ['at', 'facts', 'bytes', 'size'].map((field) =>
    numberIn(value, field),
  );
  const isWhole = atMs != null && facts != null && bytes != null && payloadBytes != null;
  return isWhole ? { atMs, facts, bytes, payloadBytes } : null;
};
