import type { SessionId } from '../../core/base/brands.js';
import { isHex32 } from '../../core/base/brands.js';
import { assert } from '../../core/base/result.js';
import { type Work, atOnce } from '../../core/base/work.js';
import { type Fact, parseKeptFact } from '../../core/facts/codec.js';
import { type AdmittedFact, type AdmittedRun, admitRun, planRun } from '../../core/facts/run.js';
import type { RunContext, SessionTip } from '../../core/facts/run.js';
import type { StoredFacts } from '../../core/journal/journal.js';
import type { Row } from '../../ports/store.js';
import { readCheckpoint } from './checkpoint-codec.js';
import type { Holdings } from '../journal/holdings.js';
import { readRow } from './rows.js';
import { type Seal, looksSealed, rowsBySession } from './seals.js';

/** What came of the rows of facts. */
export interface LoadedFacts {
  /** Sessions whose rows did not read back. */
  readonly damaged: readonly SessionId[];
  /** So many facts were taken up with what they had been folded into; 0 when all were read. */
  readonly takenUp: number;
}

/**
 * Takes the stored facts in, as they were admitted before (rule F9).
 *
 * A checkpoint that is of this footing, and whose rows are what they were, spares reading and
 * folding what it speaks of. Else, whatever the reason, every fact is read and folded.
 */
export function* loadFacts(
  holdings: Holdings,
  rows: readonly Row[],
  signatureRows: readonly Row[],
  checkpoint: Uint8Array | null,
): Work<LoadedFacts> {
  const bySession = rowsBySession(rows.filter((row) => isHex32(row.key.slice(0, 64))));
  const signatures = new Map(signatureRows.map((row) => [row.key, readRow(row.value)]));
  const taken = yield* takeUp(holdings, bySession, signatures, checkpoint);
  if (taken !== null) return taken;
  return { damaged: yield* readAll(holdings, bySession, signatures), takenUp: 0 };
}

type RowsBySession = ReadonlyMap<SessionId, readonly Row[]>;
type Signatures = ReadonlyMap<string, unknown>;

function* readAll(
  holdings: Holdings,
  bySession: RowsBySession,
  signatures: Signatures,
): Work<readonly SessionId[]> {
  const runs: AdmittedRun[] = [];
  const damaged: SessionId[] = [];
  for (const [session, rows] of bySession) {
    const tip = holdings.journal().tip(session);
    const run = yield* readingSession(holdings, session, tip, rows, signatures.get(session));
    if (run === 'damaged') damaged.push(session);
    else if (run !== null) runs.push(run);
  }
  holdings.addRuns(runs, createCounting(FACTS_AT_ONCE));
  while (!holdings.foldOn(createCounting(FACTS_AT_ONCE))) yield;
  return damaged;
}

/** So many facts are read or folded before others may have a turn. */
const FACTS_AT_ONCE = 32;

/** Is over after so many looks. */
const createCounting = (count: number): (() => boolean) => {
  let looks = 0;
  return () => (looks += 1) >= count;
};

/** Null, and nothing done, where the checkpoint and the rows do not fit together. */
function* takeUp(
  holdings: Holdings,
  bySession: RowsBySession,
  signatures: Signatures,
  bytes: Uint8Array | null,
): Work<LoadedFacts | null> {
  const checkpoint = bytes === null ? null : yield* readCheckpoint(bytes, holdings.footing());
  if (checkpoint === null) return null;
  const sealBySession = new Map(checkpoint.seals.map((seal) => [seal.session, seal]));
  for (const seal of checkpoint.seals) {
    if (!(yield* looksSealed(seal, bySession.get(seal.session) ?? []))) return null;
  }
  const stored = new Map<SessionId, StoredFacts>();
  const runs: AdmittedRun[] = [];
  const damaged: SessionId[] = [];
  for (const [session, rows] of bySession) {
    const seal = sealBySession.get(session);
    const signed = signatures.get(session);
    const tip = seal?.tip ?? holdings.journal().tip(session);
    const later = rows.slice(seal?.rows ?? 0);
    const run = yield* readingSession(holdings, session, tip, later, signed);
    if (seal !== undefined) {
      if (run === 'damaged' || !isSignedBeyond(seal, signed)) return null;
      stored.set(session, storedFacts(holdings, seal, rows.slice(0, seal.rows), signed));
    }
    if (run === 'damaged') damaged.push(session);
    else if (run !== null) runs.push(run);
  }
  holdings.resume(checkpoint.kept, stored);
  holdings.addRuns(runs);
  const takenUp = checkpoint.seals.reduce((sum, seal) => sum + seal.count, 0);
  return { damaged, takenUp };
}

