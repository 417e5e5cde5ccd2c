import { compareBy, compareText, sortedBy } from '../../core/base/ordering.js';
import type { StatementHash } from '../../core/base/brands.js';
import { LIMITS } from '../../core/base/limits.js';
import { err, ok } from '../../core/base/result.js';
import { encodePromise } from '../../core/authority/ballot.js';
import { encodeBallotMemory } from '../../core/authority/ballot-memory.js';
import { closingMissing } from '../../core/authority/closing-plan.js';
import { forkHashOf } from '../../core/authority/fork.js';
import {
  type RosterCompletion,
  encodeRosterCompletion,
  sortedShares,
} from '../../core/authority/roster-completion.js';
import { type RosterRecord, memberOf, rosterHashOf } from '../../core/authority/roster.js';
import { rosterStatement, statementHashOf } from '../../core/authority/statement.js';
import { doesMoreThanShown } from '../../core/authority/unshown-change.js';
import {
  admitTransition,
  consentSigningBytes,
  newcomersOf,
  transitionChecks,
} from '../../core/authority/transition.js';
import { countedApprovals } from '../../core/ceremonies/agreed-code.js';
import type { Ceremony } from '../../core/ceremonies/ceremony.js';
import type { RosterMatter } from '../../core/ceremonies/matter.js';
import { type Body, encodeBody } from '../../core/facts/bodies.js';
import type { BallotBox } from './ballot-box.js';
import { type Offered, proposalBody } from './ballot-words.js';
import { choiceOf, listsBefore, predecessorFor } from './choice.js';
import type { CodePolicy } from '../upgrades/code-policy.js';
import type { CommandError, Done } from '../commands.js';
import type { Confirmations } from './confirmations.js';
import type { Context } from '../context.js';
import { type EpochSecrets, envelopesRow } from './epoch-secrets.js';
import type { Holdings } from '../journal/holdings.js';
import type { Intake } from '../journal/intake.js';
import { remarkOf } from '../loop/remark.js';
import {
  ballotsOf,
  faultOf,
  highestBallot,
  isAboutRoster,
  promisesIn,
  rosterCeremonies,
} from './roster-ballots.js';
import type { DraftedRecord } from './roster-draft.js';
import { KEYS, putBytes } from '../storage/rows.js';
import { stageNow } from '../decisions/standing-of.js';
import { wallNowMs } from '../loop/wall-time.js';

/** Roster changes as ceremonies (rules A1 to A4): propose, complete, let go. */
export interface RosterService {
  readonly propose: (
    draft: DraftedRecord,
    consents: Offered['consents'],
    comment: string,
  ) => Done<StatementHash>;
  /** Why this device can ask for no record now: its open ones are too many, or votes forgotten. */
  readonly whyNoProposal: () => Promise<CommandError | null>;
  /** Opens a ballot for a record: round 0 where that is this device's to use, else a higher one. */
  readonly open: (offered: Offered, comment: string, expiresMs: number) => Done<StatementHash>;
  /** True when it completed it; false while the votes do not make it valid. */
  readonly complete: (ceremony: Ceremony) => Done<boolean>;
  /** Lets go of this device's own proposal, so that it never votes for it. */
  readonly letGo: (statement: StatementHash) => Promise<void>;
  /** Whether its ballot may still bring this record about (rule A3). */
  readonly isOpenTo: (matter: RosterMatter) => boolean;
  /** Whether votes may be cast in its ballot now. */
  readonly isVotable: (matter: RosterMatter) => boolean;
  /** Whether this device can open its envelope of a proposed record. */
  readonly canOpen: (matter: RosterMatter) => Promise<boolean>;
  /** Whether the record does what no screen tells people of (rule C2). */
  readonly doesMore: (matter: RosterMatter) => boolean;
  /** Facts and heads that the record speaks of and that this device cannot vouch for. */
  readonly missing: (matter: RosterMatter) => number;
}

