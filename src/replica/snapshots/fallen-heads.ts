import type { HeadId, SessionId } from '../../core/base/brands.js';
import { factSigningBytes } from '../../core/facts/codec.js';
import type { AdmittedRun } from '../../core/facts/run.js';
import type { Change, Row } from '../../ports/store.js';
import { readPayloadOf } from './adoption.js';
import type { Context } from '../context.js';
import type { Holdings } from '../journal/holdings.js';
import { carry, signatureRow } from '../journal/intake.js';
import { keptPastRange, sessionOfKeptPast } from '../journal/kept-past.js';
import { KEYS, factRows, readRow } from '../storage/rows.js';
import { readSession } from '../storage/stored-facts.js';

/**
 * What a device does when a snapshot that it had adopted falls (rule A11).
 *
 * Its own facts, those that only that snapshot covered and those after it, are taken back into the
 * journal as they were, so each counts once whoever else holds it still; so are those that count of
 * members that are gone, as far as they were kept aside. They are kept until they are rows again,
 * so a device that dies in between takes them back at its next start. What else it said is put into
 * sight for a person (`Stranded`).
 */
export interface FallenHeads {
  /** True when facts came back. */
  readonly settle: () => Promise<boolean>;
}

export const createFallenHeads = (context: Context): FallenHeads => {
  let seen = '';

  const settle = async (): Promise<boolean> => {
    const { holdings } = context;
    if (holdings === null) return false;
    const standing = holdings.standing();
    const fallen = [...holdings.completions().keys()].filter((head) => !standing.has(head)).sort();
    const now = [holdings.base().id, ...fallen].join();
    if (fallen.length === 0 || now === seen) return false;
    for (const head of fallen) await showPayload(context, holdings, head);
    const runs = await runsBack(context, holdings, fallen);
    const changes = runs.flatMap((run) => rewrittenRows(holdings, run));
    if (changes.length > 0 && !(await context.commit(changes, 'strict')).ok) return false;
    seen = now;
    const fresh = holdings.addRuns(runs);
    carry(context, holdings, runs);
    if (fresh.length > 0) context.activity.add('edits-back', 'warn', null, { facts: fresh.length });
    context.changed();
    return fresh.length > 0;
  };

  return { settle };
};

/** What a fallen head says is only shown; a head whose payload is not kept was never adopted. */
const showPayload = async (context: Context, holdings: Holdings, head: HeadId): Promise<void> => {
  const payload = holdings.completions().get(head)?.completion.payload;
  if (payload === undefined || holdings.fallen().has(head)) return;
  const read = await context.ports.store.get('payloads', KEYS.payload(payload));
  const state = !read.ok || read.value === null ? null : readPayloadOf(holdings, head, read.value);
  if (state?.ok === true) holdings.addFallen(head, state.value);
};

/** Sessions from where the journal ends now up to their last signature. */
const runsBack = async (
  context: Context,
  holdings: Holdings,
  fallen: readonly HeadId[],
): Promise<readonly AdmittedRun[]> => {
  const { store } = context.ports;
  const rowsBySession = new Map<SessionId, Row[]>();
  for (const head of fallen) {
    const { from, to } = keptPastRange(head);
    const rows = await store.read('governance', from, to);
    for (const row of rows.ok ? rows.value : []) {
      const session = sessionOfKeptPast(head, row.key);
      rowsBySession.set(session, [...(rowsBySession.get(session) ?? []), row]);
    }
  }
  const runs: AdmittedRun[] = [];
  for (const [session, kept] of rowsBySession) {
    const tail = await store.read('facts', KEYS.factsFrom(session), KEYS.factsTo(session));
    const run = await runOf(context, holdings, session, [...kept, ...(tail.ok ? tail.value : [])]);
    if (run !== null && isGivenBack(holdings, run)) runs.push(run);
  }
  return runs;
};

/** Of others only what counts beyond what is held: else a removed device's late words came back. */
const isGivenBack = (holdings: Holdings, { session, author, facts }: AdmittedRun): boolean => {
  const firstSeq = facts[0]?.envelope.seq ?? 0;
  const closed = holdings.chain().closedAt(session, author, holdings.chain().tipHash);
  return author === holdings.me || closed === null || closed >= firstSeq;
};

const runOf = async (
  { ports: { store, verifier } }: Context,
  holdings: Holdings,
  session: SessionId,
  rows: readonly Row[],
): Promise<AdmittedRun | null> => {
  const signed = await store.get('signatures', KEYS.signature(session));
  if (!signed.ok || signed.value === null) return null;
  const tip = holdings.journal().tip(session);
  const run = readSession(holdings, session, tip, rows, readRow(signed.value));
  if (run === null || run === 'damaged') return null;
  // Nothing is given back that is not what was signed: it would be a second story of this session.
  const message = factSigningBytes(run.tip.id);
  const checks = [{ key: run.author, message, signature: run.signature }];
  return (await verifier.verify(checks))[0] === true ? run : null;
};

/** The whole session anew: its old rows began above what was missing. */
const rewrittenRows = (holdings: Holdings, run: AdmittedRun): readonly Change[] => {
  const { session } = run;
  const held = holdings.journal().sessions().get(session)?.facts ?? [];
  const facts = [...held, ...run.facts];
  const [from, to] = [KEYS.factsFrom(session), KEYS.factsTo(session)];
  return [
    { kind: 'delete-range', table: 'facts', from, to },
    ...factRows(session, facts[0]?.envelope.seq ?? 0, facts),
    signatureRow(run),
  ];
};
