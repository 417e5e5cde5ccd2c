import type { SessionId } from '../../core/base/brands.js';
import { createChecksum } from '../../core/base/checksum.js';
import { compareBytes } from '../../core/base/hash.js';
import { type Work, atOnce } from '../../core/base/work.js';
import type { AdmittedFact } from '../../core/facts/run.js';
import type { SessionTip } from '../../core/journal/frontier.js';
import type { Journal, SessionLog } from '../../core/journal/journal.js';
import type { Row } from '../../ports/store.js';
import { readRow } from './rows.js';

/** What a session's first rows were when their facts had been admitted, down to the bit. */
export interface Seal {
  readonly session: SessionId;
  readonly firstSeq: number;
  /** How many rows, from the first one on, it speaks of. */
  readonly rows: number;
  readonly count: number;
  /** Bytes of the facts in them. */
  readonly bytes: number;
  /** Over keys and values of those rows. */
  readonly sum: string;
  /** The last fact in them. */
  readonly tip: SessionTip;
}

/** Rows of the facts table by session, in the order of their keys. */
export const rowsBySession = (rows: readonly Row[]): ReadonlyMap<SessionId, readonly Row[]> => {
  const bySession = new Map<SessionId, Row[]>();
  for (const row of rows) {
    const session = row.key.slice(0, 64) as SessionId;
    const held = bySession.get(session);
    if (held === undefined) bySession.set(session, [row]);
    else held.push(row);
  }
  return bySession;
};

/**
 * Seals the rows of every session of a journal.
 *
 * Rows are compared with the facts in memory, which were admitted: a seal never speaks of bytes
 * that nobody verified. Null where a session's rows are not just its facts, one after the other:
 * then nothing is sealed at all.
 */
export const sealRows = (journal: Journal, rows: readonly Row[]): readonly Seal[] | null =>
  atOnce(sealing(journal, rows));

/** The same as work that can be cut; the journal stays as it is meanwhile. */
export function* sealing(journal: Journal, rows: readonly Row[]): Work<readonly Seal[] | null> {
  const bySession = rowsBySession(rows);
  const seals: Seal[] = [];
  for (const [session, log] of journal.sessions()) {
    const held = bySession.get(session) ?? [];
    const tip = journal.tip(session);
    const bytes = yield* bytesOfAll(log, held);
    if (bytes === null || tip === null || log.signed?.seq !== tip.seq) return null;
    const { firstSeq, count } = log;
    const sum = yield* summing(held);
    seals.push({ session, firstSeq, rows: held.length, count, bytes, sum, tip });
  }
  return seals;
}

/** Whether the rows that a seal speaks of are what they were. */
export const isSealed = (seal: Seal, rows: readonly Row[]): boolean =>
  atOnce(looksSealed(seal, rows));

/** The same as work that can be cut. */
export function* looksSealed(seal: Seal, rows: readonly Row[]): Work<boolean> {
  if (rows.length < seal.rows) return false;
  return (yield* summing(rows.slice(0, seal.rows))) === seal.sum;
}

const KEY_BYTES = new TextEncoder();

/** The sum of rows, keys and values. */
export const sumOfRows = (rows: readonly Row[]): string => atOnce(summing(rows));

function* summing(rows: readonly Row[]): Work<string> {
  const sum = createChecksum();
  for (const { key, value } of rows) {
    sum.add(KEY_BYTES.encode(key));
    sum.add(value);
    yield;
  }
  return sum.value();
}

/** Bytes of a log's facts where the rows hold exactly them; null where they hold anything else. */
function* bytesOfAll(log: SessionLog, rows: readonly Row[]): Work<number | null> {
  const { facts } = log;
  let place = 0;
  let bytes = 0;
  for (const row of rows) {
    const packed = readRow(row.value);
    if (!Array.isArray(packed)) return null;
    for (const item of packed as readonly unknown[]) {
      if (!isFact(facts[place], item)) return null;
      place += 1;
      bytes += item.length;
    }
    yield;
  }
  return place === facts.length && place > 0 ? bytes : null;
}

const isFact = (fact: AdmittedFact | undefined, item: unknown): item is Uint8Array =>
  fact !== undefined && item instanceof Uint8Array && compareBytes(fact.bytes, item) === 0;