export const createRosterService = (
  context: Context,
  intake: Intake,
  secrets: EpochSecrets,
  box: BallotBox,
  confirmations: Confirmations,
  policy: CodePolicy,
): RosterService => {
  const whyNoProposal: RosterService['whyNoProposal'] = async () => {
    const { holdings } = context;
    if (holdings === null) return { kind: 'no-account' };
    const nowMs = wallNowMs(context.ports.clock);
    const own = rosterCeremonies(holdings).filter(
      (each) => each.heldBy.has(holdings.me) && stageNow(holdings, each, nowMs) === 'open',
    );
    const max = LIMITS.openProposalsPerDeviceMax;
    if (own.length >= max) return { kind: 'too-many-proposals', max };
    const held = await box.memoryOf(choiceOf(holdings).hash);
    if (!held.ok) return { kind: 'store', error: held.error };
    return held.value === null ? { kind: 'blocked', blocker: { kind: 'votes-forgotten' } } : null;
  };

  const propose: RosterService['propose'] = async (drafted, consents, comment) => {
    const { holdings } = context;
    if (holdings === null) return err({ kind: 'no-account' });
    if (!isNext(holdings, drafted.record)) {
      return err({ kind: 'blocked', blocker: { kind: 'epoch-moved' } });
    }
    const refusal = await whyNoProposal();
    if (refusal !== null) return err(refusal);
    const sorted = sortedBy(
      consents,
      compareBy(({ device }) => device, compareText),
    );
    const offered = { ...drafted, consents: sorted };
    // Votes for a hard fork come only once its notice is over, and have their time from then on.
    const noticeMs = drafted.record.activation === null ? 0 : context.timing.noticeMs;
    const expiresMs = wallNowMs(context.ports.clock) + noticeMs + context.timing.approvalMs;
    return open(offered, remarkOf(comment), expiresMs);
  };

  const open: RosterService['open'] = async (offered, comment, expiresMs) => {
    const { holdings } = context;
    if (holdings === null) return err({ kind: 'no-account' });
    const { hash: previous, epoch, record: deciders } = choiceOf(holdings);
    const held = await box.memoryOf(previous);
    if (!held.ok) return err({ kind: 'store', error: held.error });
    if (held.value === null) return err({ kind: 'blocked', blocker: { kind: 'votes-forgotten' } });
    const top = highestBallot(holdings, held.value);
    // Round 0 is the admin's and takes one record alone: a second one needs promises (rule A3).
    const round = top === null && deciders.admin === holdings.me ? 0 : (top?.round ?? 0) + 1;
    const ballot = { round, proposer: holdings.me };
    const record = rosterHashOf(offered.record);
    const own = round === 0 ? null : await box.promiseFor(previous, ballot);
    if (round > 0 && own === null) return err({ kind: 'busy' });
    // Where one device decides alone its own promise is all that the ballot rests on.
    const isReady = own !== null && deciders.governanceThreshold === 1 && own.promise.last === null;
    const promises = isReady ? [encodePromise(own.promise)] : [];
    const proposal = proposalBody(offered, { comment, expires: expiresMs, round, promises });
    if (!encodeBody(proposal).ok) {
      return err({ kind: 'too-long', field: 'record', max: LIMITS.factBytesMax });
    }
    const confirmation = { atMs: wallNowMs(context.ports.clock), comment };
    const isOwnWish = confirmations.of(record) === null;
    const done = await intake.own(own === null ? [proposal] : [own.body, proposal], [
      own?.row ??
        putBytes(
          'own',
          KEYS.ballot(previous),
          encodeBallotMemory({ ...held.value, promised: ballot }),
        ),
      ...(isOwnWish ? [confirmations.rowFor(record, confirmation)] : []),
    ]);
    if (!done.ok) return err({ kind: 'store', error: done.error });
    if (isOwnWish) confirmations.note(record, confirmation);
    const { account } = holdings;
    const subject = { account, epoch, roster: previous, record, ...ballot };
    return ok(statementHashOf(rosterStatement(subject)));
  };

  const canOpen = async (matter: RosterMatter): Promise<boolean> => {
    const me = context.keys?.signer.device;
    const isMember = me !== undefined && memberOf(matter.record, me) !== null;
    // Whoever is left without an envelope could not enter the room of the epoch.
    const isSealed = matter.record.members.every((member) =>
      matter.envelopes.some(({ device }) => device === member.device),
    );
    if (!isSealed) return false;
    if (isMember && (await secrets.open(matter.record, matter.envelopes)) === null) return false;
    return haveConsented(context, matter);
  };

  const follows = (matter: RosterMatter): boolean => {
    const { holdings } = context;
    return holdings !== null && isNext(holdings, matter.record);
  };

  const isVotable = (matter: RosterMatter): boolean =>
    context.holdings !== null && follows(matter) && faultOf(context.holdings, matter) === null;

  const isOpenTo = (matter: RosterMatter): boolean => {
    const { holdings } = context;
    if (holdings === null || !follows(matter)) return false;
    const fault = faultOf(holdings, matter);
    return fault === null || fault.kind === 'promises-missing';
  };

  const letGo = async (statement: StatementHash): Promise<void> => {
    const { holdings } = context;
    const asked = holdings?.ceremonies().get(statement);
    if (holdings === null || asked === undefined || !isAboutRoster(asked)) return;
    const { members, governanceThreshold } = choiceOf(holdings).record;
    for (const ceremony of ballotsOf(holdings, asked.matter.recordHash)) {
      if (!ceremony.heldBy.has(holdings.me)) continue;
      // Votes bind those who gave them, so what the others can bring about alone has to be let
      // happen.
      const isBound = ceremony.approvals.size > 0 && members.length - 1 >= governanceThreshold;
      const isOpen = stageNow(holdings, ceremony, context.ports.clock.wallMs()) === 'open';
      if (!isOpen || isBound) continue;
      const { statement: own } = ceremony;
      await intake.own([{ kind: 'roster.abandoned', statement: own, cause: 'withdrawn' }]);
    }
  };

  const complete: RosterService['complete'] = async (ceremony) => {
    const { holdings } = context;
    if (holdings === null || !isAboutRoster(ceremony)) return ok(false);
    const { matter } = ceremony;
    if (!isVotable(matter)) return ok(false);
    const { fork, record: deciders, votedTwice, brokePromise } = choiceOf(holdings);
    // What was said by a member that is shown to have voted twice would spoil the rest.
    const votes = [...countedApprovals(ceremony, policy.terms(holdings))].flatMap(
      ([signer, { signature }]) =>
        fork === null || memberOf(deciders, signer) !== null ? { signer, signature } : [],
    );
    const completion: RosterCompletion = {
      record: matter.record,
      round: matter.round,
      proposer: matter.ballotProposer,
      votes: sortedShares(votes),
      consents: matter.consents.map(({ device, signature }) => ({ signer: device, signature })),
      promises: promisesIn({ fork, record: deciders }, matter),
      ...(fork === null ? {} : { votedTwice, ...(brokePromise.length > 0 && { brokePromise }) }),
    };
    const predecessor = predecessorFor(holdings, matter.record);
    if (predecessor === null) return ok(false);
    const checks = transitionChecks(completion, predecessor);
    const verdicts = await context.ports.verifier.verify(checks);
    // What no one would admit is not published, and not tried again and again.
    const admitted = admitTransition(completion, predecessor, verdicts);
    if (!admitted.ok) return ok(false);
    // What one fact cannot hold is rare, so the code for it is fetched; it stops nothing.
    const part = isOneFact(completion)
      ? { fittingCompletion: () => completion }
      : await import('./ballot-fitting.js').catch(() => null);
    const verified = admitted.value.completion;
    const said = part?.fittingCompletion(verified, predecessor, isOneFact) ?? null;
    if (said === null) return ok(false);
    const done = await intake.own(
      [completedBody(said)],
      [envelopesRow(matter.recordHash, matter.envelopes)],
    );
    return done.ok ? ok(true) : err({ kind: 'store', error: done.error });
  };

  const missing = ({ record }: RosterMatter): number => {
    const { holdings } = context;
    if (holdings === null) return 0;
    const heads = record.heads.filter((head) => !holdings.completions().has(head)).length;
    return heads + closingMissing(record, holdings.fold().state().frontier);
  };

  const doesMore = (matter: RosterMatter): boolean =>
    context.holdings !== null &&
    doesMoreThanShown(
      listsBefore(context.holdings, matter),
      matter.record,
      context.holdings.fold().state().frontier,
    );

  return {
    ...{ propose, whyNoProposal, open, complete, letGo },
    ...{ isOpenTo, isVotable, canOpen, doesMore, missing },
  };
};

