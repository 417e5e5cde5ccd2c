import type { AccountId, DeviceId, RosterHash } from '../base/brands.js';
import { compareText } from '../base/ordering.js';
import { commonOf, everHeld, parentsOf } from './fork.js';
import { memberOf, type RosterRecord } from './roster.js';
import type { AdmittedTransition } from './transition.js';
import { joinTransitions } from './transition-join.js';

/** A record that stands in the chain. */
export interface ChainLink {
  readonly hash: RosterHash;
  readonly record: RosterRecord;
  readonly parent: ChainLink | null;
  /** All that it follows: the branches of a merge, `parent` alone in any other, none at first. */
  readonly parents: readonly ChainLink[];
  /** Everyone who voted for it, in whatever ballot; sorted. */
  readonly voters: readonly DeviceId[];
}

/** Rival successors of one record. Source: rule A3. */
export interface Fork {
  readonly parent: RosterHash;
  /** Sorted. */
  readonly rivals: readonly RosterHash[];
  /** Members of the parent who voted for more than one of them; sorted. */
  readonly doubleVoters: readonly DeviceId[];
}

/**
 * Why a valid record is no part of the chain.
 *
 * rival: it, or one before it, competes with a record that the base covers, so it is evidence and
 * no fork (A11). reintroduces: it, or one before it, brings back a removed key (A4).
 */
export type OutsideReason = 'rival' | 'reintroduces';

export interface ChainTree {
  readonly transitions: ReadonlyMap<RosterHash, AdmittedTransition>;
  readonly links: ReadonlyMap<RosterHash, ChainLink>;
  readonly outside: ReadonlyMap<RosterHash, OutsideReason>;
  /** What is open; sorted by parent. */
  readonly forks: readonly Fork[];
  /** Links that nothing follows, sorted by hash; empty when the first record is not here. */
  readonly leaves: readonly ChainLink[];
  /** The last record that every way to every leaf passes; null when the first is not here. */
  readonly tip: ChainLink | null;
  /** From the first record to `tip`, each after all that it follows: united branches included. */
  readonly lineage: readonly ChainLink[];
}

/** Grows the tree of records of one account from transitions in any order, with any repetition. */
export const growTree = (
  account: AccountId,
  offered: Iterable<AdmittedTransition>,
  covered: ReadonlySet<RosterHash>,
): ChainTree => {
  const transitions = transitionsByHash(account, offered);
  const sorted = [...transitions.values()].sort(byEpoch);
  const kept = keptRecords(transitions, sorted, covered);
  const decided = new Set<RosterHash>();
  for (const hash of kept) namesOf(transitions, hash).forEach((name) => decided.add(name));
  const links = new Map<RosterHash, ChainLink>();
  const outside = new Map<RosterHash, OutsideReason>();
  for (const transition of sorted) {
    const { hash, record } = transition;
    const names = parentsOf(record);
    const parents = names.flatMap((name) => links.get(name) ?? []);
    const behind = names.flatMap((name) => outside.get(name) ?? [])[0];
    const isRival = !kept.has(hash) && names.some((name) => decided.has(name));
    if (behind !== undefined) outside.set(hash, behind);
    else if (parents.length < names.length || (names.length === 0 && hash !== first(account))) {
      continue;
    } else if (reintroduces(transition, transitions)) outside.set(hash, 'reintroduces');
    else if (isRival) outside.set(hash, 'rival');
    else links.set(hash, linkOf(transition, parents));
  }
  return { transitions, links, outside, ...shapeOf(links) };
};

const first = (account: AccountId): RosterHash => account as string as RosterHash;

const byEpoch = (a: AdmittedTransition, b: AdmittedTransition): number =>
  a.record.epoch - b.record.epoch || compareText(a.hash, b.hash);

type Transitions = ReadonlyMap<RosterHash, AdmittedTransition>;

const namesOf = (transitions: Transitions, hash: RosterHash): readonly RosterHash[] => {
  const record = transitions.get(hash)?.record;
  return record === undefined ? [] : parentsOf(record);
};

/** Where the links part, and what all of them have behind them. */
const shapeOf = (
  links: ReadonlyMap<RosterHash, ChainLink>,
): Pick<ChainTree, 'forks' | 'leaves' | 'tip' | 'lineage'> => {
  const childrenOf = new Map<RosterHash, ChainLink[]>();
  for (const link of links.values()) {
    for (const { hash } of link.parents)
      childrenOf.set(hash, [...(childrenOf.get(hash) ?? []), link]);
  }
  const leaves = [...links.values()]
    .filter(({ hash }) => !childrenOf.has(hash))
    .sort((a, b) => compareText(a.hash, b.hash));
  const recordAt = (hash: RosterHash): RosterRecord | undefined => links.get(hash)?.record;
  const common = commonOf(
    leaves.map(({ hash }) => hash),
    recordAt,
  );
  const tip = (common === undefined ? undefined : links.get(common)) ?? null;
  const settled = new Set(tip === null ? [] : withAllBefore([tip]));
  // What parted before the tip was united since, or it would not be behind all leaves.
  const forks = [...childrenOf].flatMap(([parent, rivals]) => {
    const link = links.get(parent);
    const isOpen = link !== undefined && (link === tip || !settled.has(link));
    return rivals.length > 1 && isOpen ? forkOf(parent, rivals) : [];
  });
  return {
    forks: forks.sort((a, b) => compareText(a.parent, b.parent)),
    leaves,
    tip,
    lineage: [...links.values()].filter((link) => settled.has(link)),
  };
};

