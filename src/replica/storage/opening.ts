import type {
  AccountId,
  DeviceId,
  HeadId,
  PayloadId,
  RosterHash,
  SessionId,
} from '../../core/base/brands.js';
import { brandHex, isHex32 } from '../../core/base/brands.js';
import type { StatementHash } from '../../core/base/brands.js';
import type { CanonicalValue } from '../../core/base/canonical.js';
import {
  type AdmittedCompletion,
  admitCompletion,
  completionChecks,
  parseSnapshotCompletion,
} from '../../core/authority/completion.js';
import { parseRosterCompletion } from '../../core/authority/roster-completion.js';
import { devicesOf } from '../../core/authority/roster.js';
import { judgeHeads } from '../../core/authority/standing.js';
import {
  type AdmittedTransition,
  admitTransition,
  predecessorOf,
  transitionChecks,
} from '../../core/authority/transition.js';
import { joinTransitions } from '../../core/authority/transition-join.js';
import { type Result, ok } from '../../core/base/result.js';
import { sha256 } from '../../core/base/sha256.js';
import { equivocationPoint, parseEquivocationProof } from '../../core/facts/equivocation.js';
import { payloadIdBy, payloadIdOf, readingStoredPayload } from '../../core/snapshots/payload.js';
import type { Cipher } from '../../ports/cipher.js';
import type { Row, Store, StoreError } from '../../ports/store.js';
import { tipsOf } from '../journal/heads.js';
import { type Holdings, createHoldings } from '../journal/holdings.js';
import { GOVERNANCE_RANGES, KEYS, numberIn, readRow, textIn } from './rows.js';
import { type Slices, UNCUT, inTurns } from '../loop/slices.js';
import { loadFacts } from './stored-facts.js';

/** What the store says this device is. */
export interface Opened {
  readonly holdings: Holdings | null;
  readonly deviceName: string;
  readonly session: SessionId | null;
  /** The record in force when it was last found that own facts may be lost; null: never. */
  readonly lostUnder: RosterHash | null;
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
  /** So many facts stand in the checkpoint that was taken up; 0 without one. */
  readonly takenUp: number;
}

/**
 * Rebuilds the holdings from the store without verifying again what was verified before it was
 * stored (rule F9). Damaged rows are left out, never guessed at.
 *
 * `device` is who this is, null without keys; it may still be on its way while rows are read. Long
 * work is cut into `slices`; `digest` is SHA-256, beside this thread where it can be.
 */
export const openStore = async (
  store: Store,
  device: DeviceId | null | Promise<DeviceId | null>,
  slices: Slices = UNCUT,
  digest: Cipher['digest'] = async (bytes) => sha256(bytes),
): Promise<Result<Opened, StoreError>> => {
  const tables = ['payloads', 'facts', 'signatures', 'own', 'queue', 'activity'] as const;
  const [me, ...all] = await Promise.all([
    device,
    ...[store.read('profile'), readGovernance(store)],
    ...tables.map((table) => store.read(table)),
  ]);
  const failed = all.find((each) => !each.ok);
  if (failed !== undefined && !failed.ok) return failed;
  const [profile, governance, payloads, facts, signatures, own, queue, activity] = all.map(
    (each) => (each.ok ? each.value : []),
  ) as [Row[], Row[], Row[], Row[], Row[], Row[], Row[], Row[]];
  const account = textIn(rowIn(profile, 'account'), 'id');
  const deviceName = textIn(rowIn(profile, 'device'), 'name') ?? '';
  const session = textIn(rowIn(profile, 'session'), 'id');
  const isAlarmed = governance.some((row) => row.key === KEYS.alarm);
  const kept = payloads.flatMap((row) => (isHex32(row.key) ? brandHex<PayloadId>(row.key) : []));
  const rest = { deviceName, profile, payloads: kept, own, queue, activity, isAlarmed };
  if (account === null || !isHex32(account) || me === null) {
    const none = { holdings: null, session: null, lostUnder: null };
    return ok({ ...rest, ...none, damaged: [], takenUp: 0 });
  }
  await slices.rest();
  const holdings = createHoldings(brandHex<AccountId>(account), me);
  await slices.rest();
  loadGovernance(holdings, governance);
  await slices.rest();
  await loadPayloads(holdings, payloads, digest, slices);
  await slices.rest();
  const checkpoint = payloads.find((row) => row.key === KEYS.checkpoint)?.value ?? null;
  const loading = loadFacts(holdings, facts, signatures, checkpoint);
  const { damaged, takenUp } = await inTurns(loading, slices);
  const ownSession = session !== null && isHex32(session) ? brandHex<SessionId>(session) : null;
  // Whatever is missing of the own session, its numbers are never given a second time (rule F5).
  const tip = ownSession === null ? null : holdings.journal().tip(ownSession);
  const writtenSeq = numberIn(rowIn(profile, 'session'), 'seq') ?? Number.MAX_SAFE_INTEGER;
  const isWhole = tip !== null && tip.seq >= writtenSeq;
  const lost = isWhole ? lostIn(profile) : lostNow(profile, holdings);
  const words = { session: isWhole ? ownSession : null, lostUnder: lost };
  return ok({ ...rest, ...words, holdings, damaged, takenUp });
};

