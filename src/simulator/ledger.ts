import type { SessionId } from '../core/base/brands.js';
import { decodeCanonical } from '../core/base/canonical.js';
import { compareBytes } from '../core/base/hash.js';
import { type Body, parseBody } from '../core/facts/bodies.js';
import { type Fact, parseFact } from '../core/facts/codec.js';
import type { Change } from '../ports/store.js';

/** A fact that some device has written to its disk. */
export interface LedgerEntry {
  readonly fact: Fact;
  /** Null for kinds and bodies that this version does not read. */
  readonly body: Body | null;
  /** In order of writing: how many facts were there before. */
  readonly place: number;
  /** The only disk that held it was damaged: nobody can be asked to have it. */
  isExcused: boolean;
}

/** Every fact ever written to any disk, whatever was pruned since. */
export interface Ledger {
  /** Reads the rows of facts in a commit; gives the entries of all facts in them. */
  readonly take: (changes: readonly Change[]) => readonly LedgerEntry[];
  /** The variants at one place: more than one where an author told two stories. */
  readonly at: (session: SessionId, seq: number) => readonly LedgerEntry[];
  readonly sessions: () => ReadonlyMap<SessionId, readonly (readonly LedgerEntry[])[]>;
  readonly all: () => readonly LedgerEntry[];
}

export const createLedger = (found: (entry: LedgerEntry, all: readonly LedgerEntry[]) => void) => {
  const sessions = new Map<SessionId, LedgerEntry[][]>();
  const all: LedgerEntry[] = [];

  const put = (session: SessionId, seq: number, bytes: Uint8Array): LedgerEntry | null => {
    const places = sessions.get(session) ?? [];
    sessions.set(session, places);
    const variants = places[seq] ?? [];
    places[seq] = variants;
    const held = variants.find(({ fact }) => compareBytes(fact.bytes, bytes) === 0);
    if (held !== undefined) return held;
    const fact = parseFact(bytes);
    if (!fact.ok) return null;
    const body = parseBody(fact.value.envelope.kind, fact.value.bodyBytes);
    const entry: LedgerEntry = {
      fact: fact.value,
      body: body.ok ? (body.value as Body) : null,
      place: all.length,
      isExcused: false,
    };
    variants.push(entry);
    all.push(entry);
    found(entry, variants);
    return entry;
  };

  const ledger: Ledger = {
    take: (changes) =>
      changes.flatMap((change) => {
        if (change.kind !== 'put' || change.table !== 'facts') return [];
        const session = change.key.slice(0, 64) as SessionId;
        const firstSeq = Number(change.key.slice(65));
        const row = decodeCanonical(change.value, Number.MAX_SAFE_INTEGER);
        const facts = row.ok && Array.isArray(row.value) ? (row.value as Uint8Array[]) : [];
        return facts.flatMap((bytes, index) => put(session, firstSeq + index, bytes) ?? []);
      }),
    at: (session, seq) => sessions.get(session)?.[seq] ?? [],
    sessions: () => sessions,
    all: () => all,
  };
  return ledger;
};
