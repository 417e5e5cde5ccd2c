import type { AccountId, DeviceId, RosterHash, SessionId } from '../base/brands.js';
import { brandHex } from '../base/brands.js';
import type { Capability } from './capability.js';
import {
  growTree,
  type ChainLink,
  type ChainTree,
  type Fork,
  type OutsideReason,
} from './chain-tree.js';
import {
  boundSeq,
  closedSeq,
  collectClosings,
  notBehind,
  removalsOf,
  type LinkFilter,
} from './closing.js';
import { forkHashOf, meetOf, NOBODY } from './fork.js';
import { DEFAULT_SUITE, type RosterRecord } from './roster.js';
import type { AdmittedTransition } from './transition.js';

/** Whose act it is, in which session, and under which roster as it claims. */
export interface ClaimedAct {
  readonly author: DeviceId;
  readonly roster: RosterHash;
  readonly session: SessionId;
}

/**
 * Every roster record of an account, and who decides now. The same for any order of hearing of
 * them.
 */
export interface RosterChain {
  readonly account: AccountId;
  readonly transitions: ReadonlyMap<RosterHash, AdmittedTransition>;
  readonly covered: ReadonlySet<RosterHash>;
  /** Records that are part of the chain, forks included. */
  readonly links: ReadonlyMap<RosterHash, ChainLink>;
  /** Valid records that are no part of it, and why. */
  readonly outside: ReadonlyMap<RosterHash, OutsideReason>;
  readonly forks: readonly Fork[];
  readonly isForked: boolean;
  /** The last records of all branches, sorted; one when not forked. */
  readonly tips: readonly RosterHash[];
  /**
   * The present record; when forked, the intersection of the branches, which no ceremony may use.
   */
  readonly tip: RosterRecord;
  /** The last undisputed record. */
  readonly tipHash: RosterHash;
  /** Names the choice of what follows: that record, or all branches together (rule A3). */
  readonly choiceHash: RosterHash;
  /** From the first record to tipHash, each after all it follows: united branches included. */
  readonly lineage: readonly RosterHash[];
  /** Every device that ever was a member in any part of the chain. */
  readonly membersEver: ReadonlySet<DeviceId>;
  readonly isKnown: (roster: RosterHash) => boolean;
  /** The record of that name if it is part of the chain. */
  readonly recordAt: (roster: RosterHash) => RosterRecord | null;
  /** Whether the first is the second or one before it. */
  readonly isAncestor: (earlier: RosterHash, later: RosterHash) => boolean;
  /**
   * The last seq of a session that counts for its author; null when nothing closes it, -1 when none
   * of it counts. With `upTo`, only that record and those before it speak (rule S3).
   */
  readonly closedAt: (
    session: SessionId,
    author: DeviceId,
    upTo?: RosterHash | null,
  ) => number | null;
  /**
   * The last seq of a session up to which an act under this claimed roster keeps what a later
   * record took from its author; null when nothing was taken.
   */
  readonly boundAt: (
    act: ClaimedAct,
    needed: Capability,
    upTo?: RosterHash | null,
  ) => number | null;
  /** The records that removed a device, sorted; empty when none did. */
  readonly removedBy: (device: DeviceId) => readonly RosterHash[];
}

/**
 * Folds the known transitions of an account into its chain of records.
 *
 * Any order, repetition and grouping gives the same chain; what does not connect to the first
 * record yet is kept and waits. `covered` are the rosters that the heads of the base name: rivals
 * of those and of what came before them are evidence, not forks (A11).
 * Source: rules A2, A3, A4 and A11.
 */
export const foldChain = (
  account: AccountId,
  transitions: Iterable<AdmittedTransition>,
  covered: ReadonlySet<RosterHash> = new Set(),
): RosterChain => {
  const tree = growTree(account, transitions, covered);
  const closings = collectClosings(tree.links.values());
  const isAncestor = ancestry(tree);
  const tip = tipOf(tree);
  const upToFilter =
    (upTo: RosterHash | null | undefined): LinkFilter =>
    (link) =>
      upTo === null || upTo === undefined || isAncestor(link.hash, upTo);
  return {
    account,
    transitions: tree.transitions,
    covered,
    links: tree.links,
    outside: tree.outside,
    forks: tree.forks,
    isForked: tree.leaves.length > 1,
    tips: tree.leaves.map((leaf) => leaf.hash),
    tip,
    tipHash: tree.tip?.hash ?? (account as string as RosterHash),
    choiceHash: choiceHashOf(account, tree),
    lineage: tree.lineage.map((link) => link.hash),
    membersEver: new Set(
      [...tree.links.values()].flatMap((link) => link.record.members.map((each) => each.device)),
    ),
    isKnown: (roster) => tree.links.has(roster),
    recordAt: (roster) => tree.links.get(roster)?.record ?? null,
    isAncestor,
    closedAt: (session, author, upTo) => closedSeq(closings, session, author, upToFilter(upTo)),
    boundAt: ({ author, roster, session }, needed, upTo) => {
      const isLater = notBehind(isAncestor, roster);
      const isHeard = upToFilter(upTo);
      const counts: LinkFilter = (link) => isLater(link) && isHeard(link);
      return boundSeq(closings, session, author, needed, counts);
    },
    removedBy: (device) =>
      removalsOf(closings, device)
        .map((link) => link.hash)
        .sort(),
  };
};

/** The chain of everything that either knows. */
export const joinChains = (left: RosterChain, right: RosterChain): RosterChain =>
  foldChain(
    left.account,
    [...left.transitions.values(), ...right.transitions.values()],
    new Set([...left.covered, ...right.covered]),
  );

/** Walks up from the later one, along all branches, and never past the epoch of the earlier one. */
const ancestry = (tree: ChainTree) => {
  const isLine = tree.lineage.every((link) => link.parents.length < 2);
  const undisputed = new Set(isLine ? tree.lineage : []);
  return (earlier: RosterHash, later: RosterHash): boolean => {
    const target = tree.links.get(earlier);
    const from = tree.links.get(later);
    if (target === undefined || from === undefined) return false;
    if (undisputed.has(target) && undisputed.has(from)) {
      return target.record.epoch <= from.record.epoch;
    }
    const open = [from];
    const seen = new Set<ChainLink>();
    for (let link = open.pop(); link !== undefined; link = open.pop()) {
      if (link === target) return true;
      if (seen.has(link) || link.record.epoch <= target.record.epoch) continue;
      seen.add(link);
      open.push(...link.parents);
    }
    return false;
  };
};

/** The present record; of several branches what all of them grant; of no record at all, nobody. */
const tipOf = (tree: ChainTree): RosterRecord => {
  const [first, ...others] = tree.leaves.map((leaf) => leaf.record);
  if (first === undefined) return emptyRecord();
  return others.length === 0 ? first : meetOf([first, ...others], tree.tip?.record ?? first);
};

const choiceHashOf = (account: AccountId, { leaves, tip }: ChainTree): RosterHash =>
  leaves.length > 1
    ? forkHashOf(leaves.map(({ hash }) => hash))
    : (tip?.hash ?? (account as string as RosterHash));

const emptyRecord = (): RosterRecord => ({
  epoch: 0,
  previous: null,
  merges: [],
  members: [],
  snapshotThreshold: 1,
  governanceThreshold: 1,
  admin: NOBODY,
  suites: [DEFAULT_SUITE],
  commitment: brandHex(NOBODY),
  closing: [],
  heads: [],
  activation: null,
  origin: null,
});
