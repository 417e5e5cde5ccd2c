import type { AccountId, DeviceId, HeadId, PayloadId, SessionId } from '../core/base/brands.js';
import { brandHex, isHex32 } from '../core/base/brands.js';
import type { StatementHash } from '../core/base/brands.js';
import {
  admitCompletion,
  completionChecks,
  parseSnapshotCompletion,
} from '../core/authority/completion.js';
import { parseRosterCompletion } from '../core/authority/roster-completion.js';
import { admitTransition, transitionChecks } from '../core/authority/transition.js';
import { type Result, ok } from '../core/base/result.js';
import { type Fact, parseFact } from '../core/facts/codec.js';
import { equivocationPoint, parseEquivocationProof } from '../core/facts/equivocation.js';
import { type AdmittedRun, admitRun, planRun } from '../core/facts/run.js';
import { payloadIdOf, readStoredPayload } from '../core/snapshots/payload.js';
import type { Row, Store, StoreError } from '../ports/store.js';
import { type Holdings, createHoldings } from './holdings.js';
import { KEYS, readRow } from './rows.js';

/** What the store says this device is. */
export interface Opened {
  readonly holdings: Holdings | null;
  readonly deviceName: string;
  readonly session: SessionId | null;
  readonly profile: readonly Row[];
  /** The payloads that are kept, of whatever head. */
  readonly payloads: readonly PayloadId[];
  readonly own: readonly Row[];
  readonly queue: readonly Row[];
  readonly activity: readonly Row[];
  /** A snapshot was adopted that this device had computed otherwise. */
  readonly isAlarmed: boolean;
  /** Sessions whose rows did not read back: their facts come again from peers. */
  readonly damaged: readonly SessionId[];
}

/**
 * Rebuilds the holdings from the store without verifying again what was verified before it was
 * stored (rule F9). Damaged rows are left out, never guessed at.
 *
 * `device` is who this is, null without keys; it may still be on its way while rows are read.
 */
export const openStore = async (
  store: Store,
  device: DeviceId | null | Promise<DeviceId | null>,
): Promise<Result<Opened, StoreError>> => {
  const tables = ['profile', 'governance', 'payloads', 'facts', 'signatures'] as const;
  const [me, ...all] = await Promise.all([
    device,
    ...[...tables, 'own' as const, 'queue' as const, 'activity' as const].map((table) =>
      store.read(table),
    ),
  ]);
  const failed = all.find((each) => !each.ok);
  if (failed !== undefined && !failed.ok) return failed;
  const [profile, governance, payloads, facts, signatures, own, queue, activity] = all.map(
    (each) => (each.ok ? each.value : []),
  ) as [Row[], Row[], Row[], Row[], Row[], Row[], Row[], Row[]];
  const account = textIn(profile, 'account', 'id');
  const deviceName = textIn(profile, 'device', 'name') ?? '';
  const session = textIn(profile, 'session', 'id');
  const isAlarmed = governance.some((row) => row.key === KEYS.alarm);
  const kept = payloads.flatMap((row) => (isHex32(row.key) ? brandHex<PayloadId>(row.key) : []));
  const rest = { deviceName, profile, payloads: kept, own, queue, activity, isAlarmed };
  if (account === null || !isHex32(account) || me === null) {
    return ok({ ...rest, holdings: null, session: null, damaged: [] });
  }
  const holdings = createHoldings(brandHex<AccountId>(account), me);
  loadGovernance(holdings, governance);
  loadPayloads(holdings, payloads);
  const damaged = loadFacts(holdings, facts, signatures);
  const ownSession = session !== null && isHex32(session) ? brandHex<SessionId>(session) : null;
  // Whatever is missing of the own session, its numbers are never given a second time (rule F5).
  const tip = ownSession === null ? null : holdings.journal().tip(ownSession);
  const isWhole = tip !== null && tip.seq >= numberIn(profile, 'session', 'seq');
  return ok({ ...rest, holdings, session: isWhole ? ownSession : null, damaged });
};

const loadGovernance = (holdings: Holdings, rows: readonly Row[]): void => {
  const transitions = rows.flatMap((row) => {
    const parsed = row.key.startsWith('roster:') ? parseRosterCompletion(row.value) : null;
    return parsed?.ok ? [parsed.value] : [];
  });
  transitions.sort((a, b) => a.record.epoch - b.record.epoch);
  for (const completion of transitions) {
    const { previous } = completion.record;
    const record = previous === null ? null : holdings.transitions().get(previous)?.record;
    if (record === undefined) continue;
    const predecessor = record === null ? null : { account: holdings.account, record };
    const verdicts = transitionChecks(completion, predecessor).map(() => true);
    const admitted = admitTransition(completion, predecessor, verdicts);
    if (admitted.ok) holdings.addTransition(admitted.value);
  }
  for (const row of rows) loadObject(holdings, row);
};

const SHARE_BYTES = 64;

