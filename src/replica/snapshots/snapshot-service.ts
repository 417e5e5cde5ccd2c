import type { HeadId, RosterHash, StatementHash } from '../../core/base/brands.js';
import { LIMITS } from '../../core/base/limits.js';
import { assert, err, ok } from '../../core/base/result.js';
import { need } from '../../core/authority/capability.js';
import {
  admitCompletion,
  completionChecks,
  createCompletion,
  encodeSnapshotCompletion,
} from '../../core/authority/completion.js';
import {
  type SnapshotSubject,
  proposalIdOf,
  shareSigningBytes,
  snapshotStatement,
  statementHashOf,
} from '../../core/authority/statement.js';
import { joinShares } from '../../core/authority/threshold-signature.js';
import { countedApprovals } from '../../core/ceremonies/agreed-code.js';
import type { Ceremony } from '../../core/ceremonies/ceremony.js';
import { type Body, encodeBody } from '../../core/facts/bodies.js';
import { type CutEntry, advanceOf } from '../../core/journal/frontier.js';
import type { State } from '../../core/journal/state.js';
import { type Capture, captureState } from '../../core/snapshots/payload.js';
import { nameableCut } from '../../core/snapshots/cut-width.js';
import { passableCut, planSnapshot, stateAtCut } from '../../core/snapshots/proposal.js';
import { outdatedHeads } from '../../core/snapshots/retention.js';
import type { Recomputer } from './adoption.js';
import { adoptHead, raiseAlarm } from './adoption.js';
import { awaitedFrom, awaitedHeads } from './awaited-heads.js';
import type { CodePolicy } from '../upgrades/code-policy.js';
import type { Done } from '../commands.js';
import type { Context } from '../context.js';
import type { Fence } from './fence.js';
import type { Holdings } from '../journal/holdings.js';
import type { Intake } from '../journal/intake.js';
import { answerRow, bindsUntil, groundOf, hasLapsed } from '../decisions/answers.js';
import type { OwnAnswers } from '../decisions/own-answers.js';
import { type PayloadKeeper, createPayloadKeeper } from './payload-keeper.js';
import type { PruningGate } from './pruning-gate.js';
import { remarkOf } from '../loop/remark.js';
import { createShareKeeper } from './share-keeper.js';
import { isFormatNewer } from '../journal/heads.js';
import { type FormatCode, raiseOf } from '../records/record-format.js';
import { isSetAside } from '../journal/set-aside.js';
import { askedLists, isUndecided, stageNow } from '../decisions/standing-of.js';

/** What a proposal asks for besides that the past may go. */
export interface SnapshotChoice {
  /** Takes records to the newest format that this device's code has (rule S13). */
  readonly raisesFormat?: boolean;
}

/** Proposing, completing and adopting snapshots (rules S1 to S7, C4). */
export interface SnapshotService {
  /** Which payloads the store held when it was opened. */
  readonly load: PayloadKeeper['load'];
  readonly propose: (comment: string, choice?: SnapshotChoice) => Done<StatementHash>;
  /** Completes what has enough approvals and adopts what this device can recompute itself. */
  readonly settle: () => Promise<boolean>;
  /** True when it completed it; false while too few eligible members approved. */
  readonly complete: (ceremony: Ceremony) => Done<boolean>;
  /** Standing heads whose payload has to come from a peer and may come now. */
  readonly wanted: () => readonly HeadId[];
}

