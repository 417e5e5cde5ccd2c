import type { BaseId, SessionId } from '../../core/base/brands.js';
import { isHex32 } from '../../core/base/brands.js';
import {
  type CanonicalValue,
  decodeCanonical,
  encodeCanonical,
} from '../../core/base/canonical.js';
import { compareBytes } from '../../core/base/hash.js';
import { LIMITS } from '../../core/base/limits.js';
import { assert, err, ok } from '../../core/base/result.js';
import type { CarriedRun, Carrier, CarrierShelf } from '../../ports/carrier.js';

/** What stays of closed carriers, by base. */
export type CarrierDisk = Map<BaseId, ReadonlyMap<SessionId, readonly Uint8Array[]>>;

/**
 * A carrier without a document engine: one list of facts a session, updates in canonical CBOR.
 *
 * Keeps the port's promises, so that all but the engine and its codec is what production runs.
 */
export const createFakeShelf = (disk: CarrierDisk): CarrierShelf => ({
  open: async (base) => createFakeCarrier(disk, base),
  keepOnly: async (base) => {
    for (const kept of [...disk.keys()]) if (kept !== base) disk.delete(kept);
  },
});

const createFakeCarrier = (disk: CarrierDisk, base: BaseId): Carrier => {
  const lists = new Map<SessionId, Uint8Array[]>();
  for (const [session, facts] of disk.get(base) ?? []) lists.set(session, [...facts]);

  const beyond = (held: (session: SessionId) => number): Uint8Array | null => {
    const runs: [SessionId, number, Uint8Array[]][] = [];
    for (const [session, facts] of lists) {
      const from = held(session);
      if (from < facts.length) runs.push([session, from, facts.slice(from)]);
    }
    runs.sort(([a], [b]) => (a < b ? -1 : 1));
    return runs.length === 0 ? null : encodeCanonical(runs);
  };

  return {
    base,
    append: (runs) => {
      for (const { session, firstPlace, facts } of runs) {
        const list = lists.get(session) ?? [];
        assert(firstPlace <= list.length, 'a run joins on to what the document holds');
        facts.forEach((fact, index) => {
          const held = list[firstPlace + index];
          if (held !== undefined && compareBytes(held, fact) === 0) return;
          list.length = firstPlace + index;
          list.push(fact);
        });
        lists.set(session, list);
      }
    },
    lengths: () => new Map([...lists].map(([session, facts]) => [session, facts.length])),
    stateVector: () => new Uint8Array([lists.size & 0xff]),
    updateFor: () => beyond(() => 0),
    updateBeyond: (held) => beyond((session) => held.get(session) ?? 0),
    snapshotBytes: () => beyond(() => 0) ?? new Uint8Array(0),
    decodeUpdate: async (update) => {
      const decoded = decodeCanonical(update, LIMITS.updateBytesMax);
      const runs = decoded.ok && Array.isArray(decoded.value) ? decoded.value.map(runFrom) : [null];
      const read = runs.flatMap((run) => run ?? []);
      return read.length === runs.length ? ok(read) : err({ kind: 'undecodable' });
    },
    close: async () => void disk.set(base, lists),
    destroy: async () => void disk.delete(base),
  };
};

const runFrom = (value: CanonicalValue): CarriedRun | null => {
  const [session, firstPlace, facts] = Array.isArray(value) ? (value as CanonicalValue[]) : [];
  if (typeof session !== 'string' || !isHex32(session)) return null;
  if (typeof firstPlace !== 'number' || firstPlace < 0 || !Array.isArray(facts)) return null;
  if (facts.length === 0 || !facts.every((fact) => fact instanceof Uint8Array)) return null;
  return { session: session as SessionId, firstPlace, facts: facts as Uint8Array[] };
};