/** Whether a signature row still reads back and speaks of the sealed facts or of later ones. */
const isSignedBeyond = (seal: Seal, signed: unknown): boolean => {
  const [seq, , id] = Array.isArray(signed) ? (signed as readonly unknown[]) : [];
  if (typeof seq !== 'number' || seq < seal.tip.seq) return false;
  return seq > seal.tip.seq || typeof id !== 'string' || id === seal.tip.id;
};

/** Sealed facts, read when someone asks for them. */
const storedFacts = (
  holdings: Holdings,
  seal: Seal,
  rows: readonly Row[],
  signed: unknown,
): StoredFacts => {
  const { session, firstSeq, count, bytes, tip } = seal;
  const [seq, signature] = signed as readonly [number, Uint8Array];
  const before = holdings.journal().tip(session);
  const parsed: Fact[] = [];
  let next = 0;
  /** Of the row that is being read, what is left. */
  let items: readonly Uint8Array[] = [];

  const readSome = (): boolean => {
    const row = rows[next];
    if (items.length === 0 && row !== undefined) {
      next += 1;
      items = itemsOf(row);
    }
    for (const item of items.slice(0, FACTS_AT_ONCE)) {
      const fact = parseKeptFact(item);
      assert(fact.ok, 'a sealed row holds facts');
      parsed.push(fact.value);
    }
    items = items.slice(FACTS_AT_ONCE);
    return items.length > 0 || next < rows.length;
  };

  const read = (): readonly AdmittedFact[] => {
    while (readSome());
    const planned = planRun(before, parsed, new Map([[tip.seq, signature]]), contextOf(holdings));
    const run = planned.ok ? admitRun(planned.value, true) : null;
    const isWhole = run?.ok === true && run.value.tip.id === tip.id;
    assert(isWhole && run.value.facts.length === count, 'sealed facts are those of the seal');
    return run.value.facts;
  };

  const end = seq === tip.seq ? { seq, signature } : null;
  return { firstSeq, count, bytes, tip, signed: end, read, readSome };
};

const contextOf = (holdings: Holdings): RunContext => ({
  account: holdings.account,
  lamportOfHead: (head) => holdings.completions().get(head)?.completion.lamport ?? null,
});

const itemsOf = (row: Row): readonly Uint8Array[] => {
  const packed = readRow(row.value);
  const items = Array.isArray(packed) ? (packed as readonly unknown[]) : [];
  return items.filter((item) => item instanceof Uint8Array);
};

/**
 * The facts of one session beyond a tip, as they follow from its rows and its signature row; null
 * where there are none.
 */
export const readSession = (...of: Parameters<typeof readingSession>): ReadSession =>
  atOnce(readingSession(...of));

type ReadSession = AdmittedRun | 'damaged' | null;

function* readingSession(
  holdings: Holdings,
  session: SessionId,
  tip: SessionTip | null,
  rows: readonly Row[],
  signed: unknown,
): Work<ReadSession> {
  // Rows of before have no id of the signed fact: their last fact is believed as it is.
  const [seq, signature, id] = Array.isArray(signed) ? (signed as readonly unknown[]) : [];
  if (typeof seq !== 'number' || !(signature instanceof Uint8Array)) return 'damaged';
  const facts = yield* chainUpTo(seq, (tip?.seq ?? -1) + 1, session, rows.flatMap(itemsOf));
  if (facts === null) return 'damaged';
  if (facts.length === 0) return null;
  if (typeof id === 'string' && facts.at(-1)?.id !== id) return 'damaged';
  const planned = planRun(tip, facts, new Map([[seq, signature]]), contextOf(holdings));
  if (!planned.ok) return planned.error.kind === 'nothing-new' ? null : 'damaged';
  const run = admitRun(planned.value, true);
  return run.ok ? run.value : 'damaged';
}

/**
 * The facts from a seq up to the signed one, whatever rows they lie in: rows may overlap where a
 * damaged session was fetched again. Null when one of them is missing or does not read back.
 */
function* chainUpTo(
  signedSeq: number,
  fromSeq: number,
  session: SessionId,
  all: readonly Uint8Array[],
): Work<readonly Fact[] | null> {
  const factBySeq = new Map<number, Fact>();
  for (const [index, bytes] of all.entries()) {
    if (index % FACTS_AT_ONCE === FACTS_AT_ONCE - 1) yield;
    const fact = parseKeptFact(bytes);
    if (fact.ok && fact.value.envelope.session === session) {
      factBySeq.set(fact.value.envelope.seq, fact.value);
    }
  }
  const facts: Fact[] = [];
  for (let seq = fromSeq; seq <= signedSeq; seq += 1) {
    const fact = factBySeq.get(seq);
    if (fact === undefined) return null;
    facts.push(fact);
  }
  return facts;
}
