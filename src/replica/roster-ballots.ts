import { compareBy, compareText, sortedBy } from '../core/base/ordering.js';
import type { DeviceId, RosterHash, StatementHash } from '../core/base/brands.js';
import {
  type Ballot,
  type BallotFault,
  type BallotPromise,
  ballotFault,
  compareBallots,
  parsePromise,
  valueForced,
} from '../core/authority/ballot.js';
import { BALLOT_ROUND_STEP_MAX, type BallotMemory } from '../core/authority/ballot-memory.js';
import { memberOf } from '../core/authority/roster.js';
import type { Ceremony } from '../core/ceremonies/ceremony.js';
import type { RosterMatter } from '../core/ceremonies/matter.js';
import { parseBody } from '../core/facts/bodies.js';
import { type Choice, choiceOf } from './choice.js';
import type { Holdings } from './holdings.js';

/** A ceremony about the record that follows. */
export interface RosterCeremony extends Ceremony {
  readonly matter: RosterMatter;
}

/** Everything that is asked for as the successor of the record in force, whatever its stage. */
export const rosterCeremonies = (holdings: Holdings): readonly RosterCeremony[] =>
  [...holdings.ceremonies().values()].filter(isAboutRoster).filter((each) => {
    return each.matter.previous === holdings.chain().choiceHash;
  });

export const isAboutRoster = (ceremony: Ceremony): ceremony is RosterCeremony =>
  ceremony.matter.purpose === 'roster';

/** All ballots that put one record forward, in their order. */
export const ballotsOf = (holdings: Holdings, record: RosterHash): readonly RosterCeremony[] =>
  [...holdings.ceremonies().values()]
    .filter(isAboutRoster)
    .filter((each) => each.matter.recordHash === record)
    .sort((a, b) => compareBallots(ballotOf(a.matter), ballotOf(b.matter)));

export const ballotOf = ({ round, ballotProposer }: RosterMatter): Ballot => ({
  round,
  proposer: ballotProposer,
});

/** The promises that a proposal names; what does not read back is left out. */
export const promisesOf = ({ promises }: RosterMatter): readonly BallotPromise[] =>
  promises.flatMap((bytes) => {
    const promise = parsePromise(bytes);
    return promise.ok ? promise.value : [];
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

/** Whether the record is a ballot's not by choice but because votes for it had to be repeated. */
export const isRepeated = (holdings: Holdings, matter: RosterMatter): boolean =>
  valueForced(promisesIn(choiceOf(holdings), matter), choiceOf(holdings).record) ===
  matter.recordHash;

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
    if (act.kind !== 'roster.promised' || act.roster !== tipHash) continue;
    const body = parseBody(act.kind, act.body);
    if (!body.ok || body.value.kind !== 'roster.promised') continue;
    const promise = parsePromise(body.value.promise);
    if (!promise.ok) continue;
    const { signer } = promise.value;
    const isPaper = memberOf(record, signer)?.storage === 'paper';
    if (signer !== act.author && !isPaper) continue;
    const isIts = promise.value.previous === hash && compareBallots(promise.value, ballot) === 0;
    if (isIts && memberOf(record, signer) !== null)
      byCarrier.set(`${signer}:${act.author}`, promise.value);
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