/** Without the facts that it keeps of disputed snapshots: they may be as many as all the others. */
const readGovernance = async (store: Store): Promise<Result<readonly Row[], StoreError>> => {
  const rows: Row[] = [];
  for (const { from, to } of GOVERNANCE_RANGES) {
    const read = await store.read('governance', from, to);
    if (!read.ok) return read;
    rows.push(...read.value);
  }
  return ok(rows);
};

/** Takes in stored records, heads, proofs and shares; damaged rows are passed over. */
export const loadGovernance = (holdings: Holdings, rows: readonly Row[]): void => {
  const transitions = rows.flatMap((row) => {
    const parsed = row.key.startsWith('roster:') ? parseRosterCompletion(row.value) : null;
    return parsed?.ok ? [parsed.value] : [];
  });
  transitions.sort((a, b) => a.record.epoch - b.record.epoch);
  const steps = new Map<RosterHash, AdmittedTransition>();
  for (const completion of transitions) {
    const predecessor = predecessorOf(
      holdings.account,
      completion.record,
      (hash) => steps.get(hash)?.record,
    );
    if (predecessor === undefined) continue;
    const verdicts = transitionChecks(completion, predecessor).map(() => true);
    const admitted = admitTransition(completion, predecessor, verdicts, true);
    if (!admitted.ok) continue;
    const { hash } = admitted.value;
    const held = steps.get(hash);
    steps.set(hash, held ? joinTransitions(held, admitted.value) : admitted.value);
  }
  holdings.addGovernance([...steps.values()], []);
  const heads = rows.flatMap((row) => headIn(holdings, row) ?? []);
  if (heads.length > 0) holdings.addGovernance([], heads);
  for (const row of rows) loadObject(holdings, row);
};

const SHARE_BYTES = 64;

/** The completed snapshot that a row holds; null for any other row. */
const headIn = (holdings: Holdings, row: Row): AdmittedCompletion | null => {
  const parsed = row.key.startsWith('head:') ? parseSnapshotCompletion(row.value) : null;
  const record = parsed?.ok ? holdings.chain().recordAt(parsed.value.roster) : null;
  if (!parsed?.ok || !record) return null;
  const verdicts = completionChecks(parsed.value, record).map(() => true);
  const admitted = admitCompletion(parsed.value, { account: holdings.account, record }, verdicts);
  return admitted.ok ? admitted.value : null;
};

const loadObject = (holdings: Holdings, row: Row): void => {
  const [kind, name, device] = row.key.split(':');
  if (kind === 'share' && isHex32(name ?? '') && isHex32(device ?? '')) {
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
const loadPayloads = async (
  holdings: Holdings,
  rows: readonly Row[],
  digest: Cipher['digest'],
  slices: Slices,
): Promise<void> => {
  const bytesById = new Map(rows.map((row) => [row.key, row.value]));
  const isAlone = devicesOf(holdings.chain().tip).length === 1;
  const load = async (head: HeadId): Promise<void> => {
    const completion = holdings.completions().get(head)?.completion;
    const bytes = completion === undefined ? undefined : bytesById.get(completion.payload);
    // It is hashed beside this thread while it is read here.
    const hashed =
      bytes === undefined ? null : payloadIdBy(digest, bytes).catch(() => payloadIdOf(bytes));
    const state = bytes === undefined ? null : await inTurns(readingStoredPayload(bytes), slices);
    const isSound = (await hashed) === completion?.payload && hashed !== null;
    if (state?.ok && (isSound || isAlone)) holdings.addPayload(head, state.value);
    else for (const before of completion?.predecessors ?? []) await load(before);
  };
  // What was adopted before and waits for heads that it lacks is the base as well.
  const judged = judgeHeads(holdings.completions().values(), holdings.chain());
  const tips = tipsOf(holdings.completions(), (head) => judged.get(head)?.kind !== 'void');
  for (const head of tips) await load(head);
};

/** What the row of that key holds; null without one. */
const rowIn = (rows: readonly Row[], key: string): CanonicalValue => {
  const row = rows.find((each) => each.key === key);
  return row === undefined ? null : readRow(row.value);
};

/** What the row of the own session says of facts that were lost before. */
const lostIn = (profile: readonly Row[]): RosterHash | null => {
  const lost = textIn(rowIn(profile, 'session'), 'lost');
  return lost !== null && isHex32(lost) ? brandHex<RosterHash>(lost) : null;
};

/** A device that never wrote has lost nothing. */
const lostNow = (profile: readonly Row[], holdings: Holdings): RosterHash | null =>
  profile.some(({ key }) => key === KEYS.session) ? holdings.chain().tipHash : null;
