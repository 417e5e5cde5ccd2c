import type { HeadId, PayloadId } from '../../core/base/brands.js';
import { type Retention, outdatedPayloads } from '../../core/snapshots/retention.js';
import { readPayloadOf } from './adoption.js';
import type { Context } from '../context.js';
import type { Holdings } from '../journal/holdings.js';
import { dropKeptPast } from '../journal/kept-past.js';
import { KEYS, deleteRow } from '../storage/rows.js';

/** Keeps the payloads that may still be needed, and lets go of the others (rules S5, A11). */
export interface PayloadKeeper {
  /** Which payloads the store held when it was opened. */
  readonly load: (payloads: readonly PayloadId[]) => void;
  /** Takes up a kept payload of a head that the base came back to; true when there was one. */
  readonly restore: () => Promise<boolean>;
  /** Deletes what nobody can need from here any more of the outdated heads. */
  readonly prune: (known: Retention, outdated: ReadonlySet<HeadId>) => Promise<void>;
}

export const createPayloadKeeper = (context: Context): PayloadKeeper => {
  const onDisk = new Set<PayloadId>();
  /** Heads for which nothing is kept aside any more. */
  const isBare = new Set<HeadId>();

  const restoreHead = async (holdings: Holdings, head: HeadId): Promise<boolean> => {
    const payload = holdings.completions().get(head)?.completion.payload;
    if (payload === undefined || !onDisk.has(payload)) return false;
    const read = await context.ports.store.get('payloads', KEYS.payload(payload));
    if (!read.ok) return false;
    const state = read.value === null ? null : readPayloadOf(holdings, head, read.value);
    if (state?.ok !== true) {
      // It did not read back: a peer has to give it.
      onDisk.delete(payload);
      return false;
    }
    holdings.addPayload(head, state.value);
    return true;
  };

  return {
    load: (payloads) => payloads.forEach((payload) => onDisk.add(payload)),
    restore: async () => {
      const { holdings } = context;
      if (holdings === null) return false;
      for (const head of holdings.tips()) {
        if (holdings.payloadStates().has(head)) continue;
        if (await restoreHead(holdings, head)) return true;
      }
      return false;
    },
    prune: async (known, outdated) => {
      const { holdings } = context;
      if (holdings === null) return;
      for (const head of holdings.payloadStates().keys()) {
        const payload = holdings.completions().get(head)?.completion.payload;
        if (payload !== undefined) onDisk.add(payload);
      }
      const gone = [...outdatedPayloads(known, outdated)].filter((each) => onDisk.has(each));
      const bare = [...outdated].filter((head) => !isBare.has(head));
      if (gone.length + bare.length > 0) {
        const rows = gone.map((payload) => deleteRow('payloads', KEYS.payload(payload)));
        const done = await context.commit([...rows, ...bare.map(dropKeptPast)], 'relaxed');
        if (!done.ok) return;
        gone.forEach((payload) => onDisk.delete(payload));
        bare.forEach((head) => isBare.add(head));
      }
      holdings.dropPayloads(outdated);
    },
  };
};
