import type { StatementHash } from '../../core/base/brands.js';
import { assert, err, ok } from '../../core/base/result.js';
import { need } from '../../core/authority/capability.js';
import { memberOf } from '../../core/authority/roster.js';
import { shareSigningBytes } from '../../core/authority/statement.js';
import { countedApprovals } from '../../core/ceremonies/agreed-code.js';
import type { Ceremony } from '../../core/ceremonies/ceremony.js';
import {
  type Guard,
  ROSTER_PROTOCOL,
  SNAPSHOT_PROTOCOL,
  moveBlocker,
} from '../../core/ceremonies/protocol.js';
import type { Recomputer } from '../snapshots/adoption.js';
import { type Answer, answerRow, bindsUntil, groundOf } from './answers.js';
import type { OwnAnswers } from './own-answers.js';
import { choiceOf } from '../membership/choice.js';
import type { CodePolicy } from '../upgrades/code-policy.js';
import type { Done } from '../commands.js';
import type { Context } from '../context.js';
import type { DifferenceService } from '../snapshots/difference-service.js';
import type { Intake } from '../journal/intake.js';
import { type FormatCode, formatBlocker } from '../records/record-format.js';
import { remarkOf } from '../loop/remark.js';
import { isAboutRoster } from '../membership/roster-ballots.js';
import type { RosterAnswers } from '../membership/roster-answers.js';
import type { RosterService } from '../membership/roster-service.js';
import { isSetAside } from '../journal/set-aside.js';
import type { SnapshotService } from '../snapshots/snapshot-service.js';
import { isTurnedDown, stageNow } from './standing-of.js';
import type { ApproveBlocker } from '../view.js';

/**
 * Answering decisions: one answer a statement, durable before it leaves (rules C2, C3, C10, S12).
 */
export interface DecisionService {
  /** `match` is the number that the proposer's screen shows, where a change is dangerous (A9). */
  readonly approve: (id: StatementHash, comment: string, match?: string) => Done;
  readonly refuse: (id: StatementHash, reason: string) => Done;
  readonly withdraw: (id: StatementHash) => Done;
  readonly veto: (id: StatementHash, reason: string) => Done;
  readonly complete: (id: StatementHash) => Done;
  /** Why this device may not approve now; null when it may. */
  readonly blockerOf: (ceremony: Ceremony) => ApproveBlocker | null;
  readonly answers: OwnAnswers;
  /** Where the states differ at a statement's cut, in words. */
  readonly namesOf: (statement: StatementHash) => readonly string[];
  /** Writes down that own proposals lapsed. True when it wrote. */
  readonly settle: () => Promise<boolean>;
}

/** What decisions are about, and what they are made of. */
export interface DecisionParts {
  readonly snapshots: SnapshotService;
  readonly rosters: RosterService;
  readonly rosterAnswers: RosterAnswers;
  readonly recomputer: Recomputer;
  readonly differences: DifferenceService;
  readonly answers: OwnAnswers;
  readonly code: () => FormatCode;
  readonly policy: CodePolicy;
}