export const createSnapshotService = (
  context: Context,
  intake: Intake,
  fence: Fence,
  recomputer: Recomputer,
  answers: OwnAnswers,
  gate: PruningGate,
  code: () => FormatCode,
  policy: CodePolicy,
): SnapshotService => {
  const keeper = createPayloadKeeper(context);
  const shares = createShareKeeper(context);

  const propose: SnapshotService['propose'] = async (comment, { raisesFormat = false } = {}) => {
    const { holdings, keys } = context;
    if (holdings === null || keys === null) return err({ kind: 'no-account' });
    const refusal = whyNotPropose(context, holdings, answers, gate);
    if (refusal !== null) return err(refusal);
    if (policy.isHeldBack(holdings)) {
      return err({ kind: 'blocked', blocker: { kind: 'foreign-code' } });
    }
    const raised = raisesFormat ? raiseOf(holdings, code()) : ok(holdings.foldVersion());
    if (!raised.ok) return raised;
    const roster = holdings.chain().tipHash;
    const capture = captureAnew(holdings, roster, raised.value);
    const subject = planSnapshot(holdings.ground(), capture);
    // Facts that no cut may pass yet are nothing either: edits would wait for it in vain.
    if (subject.advance.length === 0) return err({ kind: 'nothing-to-prune' });
    const statement = statementHashOf(snapshotStatement(subject));
    recomputer.know(statement, capture);
    const signature = await keys.signer.sign(shareSigningBytes(statement));
    const nowMs = context.ports.clock.wallMs();
    const expires = Math.floor(nowMs + context.timing.approvalMs);
    const untilMs = bindsUntil(expires, nowMs);
    const note = remarkOf(comment);
    const proposal = proposalBody(subject, note, expires);
    if (!encodeBody(proposal).ok) {
      return err({ kind: 'too-long', field: 'cut', max: LIMITS.factBytesMax });
    }
    const bodies: Body[] = [
      proposal,
      {
        kind: 'snapshot.approved',
        statement,
        signature,
        comment: note,
        bundle: context.code.content,
      },
    ];
    // Fence, cut and proposal become durable in one transaction: no write can come between them.
    const done = await intake.own(bodies, [
      fence.raiseFor(statement),
      answerRow(statement, 'yes', subject, untilMs),
    ]);
    if (!done.ok) {
      fence.takeBack(statement);
      return err({ kind: 'store', error: done.error });
    }
    answers.note(statement, { answer: 'yes', ground: groundOf(subject), untilMs });
    context.activity.add('snapshot-proposed', 'plain', holdings.me, { index: subject.index });
    return ok(statement);
  };

  const complete = async (ceremony: Ceremony): Done<boolean> => {
    const { holdings } = context;
    if (holdings === null || ceremony.matter.purpose !== 'snapshot') return ok(false);
    const { subject } = ceremony.matter;
    const record = holdings.chain().recordAt(subject.roster);
    if (record === null) return ok(false);
    const counted = countedApprovals(ceremony, policy.terms(holdings));
    const shares = [...counted].map(([signer, each]) => ({
      signer,
      signature: each.signature,
    }));
    const eligible = shares.filter(
      ({ signer }) => need('snapshot_approve')(record, signer) && !isSetAside(holdings, signer),
    );
    if (eligible.length < record.snapshotThreshold) return ok(false);
    const completion = createCompletion(subject, joinShares(record, eligible));
    // The shares were verified when they came in; what no one would admit is not published.
    const verdicts = completionChecks(completion, record).map(() => true);
    const under = { account: holdings.account, record };
    if (!admitCompletion(completion, under, verdicts).ok) return ok(false);
    const body = {
      kind: 'snapshot.completed',
      completion: encodeSnapshotCompletion(completion),
    } as const;
    // What somebody proposed may be too much to be completed: it stays open, and stops nothing.
    if (!encodeBody(body).ok) return ok(false);
    const done = await intake.own([body]);
    return done.ok ? ok(true) : err({ kind: 'store', error: done.error });
  };

  const settle = async (): Promise<boolean> => {
    const { holdings } = context;
    if (holdings === null) return false;
    const nowMs = context.ports.clock.wallMs();
    for (const ceremony of holdings.ceremonies().values()) {
      if (ceremony.matter.purpose !== 'snapshot') continue;
      if (stageNow(holdings, ceremony, nowMs) !== 'open') continue;
      const done = await complete(ceremony);
      if (done.ok && done.value) return true;
    }
    if (await keeper.restore()) {
      recomputer.clear();
      return true;
    }
    for (const head of holdings.tips()) {
      if (holdings.payloadStates().has(head) || gate.waitOf(head) !== null) continue;
      if (await adoptOwn(context, holdings, recomputer, head)) return true;
    }
    const known = {
      completions: holdings.completions(),
      standing: holdings.standing(),
      base: holdings.base().heads,
      asked: askedLists(holdings, nowMs).map(({ heads }) => heads),
    };
    const outdated = outdatedHeads(known);
    await keeper.prune(known, outdated);
    await shares.prune(outdated);
    gate.settle();
    return false;
  };

  return {
    load: keeper.load,
    propose,
    settle,
    complete,
    wanted: () =>
      (context.holdings?.tips() ?? []).filter(
        (head) =>
          !context.holdings?.payloadStates().has(head) &&
          isReadable(context.holdings, head) &&
          gate.waitOf(head) === null,
      ),
  };
};

