import type { DeviceId, RosterHash } from '../../core/base/brands.js';
import { compareBallots, encodePromise, valueForced } from '../../core/authority/ballot.js';
import { need } from '../../core/authority/capability.js';
import { type RosterRecord, memberOf } from '../../core/authority/roster.js';
import type { RosterMatter } from '../../core/ceremonies/matter.js';
import { encodeBody } from '../../core/facts/bodies.js';
import { type CodeTerms, countedApprovals } from '../../core/ceremonies/agreed-code.js';
import type { BallotBox } from './ballot-box.js';
import type { BindingCheck } from '../upgrades/binding-votes.js';
import { proposalBody } from './ballot-words.js';
import { choiceOf } from './choice.js';
import type { CodePolicy } from '../upgrades/code-policy.js';
import { type Confirmations, dangerIn, vetoOf } from './confirmations.js';
import type { Context } from '../context.js';
import { type EpochSecrets, envelopesRow } from './epoch-secrets.js';
import type { Holdings } from '../journal/holdings.js';
import type { Intake } from '../journal/intake.js';
import { learnPromises } from './known-promises.js';
import type { Patience } from '../loop/patience.js';
import {
  type RosterCeremony,
  ballotOf,
  ballotsOf,
  highestBallot,
  isAboutRoster,
  isRepeated,
  promisesHeld,
  rosterCeremonies,
} from './roster-ballots.js';
import type { RosterService } from './roster-service.js';
import { isSetAside } from '../journal/set-aside.js';
import { isTurnedDown, stageNow } from '../decisions/standing-of.js';

/**
 * What this device does by itself about proposed records (rules A3 and A9).
 *
 * It promises what others open, gathers promises for its own ballots and says which record they
 * leave it, votes where its person agreed and nothing stands in the way, completes, and puts a
 * record forward again where its ballot was overtaken or its proposer is gone.
 */
export interface RosterCourse {
  /** One step; true when something was written. */
  readonly settle: () => Promise<boolean>;
  /** Whether a delay, a veto, or the bundle that it names keeps this device from voting. */
  readonly isHeldBack: (ceremony: RosterCeremony) => boolean;
}

export interface CourseParts {
  readonly secrets: EpochSecrets;
  readonly box: BallotBox;
  readonly rosters: RosterService;
  readonly confirmations: Confirmations;
  readonly patience: Patience;
  readonly isLinked: (device: DeviceId) => boolean;
  readonly bindingBlocker: BindingCheck;
  readonly policy: CodePolicy;
}

/** So long promises of more members are waited for where those at hand force another record. */
const MORE_PROMISES_MS = 10_000;
/** So long nothing has to move before an overtaken ballot is opened anew, doubled each time. */
const OVERTAKEN_MS = 20_000;
/** So long a proposer has to be gone before another device puts its record forward. */
const GONE_MS = 60_000;
/** Devices take their turns: no two of them open ballots at once. */
const TURN_MS = 15_000;
const DOUBLINGS_MAX = 10;

