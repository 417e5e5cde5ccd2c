import { compareBy, compareText, sortedBy } from '../../core/base/ordering.js';
import { readOnce } from '../../core/base/read-once.js';
import type { DeviceId, RosterHash, StatementHash } from '../../core/base/brands.js';
import {
  type Ballot,
  type BallotFault,
  type BallotPromise,
  ballotFault,
  compareBallots,
  mayBeChosen,
  parsePromise,
  valueForced,
} from '../../core/authority/ballot.js';
import { BALLOT_ROUND_STEP_MAX, type BallotMemory } from '../../core/authority/ballot-memory.js';
import { memberOf } from '../../core/authority/roster.js';
import type { Ceremony } from '../../core/ceremonies/ceremony.js';
import type { RosterMatter } from '../../core/ceremonies/matter.js';
import type { Act } from '../../core/journal/state.js';
import { parseBody } from '../../core/facts/bodies.js';
import { type Choice, choiceOf } from './choice.js';
import type { Holdings } from '../journal/holdings.js';
import { promisesOf } from './known-promises.js';

/** A ceremony about the record that follows. */
export interface RosterCeremony extends Ceremony {
  readonly matter: RosterMatter;
}

/** Ceremonies about records, sorted out once for each reading of all ceremonies. */
interface Sorted {
  readonly byPrevious: ReadonlyMap<RosterHash, readonly RosterCeremony[]>;
  /** In the order of their ballots. */
  readonly byRecord: ReadonlyMap<RosterHash, readonly RosterCeremony[]>;
}

const sortedOut = readOnce((reading: ReadonlyMap<StatementHash, Ceremony>): Sorted => {
  const byPrevious = new Map<RosterHash, RosterCeremony[]>();
  const byRecord = new Map<RosterHash, RosterCeremony[]>();
  for (const each of reading.values()) {
    if (!isAboutRoster(each)) continue;
    const { previous, recordHash } = each.matter;
    byPrevious.set(previous, [...(byPrevious.get(previous) ?? []), each]);
    byRecord.set(recordHash, [...(byRecord.get(recordHash) ?? []), each]);
  }
  for (const all of byRecord.values()) {
    all.sort((a, b) => compareBallots(ballotOf(a.matter), ballotOf(b.matter)));
  }
  return { byPrevious, byRecord };
});

/** Everything that is asked for as the successor of the record in force, whatever its stage. */
export const rosterCeremonies = (holdings: Holdings): readonly RosterCeremony[] =>
  sortedOut(holdings.ceremonies()).byPrevious.get(holdings.chain().choiceHash) ?? [];

export const isAboutRoster = (ceremony: Ceremony): ceremony is RosterCeremony =>
  ceremony.matter.purpose === 'roster';

/** All ballots that put one record forward, in their order. */
export const ballotsOf = (holdings: Holdings, record: RosterHash): readonly RosterCeremony[] =>
  sortedOut(holdings.ceremonies()).byRecord.get(record) ?? [];

export const ballotOf = ({ round, ballotProposer }: RosterMatter): Ballot => ({
  round,
  proposer: ballotProposer,
});

/** The promise that an act is, read once; null for every other, and for what does not read back. */
export const promiseIn = readOnce((act: Act): BallotPromise | null => {
  if (act.kind !== 'roster.promised') return null;
  const body = parseBody(act.kind, act.body);
  const isPromise = body.ok && body.value.kind === 'roster.promised';
  const promise = isPromise ? parsePromise(body.value.promise) : null;
  return promise?.ok === true ? promise.value : null;
});

/**
 * The same as far as they count: of what unites a fork not those of a member that is shown, by now,
 * to have voted twice.
 */
export const promisesIn = (
  { record, fork }: Pick<Choice, 'record' | 'fork'>,
  matter: RosterMatter,
): readonly BallotPromise[] =>
  promisesOf(matter).filter(({ signer }) => fork === null || memberOf(record, signer) !== null);

/** What keeps a ballot from choosing its record; null when nothing does, as far as it says. */
export const faultOf = (holdings: Holdings, matter: RosterMatter): BallotFault | null => {
  const previous = choiceOf(holdings);
  const { round, ballotProposer: proposer, recordHash: record } = matter;
  return ballotFault({ round, proposer, record }, previous, promisesIn(previous, matter));
};

/**
 * Whether the record is a ballot's not by choice but because votes for it had to be repeated, and
 * may have been chosen by all that is held here.
 *
 * Who proposes lists no more promises than it has to, and any signer may claim a vote: so members
 * whose promises it left out are asked as well. Paper's are left to the list: any device may say
 * that it carries one, and what facts carry is not verified.
 */
export const isRepeated = (holdings: Holdings, matter: RosterMatter): boolean => {
  const choice = choiceOf(holdings);
  const { recordHash } = matter;
  const listed = promisesIn(choice, matter);
  if (valueForced(listed, choice.record) !== recordHash) return false;
  const others = promisesHeld(holdings, ballotOf(matter)).filter(
    ({ signer }) =>
      memberOf(choice.record, signer)?.storage !== 'paper' &&
      listed.every((each) => each.signer !== signer),
  );
  return mayBeChosen(recordHash, [...listed, ...others], choice.record);
};

/**
 * Promises for one ballot that facts here carry; their signatures are not verified.
 *
 * Each in a fact of its signer, but for those of paper, which any device may carry: so there may be
 * several that claim to be one paper key's.
 */
export const promisesHeld = (holdings: Holdings, ballot: Ballot): readonly BallotPromise[] => {
  const { tipHash } = holdings.chain();
  const { hash, record } = choiceOf(holdings);
  const byCarrier = new Map<string, BallotPromise>();
  for (const act of holdings.fold().state().acts.values()) {
    const promise = act.roster === tipHash ? promiseIn(act) : null;
    if (promise === null) continue;
    const isIts = promise.previous === hash && compareBallots(promise, ballot) === 0;
    const member = isIts ? memberOf(record, promise.signer) : null;
    if (member === null) continue;
    const { signer } = promise;
    const isPaper = member.storage === 'paper';
    if (signer === act.author || isPaper) byCarrier.set(`${signer}:${act.author}`, promise);
  }
  return sortedBy(
    byCarrier.values(),
    compareBy(({ signer }) => signer, compareText),
  );
};

/**
 * The highest ballot that is known here; null when there is none.
 *
 * Rounds far beyond what this device promised are passed over, as no honest device promises them.
 */
export const highestBallot = (holdings: Holdings, memory: BallotMemory): Ballot | null => {
  const roundMax = (memory.promised?.round ?? 0) + BALLOT_ROUND_STEP_MAX;
  const known = rosterCeremonies(holdings)
    .map(({ matter }) => ballotOf(matter))
    .filter(({ round }) => round <= roundMax);
  const all = memory.promised === null ? known : [...known, memory.promised];
  return all.sort(compareBallots).at(-1) ?? null;
};

/** The first who put a record forward: whose wish it is. */
export const authorOf = (holdings: Holdings, record: RosterHash): DeviceId | null =>
  ballotsOf(holdings, record)[0]?.proposer ?? null;

/** Of several ballots that put one record forward, the one that people are shown. */
export const shownBallot = (holdings: Holdings, record: RosterHash): StatementHash | null =>
  ballotsOf(holdings, record).at(-1)?.statement ?? null;