const loadObject = (holdings: Holdings, row: Row): void => {
  const [kind, name, device] = row.key.split(':');
  if (kind === 'head') {
    const parsed = parseSnapshotCompletion(row.value);
    const record = parsed.ok ? holdings.chain().recordAt(parsed.value.roster) : null;
    if (!parsed.ok || record === null) return;
    const verdicts = completionChecks(parsed.value, record).map(() => true);
    const admitted = admitCompletion(parsed.value, { account: holdings.account, record }, verdicts);
    if (admitted.ok) holdings.addCompletion(admitted.value);
  } else if (kind === 'share' && isHex32(name ?? '') && isHex32(device ?? '')) {
    // A share of another length is damage; it comes again with the fact that holds it.
    if (row.value.length !== SHARE_BYTES) return;
    holdings.addShare(
      brandHex<StatementHash>(name as string),
      brandHex<DeviceId>(device as string),
      row.value,
    );
  } else if (kind === 'evidence') {
    const proof = parseEquivocationProof(row.value);
    if (!proof.ok) return;
    const { session, seq } = equivocationPoint(proof.value);
    holdings.addQuarantine({ session, seq });
  }
};

/**
 * Only the newest held heads carry the base; what they build on is covered by them.
 *
 * A payload whose bytes are no longer those that its head names is left out and asked for again:
 * folded on, it would differ from everybody's for ever. Where there is nobody to ask, a state with
 * a fault in it is better than none.
 */
const loadPayloads = (holdings: Holdings, rows: readonly Row[]): void => {
  const bytesById = new Map(rows.map((row) => [row.key, row.value]));
  const isAlone = holdings.chain().tip.members.length === 1;
  const load = (head: HeadId): void => {
    const completion = holdings.completions().get(head)?.completion;
    const bytes = completion === undefined ? undefined : bytesById.get(completion.payload);
    const isSound = bytes !== undefined && payloadIdOf(bytes) === completion?.payload;
    const state = bytes === undefined || !(isSound || isAlone) ? null : readStoredPayload(bytes);
    if (state?.ok) holdings.addPayload(head, state.value);
    else completion?.predecessors.forEach(load);
  };
  holdings.tips().forEach(load);
};

const loadFacts = (
  holdings: Holdings,
  rows: readonly Row[],
  signatureRows: readonly Row[],
): readonly SessionId[] => {
  const bytesBySession = new Map<SessionId, Uint8Array[]>();
  for (const row of rows) {
    const session = row.key.slice(0, 64) as SessionId;
    const packed = readRow(row.value);
    const items = Array.isArray(packed) ? (packed as readonly unknown[]) : [];
    const facts = items.filter((item) => item instanceof Uint8Array);
    if (!isHex32(session)) continue;
    const held = bytesBySession.get(session) ?? [];
    if (held.length === 0) bytesBySession.set(session, held);
    for (const fact of facts) held.push(fact);
  }
  const signatures = new Map(signatureRows.map((row) => [row.key, readRow(row.value)]));
  const runs: AdmittedRun[] = [];
  const damaged: SessionId[] = [];
  for (const [session, all] of bytesBySession) {
    const run = readSession(holdings, session, all, signatures.get(session));
    if (run === 'damaged') damaged.push(session);
    else if (run !== null) runs.push(run);
  }
  holdings.addRuns(runs);
  return damaged;
};

const readSession = (
  holdings: Holdings,
  session: SessionId,
  all: readonly Uint8Array[],
  signed: unknown,
): AdmittedRun | 'damaged' | null => {
  // Rows of before have no id of the signed fact: their last fact is believed as it is.
  const [seq, signature, id] = Array.isArray(signed) ? (signed as readonly unknown[]) : [];
  if (typeof seq !== 'number' || !(signature instanceof Uint8Array)) return 'damaged';
  const tip = holdings.journal().tip(session);
  const facts = chainUpTo(seq, (tip?.seq ?? -1) + 1, session, all);
  if (facts === null) return 'damaged';
  if (facts.length === 0) return null;
  if (typeof id === 'string' && facts.at(-1)?.id !== id) return 'damaged';
  const planned = planRun(tip, facts, new Map([[seq, signature]]), {
    account: holdings.account,
    lamportOfHead: (head) => holdings.completions().get(head)?.completion.lamport ?? null,
  });
  if (!planned.ok) return planned.error.kind === 'nothing-new' ? null : 'damaged';
  const run = admitRun(planned.value, true);
  return run.ok ? run.value : 'damaged';
};

/**
 * The facts from a seq up to the signed one, whatever rows they lie in: rows may overlap where a
 * damaged session was fetched again. Null when one of them is missing or does not read back.
 */
const chainUpTo = (
  signedSeq: number,
  fromSeq: number,
  session: SessionId,
  all: readonly Uint8Array[],
): readonly Fact[] | null => {
  const factBySeq = new Map<number, Fact>();
  for (const bytes of all) {
    const fact = parseFact(bytes);
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
};

const numberIn = (rows: readonly Row[], key: string, field: string): number => {
  const row = rows.find((each) => each.key === key);
  const value = row === undefined ? null : readRow(row.value);
  const held = typeof value === 'object' && value !== null ? (value as never)[field] : null;
  return typeof held === 'number' ? held : Number.MAX_SAFE_INTEGER;
};

const textIn = (rows: readonly Row[], key: string, field: string): string | null => {
  const row = rows.find((each) => each.key === key);
  const value = row === undefined ? null : readRow(row.value);
  const held = typeof value === 'object' && value !== null ? (value as never)[field] : null;
  return typeof held === 'string' ? held : null;
};
