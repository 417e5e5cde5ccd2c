import type { StatementHash } from '../../core/base/brands.js';
import { err, ok } from '../../core/base/result.js';
import { whoBrokeWord } from '../../core/authority/broken-word.js';
import { matchNumberOf } from '../../core/authority/danger.js';
import { memberOf } from '../../core/authority/roster.js';
import { undoesPast } from '../../core/authority/undone-past.js';
import type { Ceremony } from '../../core/ceremonies/ceremony.js';
import type { RosterMatter } from '../../core/ceremonies/matter.js';
import type { Answer } from '../decisions/answers.js';
import type { BallotBox } from './ballot-box.js';
import type { BindingCheck } from '../upgrades/binding-votes.js';
import type { Done } from '../commands.js';
import { type Confirmations, dangerIn, vetoOf } from './confirmations.js';
import { choiceOf, decidersOf } from './choice.js';
import type { Context } from '../context.js';
import type { Holdings } from '../journal/holdings.js';
import type { Intake } from '../journal/intake.js';
import { remarkOf } from '../loop/remark.js';
import { type RosterCeremony, ballotsOf, isAboutRoster } from './roster-ballots.js';
import type { RosterCourse } from './roster-course.js';
import type { RosterService } from './roster-service.js';
import type { OwnAnswers } from '../decisions/own-answers.js';
import { isSetAside } from '../journal/set-aside.js';
import { stageNow } from '../decisions/standing-of.js';
import type { ApproveBlocker } from '../view.js';
import { wallNowMs } from '../loop/wall-time.js';

/**
 * Answering changes of the roster. An answer is to the record, whatever ballot puts it forward: who
 * said yes or no is not asked again when another ballot repeats it.
 */
export interface RosterAnswers {
  /** The person's yes: a vote at once where the ballot is open, else kept until it is. */
  readonly approve: (ceremony: RosterCeremony, comment: string, match: string | null) => Done;
  readonly veto: (ceremony: RosterCeremony, reason: string) => Done;
  readonly canVeto: (ceremony: RosterCeremony) => boolean;
  /** Lets go of every ballot in which this device puts the record forward. */
  readonly withdraw: (ceremony: RosterCeremony) => Done;
  readonly answerOf: (ceremony: RosterCeremony) => Answer['answer'] | null;
  readonly blockerOf: (ceremony: RosterCeremony) => ApproveBlocker | null;
  /**
   * Looks whether this device can open its envelope, and reads what it voted for: a blocker tells
   * of either from then on.
   */
  readonly look: (ceremony: RosterCeremony) => Promise<void>;
}

export interface RosterAnswerParts {
  readonly answers: OwnAnswers;
  readonly rosters: RosterService;
  readonly box: BallotBox;
  readonly confirmations: Confirmations;
  readonly course: RosterCourse;
  readonly bindingBlocker: BindingCheck;
}

