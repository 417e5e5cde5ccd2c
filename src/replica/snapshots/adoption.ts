import type { HeadId, RosterHash, StatementHash } from '../../core/base/brands.js';
import { assert } from '../../core/base/result.js';
import { joinFrontiers, seqIn } from '../../core/journal/frontier.js';
import type { State } from '../../core/journal/state.js';
import { type Capture, captureState, parsePayload } from '../../core/snapshots/payload.js';
import { type Ground, type Recomputed, recompute } from '../../core/snapshots/proposal.js';
import type { SnapshotSubject } from '../../core/authority/statement.js';
import type { Ceremony } from '../../core/ceremonies/ceremony.js';
import type { Change } from '../../ports/store.js';
import type { Context } from '../context.js';
import type { Holdings } from '../journal/holdings.js';
import { keptPastRows } from '../journal/kept-past.js';
import { isUndecided } from '../decisions/standing-of.js';
import { addProblem } from '../loop/problems.js';
import { KEYS, deleteRow, factRows, putBytes, putRow } from '../storage/rows.js';
import { wallNowMs } from '../loop/wall-time.js';
import { createWorkAllowance } from './work-allowance.js';

/** What recomputing showed, or that its proposer had so many worked out that it has to wait. */
export type Worked = Recomputed | { readonly kind: 'put-off' };

/** Recomputing costs a fold: each statement is computed once for each journal it may depend on. */
export interface Recomputer {
  readonly of: (statement: StatementHash, subject: SnapshotSubject) => Worked;
  readonly captureOf: (statement: StatementHash) => Capture | null;
  /** Takes it that a statement says just what was captured here, at its cut, from the facts. */
  readonly know: (statement: StatementHash, capture: Capture) => void;
  /** Lets go of what was computed: it belonged to a base that is past. */
  readonly clear: () => void;
}

export const createRecomputer = (context: Context): Recomputer => {
  const results = new Map<StatementHash, { readonly key: string; readonly result: Recomputed }>();
  const captures = new Map<StatementHash, Capture>();
  const allowance = createWorkAllowance(context);

  /** Each capture is a whole account: of what was withdrawn, refused or ran out none is kept. */
  const isOfUse = (holdings: Holdings, statement: StatementHash): boolean => {
    if (holdings.completions().has(statement)) return true;
    const ceremony = holdings.ceremonies().get(statement);
    const nowMs = context.ports.clock.wallMs();
    return ceremony !== undefined && isUndecided(holdings, ceremony, nowMs);
  };

  const forget = (statement: StatementHash): void => {
    results.delete(statement);
    captures.delete(statement);
  };

  /** What somebody else asks, and this device neither agreed to nor has to follow. */
  const foreign = (holdings: Holdings, statement: StatementHash): Ceremony | null => {
    const ceremony = holdings.ceremonies().get(statement);
    if (ceremony === undefined || holdings.completions().has(statement)) return null;
    const { heldBy, approvals } = ceremony;
    return heldBy.has(holdings.me) || approvals.has(holdings.me) ? null : ceremony;
  };

  const of = (statement: StatementHash, subject: SnapshotSubject): Worked => {
    const { holdings } = context;
    assert(holdings !== null, 'an account is open');
    const ground = groundFor(holdings, statement, subject);
    const key = keyOf(holdings, ground.roster);
    const held = results.get(statement);
    if (held !== undefined && isFinal(held.result) && held.key === key) return held.result;
    const asked = foreign(holdings, statement);
    if (asked !== null && !allowance.mayWork(asked)) return { kind: 'put-off' };
    const { roster, quarantine, fold } = subject;
    const judge = holdings.judgeAt(roster, quarantine, fold);
    const capture = (state: State): Capture => {
      const made = captureState(state, roster, fold);
      for (const each of captures.keys()) if (!isOfUse(holdings, each)) forget(each);
      captures.set(statement, made);
      return made;
    };
    const result = recompute(subject, ground, holdings.journal(), judge, capture);
    if (asked !== null && isFinal(result)) allowance.noteWork(asked);
    results.set(statement, { key, result });
    return result;
  };

  return {
    of,
    captureOf: (statement) => captures.get(statement) ?? null,
    know: (statement, capture) => {
      const { holdings } = context;
      assert(holdings !== null, 'an account is open');
      captures.set(statement, capture);
      const key = keyOf(holdings, holdings.chain().tipHash);
      results.set(statement, { key, result: { kind: 'equal' } });
    },
    clear: () => {
      results.clear();
      captures.clear();
    },
  };
};

/** Once the facts below a cut are here, no later ones change what it comes to. */
const isFinal = ({ kind }: Recomputed): boolean =>
  kind === 'equal' || kind === 'differs' || kind === 'other-chain';

/** What a result depends on besides the statement and the facts below its cut. */
const keyOf = (holdings: Holdings, roster: RosterHash): string => {
  const points = [...holdings.quarantine()].map(([session, { seq }]) => `${session}:${seq}`);
  const versions = [holdings.foldVersion(), holdings.reads(), holdings.transitions().size];
  return [roster, holdings.base().id, ...versions, ...points].join();
};

/**
 * What is completed stays computable under the roster and the fold version that it was agreed
 * under, whatever came since (rule C10): else nobody could adopt a snapshot that a roster change
 * overtook.
 */