const completedBody = (completion: RosterCompletion): Body => ({
  kind: 'roster.completed',
  completion: encodeRosterCompletion(completion),
});

const isOneFact = (completion: RosterCompletion): boolean =>
  encodeBody(completedBody(completion)).ok;

/** Whether it follows what is to be followed now. */
const isNext = (holdings: Holdings, { previous, merges, epoch }: RosterRecord): boolean => {
  const choice = choiceOf(holdings);
  const follows = merges.length > 0 ? forkHashOf(merges) : previous;
  return follows === choice.hash && epoch === choice.epoch + 1;
};

/** Every newcomer signed that it wants in: else the record could never come about. */
const haveConsented = async (context: Context, matter: RosterMatter): Promise<boolean> => {
  const { holdings } = context;
  if (holdings === null) return false;
  const message = consentSigningBytes(holdings.account, matter.recordHash);
  const isMerge = matter.record.merges.length > 0;
  const newcomers = isMerge ? [] : newcomersOf(matter.record, holdings.chain().tip);
  if (matter.consents.length !== newcomers.length) return false;
  const checks = matter.consents.map(({ device, signature }) => ({
    key: device,
    message,
    signature,
  }));
  const verdicts = await context.ports.verifier.verify(checks);
  const consenting = new Set(matter.consents.map(({ device }) => device));
  return verdicts.every(Boolean) && newcomers.every((device) => consenting.has(device));
};
