import type { AccountId, DeviceId, RosterHash } from '../base/brands.js';
import { compareBytes } from '../base/hash.js';
import { compareText, sortedUnique } from '../base/ordering.js';
import { encodeRosterCompletion } from './roster-completion.js';
import type { RosterRecord } from './roster.js';
import type { AdmittedTransition } from './transition.js';

/** A record that stands in the chain. */
export interface ChainLink {
  readonly hash: RosterHash;
  readonly record: RosterRecord;
  readonly parent: ChainLink | null;
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
  /** Sorted by parent. */
  readonly forks: readonly Fork[];
  /** Links that nothing follows, sorted by hash; empty when the first record is not here. */
  readonly leaves: readonly ChainLink[];
  /** From the first record to the last that is undisputed. */
  readonly lineage: readonly ChainLink[];
}

/** Grows the tree of records of one account from transitions in any order, with any repetition. */
export const growTree = (
  account: AccountId,
  offered: Iterable<AdmittedTransition>,
  covered: ReadonlySet<RosterHash>,
): ChainTree => {
  const transitions = joinTransitions(account, offered);
  const childrenOf = childrenByParent(transitions);
  const kept = coveredLine(transitions, covered);
  const links = new Map<RosterHash, ChainLink>();
  const outside = new Map<RosterHash, OutsideReason>();
  const forks: Fork[] = [];
  const leaves: ChainLink[] = [];
  const first = transitions.get(account as string as RosterHash);
  const open: ChainLink[] = first === undefined ? [] : [linkOf(first, null)];
  for (let link = open.pop(); link !== undefined; link = open.pop()) {
    links.set(link.hash, link);
    const children = childrenOf.get(link.hash) ?? [];
    const isDecided = children.some((child) => kept.has(child.hash));
    const standing: ChainLink[] = [];
    for (const child of children) {
      if (reintroduces(child, link)) putOutside(outside, childrenOf, child, 'reintroduces');
      else if (isDecided && !kept.has(child.hash)) putOutside(outside, childrenOf, child, 'rival');
      else standing.push(linkOf(child, link));
    }
    if (standing.length === 0) leaves.push(link);
    if (standing.length > 1) forks.push(forkOf(link.hash, standing));
    open.push(...standing);
  }
  return {
    transitions,
    links,
    outside,
    forks: forks.sort((a, b) => compareText(a.parent, b.parent)),
    leaves: leaves.sort((a, b) => compareText(a.hash, b.hash)),
    lineage: lineageOf(leaves, forks),
  };
};

/** One entry for each record: every voter of every ballot, and the least of the completions. */
const joinTransitions = (
  account: AccountId,
  offered: Iterable<AdmittedTransition>,
): ReadonlyMap<RosterHash, AdmittedTransition> => {
  const joined = new Map<RosterHash, AdmittedTransition>();
  for (const transition of offered) {
    if (transition.account !== account) continue;
    const held = joined.get(transition.hash);
    joined.set(transition.hash, held === undefined ? transition : joinTwo(held, transition));
  }
  return joined;
};

const joinTwo = (left: AdmittedTransition, right: AdmittedTransition): AdmittedTransition => {
  if (left === right) return left;
  const order = compareBytes(
    encodeRosterCompletion(left.completion),
    encodeRosterCompletion(right.completion),
  );
  const voters = sortedUnique([...left.voters, ...right.voters], compareText);
  return { ...(order <= 0 ? left : right), voters };
};

const childrenByParent = (
  transitions: ReadonlyMap<RosterHash, AdmittedTransition>,
): ReadonlyMap<RosterHash, readonly AdmittedTransition[]> => {
  const children = new Map<RosterHash, AdmittedTransition[]>();
  const sorted = [...transitions.values()].sort((a, b) => compareText(a.hash, b.hash));
  for (const transition of sorted) {
    const { previous } = transition.record;
    if (previous !== null) children.set(previous, [...(children.get(previous) ?? []), transition]);
  }
  return children;
};

/** The covered records and all before them. */
const coveredLine = (
  transitions: ReadonlyMap<RosterHash, AdmittedTransition>,
  covered: ReadonlySet<RosterHash>,
): ReadonlySet<RosterHash> => {
  const line = new Set<RosterHash>();
  for (const hash of covered) {
    let at = transitions.get(hash);
    while (at !== undefined && !line.has(at.hash)) {
      line.add(at.hash);
      at = at.record.previous === null ? undefined : transitions.get(at.record.previous);
    }
  }
  return line;
};

/** A newcomer whose key an earlier record held: it was removed, and stays removed. */
const reintroduces = (transition: AdmittedTransition, parent: ChainLink): boolean => {
  if (transition.newcomers.length === 0) return false;
  for (let link: ChainLink | null = parent; link !== null; link = link.parent) {
    if (link.record.members.some((member) => transition.newcomers.includes(member.device))) {
      return true;
    }
  }
  return false;
};

const putOutside = (
  outside: Map<RosterHash, OutsideReason>,
  childrenOf: ReadonlyMap<RosterHash, readonly AdmittedTransition[]>,
  from: AdmittedTransition,
  reason: OutsideReason,
): void => {
  const open = [from];
  for (let each = open.pop(); each !== undefined; each = open.pop()) {
    outside.set(each.hash, reason);
    open.push(...(childrenOf.get(each.hash) ?? []));
  }
};

const linkOf = (transition: AdmittedTransition, parent: ChainLink | null): ChainLink => ({
  hash: transition.hash,
  record: transition.record,
  parent,
  voters: transition.voters,
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

/** What every leaf has behind it, up to the first fork. */
const lineageOf = (leaves: readonly ChainLink[], forks: readonly Fork[]): readonly ChainLink[] => {
  const parents = new Set(forks.map((fork) => fork.parent));
  const line: ChainLink[] = [];
  for (let link = leaves[0] ?? null; link !== null; link = link.parent) line.unshift(link);
  const end = line.findIndex((link) => parents.has(link.hash));
  return end < 0 ? line : line.slice(0, end + 1);
};