const groundFor = (
  holdings: Holdings,
  statement: StatementHash,
  { roster, epoch, fold }: SnapshotSubject,
): Ground => {
  const ground = holdings.ground();
  const isAgreed =
    holdings.completions().has(statement) && holdings.chain().recordAt(roster) !== null;
  return isAgreed ? { ...ground, roster, epoch, fold } : ground;
};

/**
 * Adopts a completed snapshot (rules S5, S6): stores payload and receipt and prunes the covered
 * facts in one strict transaction, then moves the base. False when the store refused;
 * nothing changed.
 *
 * Where this device's own result differs from what the others agreed to, the covered facts are kept
 * aside as evidence in that same transaction. What this device would have to give back is kept
 * aside as long as the head may fall (rule A11).
 */
export const adoptHead = async (
  context: Context,
  recomputer: Recomputer,
  head: HeadId,
  payload: { readonly bytes: Uint8Array; readonly state: State },
): Promise<boolean> => {
  const { holdings } = context;
  const completion = holdings?.completions().get(head)?.completion;
  if (holdings === null || completion === undefined || !holdings.standing().has(head)) return false;
  const result = recomputer.of(head, completion).kind;
  if (result === 'differs') raiseAlarm(context);
  const covered = coverage(holdings, payload.state);
  const changes: Change[] = [
    putBytes('payloads', KEYS.payload(completion.payload), payload.bytes),
    putRow('governance', KEYS.receipt(head), {
      at: wallNowMs(context.ports.clock),
      facts: covered.facts,
      bytes: covered.bytes,
      size: payload.bytes.length,
    }),
    ...alarmChanges(holdings, head, payload.state, result),
    ...keptPastRows(holdings, head, payload.state, context.ports.clock.wallMs()),
    ...pruningOf(context, holdings, payload.state),
    // It speaks of facts that go in this very commit, and may be as large as the payload.
    deleteRow('payloads', KEYS.checkpoint),
  ];
  const done = await context.commit(changes, 'strict');
  if (!done.ok) return false;
  holdings.addPayload(head, payload.state);
  recomputer.clear();
  if (result === 'equal') dropAlarm(context);
  context.activity.add('facts-pruned', 'good', null, {
    facts: covered.facts,
    bytes: covered.bytes,
    index: completion.index,
  });
  context.changed();
  return true;
};

/** Says that this device computed something else than the others agreed to (rule S5). */
export const raiseAlarm = (context: Context): void => {
  if (context.problems.some((problem) => problem.kind === 'digest-alarm')) return;
  addProblem(context, 'digest-alarm');
  context.activity.add('digest-alarm', 'bad', null);
};

/** A later snapshot that this device computed alike shows that it is itself again. */
const dropAlarm = (context: Context): void => {
  context.problems = context.problems.filter((problem) => problem.kind !== 'digest-alarm');
};

/** The mark that outlives a restart, and the covered facts as they were. */
const alarmChanges = (
  holdings: Holdings,
  head: HeadId,
  state: State,
  result: Worked['kind'],
): Change[] => {
  if (result === 'equal') return [deleteRow('governance', KEYS.alarm)];
  if (result !== 'differs') return [];
  const kept = [...holdings.journal().sessions()].flatMap(([session, log]) => {
    const facts = log.facts.filter(
      ({ envelope }) => envelope.seq <= seqIn(state.frontier, session),
    );
    const row = facts.map((fact) => fact.bytes);
    return row.length === 0 ? [] : putRow('governance', KEYS.kept(head, session), row);
  });
  return [putRow('governance', KEYS.alarm, { head }), ...kept];
};

/** Verifies a payload's bytes against the head that names it (rule S7). */
export const readPayloadOf = (
  holdings: Holdings,
  head: HeadId,
  bytes: Uint8Array,
): ReturnType<typeof parsePayload> | null => {
  const completion = holdings.completions().get(head)?.completion;
  return completion === undefined ? null : parsePayload(bytes, completion, holdings.reads());
};

const coverage = (holdings: Holdings, state: State): { facts: number; bytes: number } => {
  let facts = 0;
  let bytes = 0;
  for (const [session, log] of holdings.journal().sessions()) {
    for (const fact of log.facts) {
      if (fact.envelope.seq > seqIn(state.frontier, session)) break;
      facts += 1;
      bytes += fact.bytes.length;
    }
  }
  return { facts, bytes };
};

/**
 * Every session that the cut touches is rewritten with its uncovered tail alone; what is stored of
 * a harmed one may be more than what is held, and stays.
 */
const pruningOf = ({ harmed }: Context, holdings: Holdings, state: State): Change[] => {
  const cut = joinFrontiers(holdings.base().state.frontier, state.frontier);
  const changes: Change[] = [];
  for (const [session, log] of holdings.journal().sessions()) {
    const covered = seqIn(cut, session);
    if (covered < Math.max(log.firstSeq, harmed.get(session) ?? -1)) continue;
    const tail = log.facts.slice(covered - log.firstSeq + 1);
    changes.push({
      kind: 'delete-range',
      table: 'facts',
      from: KEYS.factsFrom(session),
      to: KEYS.factsTo(session),
    });
    changes.push(...factRows(session, covered + 1, tail));
  }
  return changes;
};