export const createRosterAnswers = (
  context: Context,
  intake: Intake,
  { answers, rosters, box, confirmations, course, bindingBlocker }: RosterAnswerParts,
): RosterAnswers => {
  const unopenable = new Set<StatementHash>();

  const answerOf: RosterAnswers['answerOf'] = ({ matter }) => {
    const { holdings } = context;
    if (holdings === null) return null;
    const { me } = holdings;
    const all = ballotsOf(holdings, matter.recordHash);
    const said = all.map((each) => answers.of(each)?.answer ?? null);
    if (said.includes('no') || all.some((each) => each.refusals.has(me))) return 'no';
    if (confirmations.of(matter.recordHash) !== null) return 'yes';
    if (said.includes('yes') || all.some((each) => each.approvals.has(me))) return 'yes';
    return said.includes('forgotten') ? 'forgotten' : null;
  };

  const blockerOf: RosterAnswers['blockerOf'] = ({ matter, statement }) => {
    const { holdings } = context;
    const liars = holdings === null ? [] : whoBrokeWord(choiceOf(holdings));
    if (holdings !== null && liars.includes(holdings.me)) return { kind: 'broke-word' };
    if (!rosters.isOpenTo(matter)) return { kind: 'not-allowed' };
    if (box.isForgotten(matter.previous)) return { kind: 'votes-forgotten' };
    if (unopenable.has(statement)) return { kind: 'envelope-unopenable' };
    if (rosters.doesMore(matter)) return { kind: 'does-more' };
    const vetoer = vetoOf(context, matter);
    if (vetoer !== null) return { kind: 'vetoed', device: vetoer };
    const count = rosters.missing(matter);
    if (count > 0) return { kind: 'facts-missing', count };
    const isUndoing = holdings !== null && undoesSnapshots(holdings, matter);
    return isUndoing ? { kind: 'undoes-snapshots' } : bindingBlocker(matter);
  };

  /** The delay counts from when the change was first seen: the yes itself may come at any time. */
  const approve: RosterAnswers['approve'] = async (ceremony, comment, match) => {
    const { matter, statement } = ceremony;
    const { recordHash } = matter;
    const isMatched = dangerIn(context, matter) === null || match === matchNumberOf(recordHash);
    if (!isMatched) return err({ kind: 'match-wrong' });
    const note = remarkOf(comment);
    const confirmation = { atMs: wallNowMs(context.ports.clock), comment: note };
    const row = confirmations.rowFor(recordHash, confirmation);
    const mayVoteNow =
      matter.ballotProposer !== context.holdings?.me &&
      rosters.isVotable(matter) &&
      !course.isHeldBack(ceremony) &&
      (await box.isFree(ceremony));
    const done = mayVoteNow
      ? await box.vote(ceremony, note, [row])
      : await storeOnly(context, [row]);
    if (!done.ok) return done;
    if (mayVoteNow) answers.note(statement, { answer: 'yes', ground: null });
    confirmations.note(recordHash, confirmation);
    return ok(undefined);
  };

  const vetoOfMine = (holdings: Holdings, { matter }: RosterCeremony): boolean =>
    ballotsOf(holdings, matter.recordHash).some((each) => each.vetoes.has(holdings.me));

  const maySpeakAgainst = (holdings: Holdings, { matter }: RosterCeremony): boolean => {
    const danger = dangerIn(context, matter);
    const isMember = memberOf(decidersOf(holdings, matter), holdings.me) !== null;
    const isFree = isMember && !isSetAside(holdings, holdings.me);
    return danger !== null && isFree && !danger.subjects.includes(holdings.me);
  };

  const isOpen = (holdings: Holdings, ceremony: Ceremony): boolean =>
    stageNow(holdings, ceremony, context.ports.clock.wallMs()) === 'open';

  return {
    approve,
    answerOf,
    blockerOf,
    look: async ({ matter, statement }) => {
      await box.memoryOf(matter.previous);
      if (await rosters.canOpen(matter)) unopenable.delete(statement);
      else unopenable.add(statement);
    },
    canVeto: (ceremony) => {
      const { holdings } = context;
      if (holdings === null || vetoOfMine(holdings, ceremony)) return false;
      return isOpen(holdings, ceremony) && maySpeakAgainst(holdings, ceremony);
    },
    veto: async (ceremony, reason) => {
      const { holdings } = context;
      if (holdings === null) return err({ kind: 'no-account' });
      if (!isOpen(holdings, ceremony)) {
        return err({ kind: 'blocked', blocker: { kind: 'not-open' } });
      }
      if (vetoOfMine(holdings, ceremony)) return err({ kind: 'already-vetoed' });
      if (!maySpeakAgainst(holdings, ceremony)) {
        const isSubject = dangerIn(context, ceremony.matter)?.subjects.includes(holdings.me);
        if (isSubject === true) return err({ kind: 'blocked', blocker: { kind: 'subject' } });
        return err({ kind: 'not-allowed', capability: 'veto' });
      }
      const { statement } = ceremony;
      const done = await intake.own([
        { kind: 'roster.vetoed', statement, reason: remarkOf(reason) },
      ]);
      if (!done.ok) return err({ kind: 'store', error: done.error });
      context.activity.add('vetoed', 'warn', holdings.me, { reason: remarkOf(reason) });
      return ok(undefined);
    },
    withdraw: async ({ matter }) => {
      const { holdings } = context;
      if (holdings === null) return err({ kind: 'no-account' });
      const own = ballotsOf(holdings, matter.recordHash).filter(
        (each) => each.heldBy.has(holdings.me) && isOpen(holdings, each),
      );
      const done = await intake.own(
        own.map(({ statement }) => ({
          kind: 'roster.abandoned',
          statement,
          cause: 'withdrawn',
        })),
      );
      return done.ok ? ok(undefined) : err({ kind: 'store', error: done.error });
    },
  };
};

/** Whether snapshots would fall with that record that this device cannot go back from. */
export const undoesSnapshots = (
  holdings: Holdings,
  { record }: Pick<RosterMatter, 'record'>,
): boolean =>
  undoesPast(record, {
    completions: holdings.completions(),
    base: holdings.base().heads,
    isHeld: (head) => holdings.payloadStates().has(head),
    recordAt: holdings.chain().recordAt,
  });

const storeOnly = async (context: Context, changes: Parameters<Context['commit']>[0]): Done => {
  const done = await context.commit(changes, 'strict');
  return done.ok ? ok(undefined) : err({ kind: 'store', error: done.error });
};

/** The ceremony of that name if it is about the roster. */
export const rosterCeremony = (context: Context, id: StatementHash): RosterCeremony | null => {
  const ceremony = context.holdings?.ceremonies().get(id);
  return ceremony !== undefined && isAboutRoster(ceremony) ? ceremony : null;
};