/**
 * The state as it is proposed, folded from the facts once more: never from what a checkpoint said.
 *
 * Of a cut that one fact cannot name, or that the roster's own rules do not pass, it is the part
 * that they do. The others will compute the same, so this device need not compute it a second time.
 */
const captureAnew = (holdings: Holdings, roster: RosterHash, fold: number): Capture => {
  const { base, quarantine } = holdings.ground();
  const judge = holdings.judgeAt(roster, quarantine, fold);
  const quarantined = new Set(quarantine.map(({ session }) => session));
  const folded = () => advanceOf(holdings.fold().state().frontier, base.frontier);
  const stateAt = (cut: readonly CutEntry[]): State | null => {
    const advance = nameableCut(cut, base.frontier, quarantined);
    return stateAtCut({ advance }, base, holdings.journal(), judge);
  };
  const whole = stateAt(folded());
  if (whole !== null) return captureState(whole, roster, fold);
  holdings.refold();
  const state = stateAt(passableCut(folded(), holdings.journal(), judge));
  assert(state !== null, 'facts that nothing keeps out make a state');
  return captureState(state, roster, fold);
};

/** What newer code brought is not asked for: nothing is pruned by what cannot be read (S13). */
const isReadable = (holdings: Holdings | null, head: HeadId): boolean =>
  holdings !== null && (holdings.completions().get(head)?.completion.fold ?? 0) <= holdings.reads();

/** Adopts a head whose state this device computes from its own facts, without asking anyone. */
const adoptOwn = async (
  context: Context,
  holdings: Holdings,
  recomputer: Recomputer,
  head: HeadId,
): Promise<boolean> => {
  const subject = holdings.completions().get(head)?.completion;
  if (subject === undefined) return false;
  const result = recomputer.of(head, subject);
  const capture = recomputer.captureOf(head);
  if (result.kind === 'differs') raiseAlarm(context);
  if (result.kind !== 'equal' || capture === null) return false;
  return adoptHead(context, recomputer, head, { bytes: capture.bytes, state: capture.state });
};

const whyNotPropose = (
  context: Context,
  holdings: Holdings,
  answers: OwnAnswers,
  gate: PruningGate,
) => {
  const record = holdings.chain().tip;
  if (holdings.chain().isForked) return { kind: 'forked' } as const;
  const me = holdings.me;
  if (!need('snapshot_propose')(record, me) || isSetAside(holdings, me)) {
    return { kind: 'not-allowed', capability: 'snapshot_propose' } as const;
  }
  const nowMs = context.ports.clock.wallMs();
  // What this device refused does not keep it from asking for another, nor what too many others
  // did, nor what it said yes to long ago: else one member's proposal that nobody wants, and that
  // expires in a hundred years, would end all pruning.
  const open = [...holdings.ceremonies().values()].filter(
    (each) =>
      each.matter.purpose === 'snapshot' &&
      !each.refusals.has(me) &&
      !hasLapsed(answers.of(each), nowMs) &&
      isUndecided(holdings, each, nowMs),
  );
  if (open.length > 0) return { kind: 'snapshot-pending' } as const;
  const bound = answers.blockerOf(null, groundOf(holdings.ground()));
  if (bound !== null) return { kind: 'blocked', blocker: bound } as const;
  if (gate.heldBack().length > 0) return { kind: 'pruning-waits' } as const;
  if (isFormatNewer(holdings)) return { kind: 'newer-format' } as const;
  const awaited = awaitedHeads(holdings);
  if (awaited.length > 0) {
    return { kind: 'payload-awaited', from: awaitedFrom(holdings, awaited) } as const;
  }
  return null;
};

const proposalBody = (subject: SnapshotSubject, comment: string, expires: number): Body => {
  const { epoch, roster, predecessors, index, advance, quarantine, lamport } = subject;
  const { digest, payload, fold } = subject;
  const proposal = proposalIdOf({ epoch, roster, predecessors, body: subject });
  return {
    kind: 'snapshot.proposed',
    ...{ proposal, epoch, roster, predecessors, index, advance, quarantine, lamport },
    ...{ digest, payload, fold, comment, expires },
  };
};