const withAllBefore = (from: readonly ChainLink[]): ReadonlySet<ChainLink> => {
  const all = new Set<ChainLink>();
  const open = [...from];
  for (let link = open.pop(); link !== undefined; link = open.pop()) {
    if (all.has(link)) continue;
    all.add(link);
    open.push(...link.parents);
  }
  return all;
};

/** One entry for each record: all that is known of it. */
const transitionsByHash = (
  account: AccountId,
  offered: Iterable<AdmittedTransition>,
): ReadonlyMap<RosterHash, AdmittedTransition> => {
  const joined = new Map<RosterHash, AdmittedTransition>();
  for (const transition of offered) {
    if (transition.account !== account) continue;
    const held = joined.get(transition.hash);
    joined.set(
      transition.hash,
      held === undefined ? transition : joinTransitions(held, transition),
    );
  }
  return joined;
};

/**
 * The covered records and all before them, with what unites them with their rivals.
 *
 * A merge that names what the base covers settles that fork: the branches that it names are rivals
 * no more. One that is itself a rival of a covered record is not heard.
 */
const keptRecords = (
  transitions: Transitions,
  sorted: readonly AdmittedTransition[],
  covered: ReadonlySet<RosterHash>,
): ReadonlySet<RosterHash> => {
  const kept = new Set<RosterHash>();
  keepWithAllBefore(transitions, kept, covered);
  const merges = sorted.filter(({ record }) => record.merges.length > 0);
  for (;;) {
    const decided = new Set([...kept].flatMap((hash) => namesOf(transitions, hash)));
    const uniting = merges.filter(({ hash, record }) => {
      const named = record.merges.filter((name) => kept.has(name));
      const isNews =
        !kept.has(hash) && named.length > 0 && !named.some((name) => decided.has(name));
      return isNews && isSound(transitions, hash);
    });
    if (uniting.length === 0) return kept;
    keepWithAllBefore(
      transitions,
      kept,
      uniting.map(({ hash }) => hash),
    );
  }
};

const keepWithAllBefore = (
  transitions: Transitions,
  kept: Set<RosterHash>,
  from: Iterable<RosterHash>,
): void => {
  const open = [...from].filter((hash) => transitions.has(hash));
  for (let hash = open.pop(); hash !== undefined; hash = open.pop()) {
    if (kept.has(hash) || !transitions.has(hash)) continue;
    kept.add(hash);
    open.push(...namesOf(transitions, hash));
  }
};

/** Whether neither it nor anything before it brings back a removed key or is missing. */
const isSound = (transitions: Transitions, hash: RosterHash): boolean => {
  const seen = new Set<RosterHash>();
  const open = [hash];
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    if (seen.has(at)) continue;
    seen.add(at);
    const transition = transitions.get(at);
    if (transition === undefined || reintroduces(transition, transitions)) return false;
    open.push(...parentsOf(transition.record));
  }
  return true;
};

/**
 * A member that something before held and that one of its parents lacks: it was removed on that
 * way, and stays removed, whatever another branch says (rule A4).
 */
const reintroduces = ({ record }: AdmittedTransition, transitions: Transitions): boolean =>
  parentsOf(record).some((name) => {
    const parent = transitions.get(name)?.record;
    if (parent === undefined) return false;
    const came = record.members
      .map(({ device }) => device)
      .filter((device) => memberOf(parent, device) === null);
    const recordAt = (hash: RosterHash) => transitions.get(hash)?.record;
    return came.length > 0 && everHeld(name, new Set(came), recordAt);
  });

const linkOf = (
  { hash, record, voters }: AdmittedTransition,
  parents: readonly ChainLink[],
): ChainLink => ({
  ...{ hash, record, voters, parents },
  parent: parents.find((link) => link.hash === record.previous) ?? null,
});

const forkOf = (parent: RosterHash, rivals: readonly ChainLink[]): Fork => {
  const timesByVoter = new Map<DeviceId, number>();
  for (const voter of rivals.flatMap((rival) => rival.voters)) {
    timesByVoter.set(voter, (timesByVoter.get(voter) ?? 0) + 1);
  }
  const doubleVoters = [...timesByVoter].flatMap(([voter, times]) => (times > 1 ? voter : []));
  return {
    parent,
    rivals: rivals.map((rival) => rival.hash).sort(compareText),
    doubleVoters: doubleVoters.sort(compareText),
  };
};