export const createRosterCourse = (
  context: Context,
  intake: Intake,
  { secrets, box, rosters, confirmations, patience, isLinked, bindingBlocker, policy }: CourseParts,
): RosterCourse => {
  /** Records whose envelopes are known to be in the store. */
  const kept = new Set<RosterHash>();

  /** Whether others had their time to promise a ballot, since this device did or first asked. */
  const areMorePromisesOver = ({ previous, round, ballotProposer }: RosterMatter): boolean =>
    patience.isOver(`freed:${previous}:${round}:${ballotProposer}`, MORE_PROMISES_MS);

  /** A ballot that another device opened is promised, whatever it puts forward. */
  const promise = async (holdings: Holdings, ceremony: RosterCeremony): Promise<boolean> => {
    const { matter } = ceremony;
    const ballot = ballotOf(matter);
    if (matter.round === 0 || matter.ballotProposer === holdings.me) return false;
    if (!rosters.isOpenTo(matter)) return false;
    // Votes need no more promises, but a veto does where they alone free it of what was claimed.
    if (rosters.isVotable(matter) && !mayBeFreed(holdings, matter)) return false;
    if (promisesHeld(holdings, ballot).some(({ signer }) => signer === holdings.me)) return false;
    // Who is about to be removed cannot hold that up by opening ballots.
    const isSubject = rosterCeremonies(holdings).some(
      (each) =>
        confirmations.of(each.matter.recordHash) !== null &&
        dangerIn(context, each.matter)?.subjects.includes(matter.ballotProposer) === true,
    );
    if (isSubject || !(await box.promise(ceremony))) return false;
    areMorePromisesOver(matter);
    return true;
  };

  const mayBeFreed = (holdings: Holdings, matter: RosterMatter): boolean =>
    dangerIn(context, matter) !== null && isRepeated(holdings, matter);

  /** Once enough members promised, the proposer says which record its ballot is for. */
  const gather = async (holdings: Holdings, ceremony: RosterCeremony): Promise<boolean> => {
    const { matter } = ceremony;
    const ballot = ballotOf(matter);
    if (matter.ballotProposer !== holdings.me || matter.round === 0) return false;
    const isSaid = rosterCeremonies(holdings).some(
      (each) =>
        compareBallots(ballotOf(each.matter), ballot) === 0 && rosters.isVotable(each.matter),
    );
    if (isSaid) return false;
    const { record: deciders } = choiceOf(holdings);
    const promises = await box.promisesFor(ballot);
    if (promises.length < deciders.governanceThreshold) return false;
    const forced = valueForced(promises, deciders);
    const isOther = forced !== null && forced !== matter.recordHash;
    const key = `promises:${matter.previous}:${ballot.round}`;
    const mayMoreCome = promises.length < deciders.members.length;
    if (isOther && mayMoreCome && !patience.isOver(key, MORE_PROMISES_MS)) return false;
    const put = isOther ? ballotsOf(holdings, forced)[0] : ceremony;
    if (put === undefined) return false;
    const { recordBytes, envelopes, consents } = put.matter;
    // What the opening fact of this very statement holds need not be said again.
    const offered = isOther
      ? { recordBytes, envelopes, consents }
      : { recordBytes, envelopes: [], consents: [] };
    const words = {
      comment: put.comment,
      expires: Math.max(ceremony.expiresMs, put.expiresMs),
      ...{ round: ballot.round, promises: promises.map(encodePromise) },
    };
    const usual = proposalBody(offered, words);
    if (encodeBody(usual).ok) return (await intake.own([usual])).ok;
    // More than one fact holds is a rare thing to say: the code for it is fetched.
    const part = await import('./ballot-fitting.js').catch(() => null);
    const { hash, record } = choiceOf(holdings);
    const vote = { ...ballot, record: put.matter.recordHash };
    const settled = { vote, previous: { hash, record }, promises, put: put.matter, words };
    const bodies = part?.settlingBodies({ ...settled, isOpened: !isOther }) ?? null;
    return bodies !== null && (await intake.own(bodies)).ok;
  };

  /** Members whose yes would count here now. */
  const countedFor = (holdings: Holdings, ceremony: RosterCeremony): number =>
    countedIn(choiceOf(holdings).record, ceremony, policy.terms(holdings));

  const isHeldBack = (ceremony: RosterCeremony): boolean => {
    const { holdings } = context;
    const { matter } = ceremony;
    if (holdings !== null && policy.isHeldBack(holdings)) return true;
    if (holdings === null || dangerIn(context, matter) === null) return false;
    // Time passes for all alike: what has to be repeated can wait for it, too.
    const votesAt = confirmations.votesAtMs(matter.recordHash);
    if (votesAt === null || context.ports.clock.wallMs() < votesAt) return true;
    if (isRepeated(holdings, matter)) return !areMorePromisesOver(matter);
    return vetoOf(context, matter) !== null || bindingBlocker(matter) !== null;
  };

  /**
   * The vote of a device whose person agreed. The proposer of a ballot votes last: until nothing
   * but its vote is missing, nobody is bound to a value by it.
   */
  const vote = async (holdings: Holdings, ceremony: RosterCeremony): Promise<boolean> => {
    const { matter, approvals, refusals } = ceremony;
    const yes = confirmations.of(matter.recordHash);
    if (yes === null || approvals.has(holdings.me) || refusals.has(holdings.me)) return false;
    if (!rosters.isVotable(matter) || rosters.missing(matter) > 0) return false;
    const { record: deciders } = choiceOf(holdings);
    const isMine = matter.ballotProposer === holdings.me;
    if (isMine && countedFor(holdings, ceremony) < deciders.governanceThreshold - 1) return false;
    if (isHeldBack(ceremony) || rosters.doesMore(matter)) return false;
    if (!(await rosters.canOpen(matter))) return false;
    return (await box.vote(ceremony, yes.comment)).ok;
  };

  /** Whether only the vote of its proposer, which comes last, is missing. */
  const lacksOnlyIts = (holdings: Holdings, ceremony: RosterCeremony): boolean =>
    countedFor(holdings, ceremony) >= choiceOf(holdings).record.governanceThreshold - 1 &&
    !ceremony.approvals.has(ceremony.matter.ballotProposer);

  /** Whether a ballot cannot go on, and this device is to put its record forward again. */
  const isMyTurn = async (holdings: Holdings, ceremony: RosterCeremony): Promise<boolean> => {
    const { matter } = ceremony;
    const { me } = holdings;
    const { hash, record: deciders } = choiceOf(holdings);
    const yes = confirmations.of(matter.recordHash);
    const isLatest = ballotsOf(holdings, matter.recordHash).at(-1) === ceremony;
    if (yes === null || !isLatest || !need('roster_change')(deciders, me)) return false;
    // No ballot helps what was turned down: it lapses, and a new one would only ask again.
    if (isTurnedDown(holdings, ceremony)) return false;
    const memory = await box.memoryOf(hash);
    const top = memory.ok && memory.value ? highestBallot(holdings, memory.value) : null;
    if (top === null) return false;
    const isOvertaken = compareBallots(top, ballotOf(matter)) > 0;
    const isMine = matter.ballotProposer === me;
    const topKey = `${matter.recordHash}:${top.round}:${top.proposer}`;
    const turns = ballotsOf(holdings, matter.recordHash).length - 1;
    const doubled = OVERTAKEN_MS * 2 ** Math.min(turns, DOUBLINGS_MAX);
    const rank = deciders.members.findIndex(({ device }) => device === me);
    if (isMine) {
      const isOver = isOvertaken || isInVain(holdings, ceremony);
      if (!isOver || holdsAnother(holdings, ceremony)) return false;
      return patience.isOver(`overtaken:${topKey}`, doubled + rank * TURN_MS);
    }
    const isGone = !isLinked(matter.ballotProposer);
    const isWaiting = isOvertaken || !rosters.isVotable(matter) || lacksOnlyIts(holdings, ceremony);
    if (!isGone || !isWaiting) {
      patience.forget(`gone:${topKey}`);
      return false;
    }
    return patience.isOver(`gone:${topKey}`, GONE_MS + doubled + rank * TURN_MS);
  };

  /** Whether its ballot had to repeat another record, and by now a veto stops that one. */
  const isInVain = (holdings: Holdings, { matter }: RosterCeremony): boolean =>
    rosterCeremonies(holdings).some(
      (each) =>
        each.matter.recordHash !== matter.recordHash &&
        compareBallots(ballotOf(each.matter), ballotOf(matter)) === 0 &&
        rosters.isVotable(each.matter) &&
        vetoOf(context, each.matter) !== null,
    );

  const holdsAnother = (holdings: Holdings, ceremony: RosterCeremony): boolean =>
    rosterCeremonies(holdings).some(
      (each) =>
        each.heldBy.has(holdings.me) &&
        compareBallots(ballotOf(each.matter), ballotOf(ceremony.matter)) > 0 &&
        stageNow(holdings, each, context.ports.clock.wallMs()) === 'open',
    );

  const again = async (holdings: Holdings, ceremony: RosterCeremony): Promise<boolean> => {
    if (!(await isMyTurn(holdings, ceremony))) return false;
    const { record, recordBytes, envelopes, consents } = ceremony.matter;
    const offered = { record, recordBytes, envelopes, consents };
    const { comment, expiresMs } = ceremony;
    return (await rosters.open(offered, comment, expiresMs)).ok;
  };

  const settle = async (): Promise<boolean> => {
    const { holdings } = context;
    if (holdings === null) return false;
    for (const ceremony of holdings.ceremonies().values()) {
      const isKept = !isAboutRoster(ceremony) || kept.has(ceremony.matter.recordHash);
      if (isKept || !(await keepEnvelopes(context, holdings, secrets, ceremony))) continue;
      kept.add(ceremony.matter.recordHash);
    }
    const nowMs = context.ports.clock.wallMs();
    await confirmations.settle();
    const { fork } = choiceOf(holdings);
    if (fork !== null) await learnPromises(holdings, context.ports.verifier, fork.commonHash);
    const { record: deciders } = choiceOf(holdings);
    const isAble = memberOf(deciders, holdings.me) !== null && !isSetAside(holdings, holdings.me);
    for (const ceremony of rosterCeremonies(holdings)) {
      if (stageNow(holdings, ceremony, nowMs) !== 'open' || !isAble) continue;
      if (countedFor(holdings, ceremony) >= deciders.governanceThreshold) {
        const done = await rosters.complete(ceremony);
        if (done.ok && done.value) return true;
        continue;
      }
      if (await promise(holdings, ceremony)) return true;
      if (await gather(holdings, ceremony)) return true;
      if (await vote(holdings, ceremony)) return true;
      if (await again(holdings, ceremony)) return true;
    }
    return false;
  };

  return { settle, isHeldBack };
};

const countedIn = (deciders: RosterRecord, ceremony: RosterCeremony, terms: CodeTerms): number =>
  [...countedApprovals(ceremony, terms).keys()].filter(
    (device) => memberOf(deciders, device) !== null,
  ).length;

/**
 * Envelopes of the epoch in force are kept beside its record: they outlive the proposal's fact.
 * True once they are.
 */
const keepEnvelopes = async (
  context: Context,
  holdings: Holdings,
  secrets: EpochSecrets,
  { matter }: RosterCeremony,
): Promise<boolean> => {
  const hash: RosterHash = matter.recordHash;
  if (!holdings.transitions().has(hash) || matter.envelopes.length === 0) return false;
  if ((await secrets.envelopesOf(hash)).length > 0) return true;
  return (await context.commit([envelopesRow(hash, matter.envelopes)], 'strict')).ok;
};