export const createDecisionService = (
  context: Context,
  intake: Intake,
  parts: DecisionParts,
): DecisionService => {
  const { snapshots, rosters, rosterAnswers, recomputer, answers } = parts;
  const { namesOf } = parts.differences;

  const blockerOf = (ceremony: Ceremony): ApproveBlocker | null => {
    const { holdings } = context;
    if (holdings === null) return { kind: 'not-allowed' };
    const { matter } = ceremony;
    const stage = stageNow(holdings, ceremony, context.ports.clock.wallMs());
    const record = holdings.chain().tip;
    const capability = matter.purpose === 'snapshot' ? 'snapshot_approve' : 'roster_change';
    const answered = answerOf(ceremony);
    if (answered !== null && stage === 'open') return answeredBlocker(answered);
    // What so many refused is worked out for nobody: it would take a fold each time.
    if (matter.purpose === 'snapshot' && isTurnedDown(holdings, ceremony))
      return { kind: 'not-open' };
    const recomputed = stage === 'open' ? recomputeBlocker(ceremony) : null;
    const holds = (guard: Guard): boolean => {
      switch (guard) {
        case 'is-member':
          return memberOf(record, holdings.me) !== null;
        case 'may-approve':
          return need(capability)(record, holdings.me) && !isSetAside(holdings, holdings.me);
        case 'recomputed-equal':
          return recomputed === null;
        default:
          return true;
      }
    };
    const protocol = matter.purpose === 'snapshot' ? SNAPSHOT_PROTOCOL : ROSTER_PROTOCOL;
    const blocker = moveBlocker(protocol, 'member', 'approve', stage, holds);
    if (blocker === null) return null;
    if (blocker.kind !== 'guard')
      return { kind: stage === 'superseded' ? 'epoch-moved' : 'not-open' };
    if (blocker.guard === 'recomputed-equal' && recomputed !== null) return recomputed;
    return { kind: 'not-allowed' };
  };

  const answerOf = (ceremony: Ceremony): Answer['answer'] | null =>
    isAboutRoster(ceremony)
      ? rosterAnswers.answerOf(ceremony)
      : (answers.of(ceremony)?.answer ?? null);

  const recomputeBlocker = (ceremony: Ceremony): ApproveBlocker | null => {
    const { holdings } = context;
    if (holdings !== null && parts.policy.isHeldBack(holdings)) return { kind: 'foreign-code' };
    if (isAboutRoster(ceremony)) return rosterAnswers.blockerOf(ceremony);
    const { matter, statement } = ceremony;
    if (matter.purpose === 'roster') return null;
    const bound = answers.blockerOf(statement, groundOf(matter.subject));
    if (bound !== null) return bound;
    const unproven = formatBlocker(matter.subject.fold, parts.code());
    if (unproven !== null) return unproven;
    const result = recomputer.of(statement, matter.subject);
    switch (result.kind) {
      case 'equal':
        return null;
      case 'put-off':
        return { kind: 'put-off' };
      case 'facts-missing':
        return { kind: 'facts-missing', count: result.count };
      case 'other-epoch':
        return { kind: 'epoch-moved' };
      case 'newer-fold':
        return { kind: 'newer-format' };
      case 'older-fold':
      case 'other-base':
        return { kind: 'payload-unreadable' };
      case 'differs':
      case 'other-chain':
        return { kind: 'digest-differs' };
    }
  };

  const find = (id: StatementHash): Ceremony | null =>
    context.holdings?.ceremonies().get(id) ?? null;

  const approve: DecisionService['approve'] = async (id, comment, match) => {
    const ceremony = find(id);
    if (ceremony === null || context.keys === null) return err({ kind: 'unknown-decision' });
    if (isAboutRoster(ceremony)) await rosterAnswers.look(ceremony);
    const blocker = blockerOf(ceremony);
    if (blocker !== null) return err({ kind: 'blocked', blocker });
    if (isAboutRoster(ceremony)) return rosterAnswers.approve(ceremony, comment, match ?? null);
    const { matter } = ceremony;
    assert(matter.purpose === 'snapshot', 'there are two purposes');
    const note = remarkOf(comment);
    const untilMs = bindsUntil(ceremony.expiresMs, context.ports.clock.wallMs());
    const signature = await context.keys.signer.sign(shareSigningBytes(id));
    const done = await intake.own(
      [
        {
          kind: 'snapshot.approved',
          statement: id,
          signature,
          comment: note,
          bundle: context.code.content,
        },
      ],
      [answerRow(id, 'yes', matter.subject, untilMs)],
    );
    if (!done.ok) return err({ kind: 'store', error: done.error });
    answers.note(id, { answer: 'yes', ground: groundOf(matter.subject), untilMs });
    context.activity.add('approved', 'good', context.holdings?.me ?? null, {});
    return ok(undefined);
  };

  const refuse = async (id: StatementHash, reason: string): Done => {
    const ceremony = find(id);
    const { holdings } = context;
    if (ceremony === null || holdings === null) return err({ kind: 'unknown-decision' });
    const stage = stageNow(holdings, ceremony, context.ports.clock.wallMs());
    const answer = answerOf(ceremony);
    if (stage !== 'open') return err({ kind: 'blocked', blocker: { kind: 'not-open' } });
    if (answer !== null) return err({ kind: 'blocked', blocker: answeredBlocker(answer) });
    const note = remarkOf(reason);
    const isSnapshot = ceremony.matter.purpose === 'snapshot';
    const body = isSnapshot
      ? ({ kind: 'snapshot.refused', statement: id, reason: note, differs: namesOf(id) } as const)
      : ({ kind: 'roster.refused', statement: id, reason: note } as const);
    const done = await intake.own([body], [answerRow(id, 'no', null)]);
    if (!done.ok) return err({ kind: 'store', error: done.error });
    answers.note(id, { answer: 'no', ground: null });
    context.activity.add('refused', 'warn', holdings.me, { reason: note });
    return ok(undefined);
  };

  const abandon = async (
    ceremony: Ceremony,
    cause: 'withdrawn' | 'expired' | 'superseded',
  ): Done => {
    const isSnapshot = ceremony.matter.purpose === 'snapshot';
    const kind = isSnapshot ? 'snapshot.abandoned' : 'roster.abandoned';
    const done = await intake.own([{ kind, statement: ceremony.statement, cause }]);
    if (!done.ok) return err({ kind: 'store', error: done.error });
    context.activity.add('abandoned', 'plain', context.holdings?.me ?? null, { cause });
    return ok(undefined);
  };

  const withdraw = async (id: StatementHash): Done => {
    const ceremony = find(id);
    const { holdings } = context;
    if (ceremony === null || holdings === null) return err({ kind: 'unknown-decision' });
    if (stageNow(holdings, ceremony, context.ports.clock.wallMs()) !== 'open') {
      return err({ kind: 'blocked', blocker: { kind: 'not-open' } });
    }
    if (!ceremony.heldBy.has(holdings.me))
      return err({ kind: 'not-allowed', capability: 'withdraw' });
    if (!isAboutRoster(ceremony)) return abandon(ceremony, 'withdrawn');
    const done = await rosterAnswers.withdraw(ceremony);
    if (done.ok) context.activity.add('abandoned', 'plain', holdings.me, { cause: 'withdrawn' });
    return done;
  };

  const veto: DecisionService['veto'] = async (id, reason) => {
    const ceremony = find(id);
    if (ceremony === null || !isAboutRoster(ceremony)) return err({ kind: 'unknown-decision' });
    return rosterAnswers.veto(ceremony, reason);
  };

  const complete = async (id: StatementHash): Done => {
    const ceremony = find(id);
    const { holdings } = context;
    if (ceremony === null || holdings === null) return err({ kind: 'unknown-decision' });
    const stage = stageNow(holdings, ceremony, context.ports.clock.wallMs());
    if (stage === 'completed') return ok(undefined);
    if (stage !== 'open') return err({ kind: 'blocked', blocker: { kind: 'not-open' } });
    const isSnapshot = ceremony.matter.purpose === 'snapshot';
    const done = await (isSnapshot ? snapshots : rosters).complete(ceremony);
    if (!done.ok) return done;
    const { snapshotThreshold } = holdings.chain().tip;
    const { governanceThreshold } = choiceOf(holdings).record;
    const have = countedApprovals(ceremony, parts.policy.terms(holdings)).size;
    const need = isSnapshot ? snapshotThreshold : governanceThreshold;
    return done.value ? ok(undefined) : err({ kind: 'below-threshold', have, need });
  };

  const settle = async (): Promise<boolean> => {
    const { holdings } = context;
    if (holdings === null) return false;
    const nowMs = context.ports.clock.wallMs();
    for (const ceremony of holdings.ceremonies().values()) {
      const isMine = ceremony.heldBy.has(holdings.me);
      if (!isMine || stageNow(holdings, ceremony, nowMs) !== 'expired') continue;
      return (await abandon(ceremony, 'expired')).ok;
    }
    return false;
  };

  return { approve, refuse, withdraw, veto, complete, blockerOf, answers, namesOf, settle };
};

const answeredBlocker = (answer: Answer['answer']): ApproveBlocker =>
  answer === 'forgotten' ? { kind: 'answer-forgotten' } : { kind: 'already-answered', answer };
