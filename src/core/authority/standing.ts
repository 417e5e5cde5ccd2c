import type { AccountId, HeadId, RosterHash } from '../base/brands.js';
import { need } from './capability.js';
import { foldChain, type RosterChain } from './chain.js';
import { headsDownFrom, joinCompletions, type AdmittedCompletion } from './completion.js';
import type { RosterRecord } from './roster.js';
import type { AdmittedTransition } from './transition.js';

/**
 * Whether a completed snapshot stands.
 *
 * stands: it counts. void: shown, never joined, and it stops nothing. waiting: its roster is not
 * known here yet, or a later record names a head that is not, which may build on it. Who waits is
 * not adopted, and where it was adopted before, it is not let go.
 */
export type Standing =
  | { readonly kind: 'stands' }
  | { readonly kind: 'waiting' }
  | { readonly kind: 'void'; readonly reason: VoidReason };

/** Its roster is none of ours; those who signed count no more; or a later record asks for more. */
export type VoidReason = 'rival-roster' | 'retired-signers' | 'too-few-now';

/**
 * Says of each completion whether it stands under this chain.
 *
 * A head under a record outside the chain is void. A later record that is not answered, which is
 * when neither it nor one after it names the head or one that builds on it, leaves out the signers
 * that it removed or that may approve no longer, and asks for its own threshold where that is
 * higher: authority of old days makes nothing new. The head stands if enough are left, so further
 * signatures never bring it down. Whether a record answers is open as long as heads that it names,
 * or that those build on, are unknown. Any order and repetition gives the same answer.
 * Source: rule A11.
 */
export const judgeHeads = (
  completions: Iterable<AdmittedCompletion>,
  chain: RosterChain,
): ReadonlyMap<HeadId, Standing> => {
  const byHead = new Map<HeadId, AdmittedCompletion>();
  for (const completion of completions) {
    const held = byHead.get(completion.head);
    byHead.set(
      completion.head,
      held === undefined ? completion : joinCompletions(held, completion),
    );
  }
  const { namersOf, gaps } = namedBy(byHead, chain);
  const standing = new Map<HeadId, Standing>();
  /** The verdict, or that it waits for heads that may build on this one. */
  const openOr = (
    judged: Standing,
    held: AdmittedCompletion,
    namers: ReadonlySet<RosterHash>,
  ): Standing => {
    const { index } = held.completion;
    const possible = [...gaps].flatMap(([record, upTo]) => (index <= upTo ? record : []));
    if (possible.length === 0) return judged;
    const best = standingOf(held, chain, new Set([...namers, ...possible]));
    return best.kind === 'stands' ? { kind: 'waiting' } : judged;
  };
  for (const head of [...byHead.keys()].sort()) {
    const completion = byHead.get(head) as AdmittedCompletion;
    const namers = namersOf.get(head) ?? new Set();
    const judged = standingOf(completion, chain, namers);
    standing.set(head, judged.kind === 'void' ? openOr(judged, completion, namers) : judged);
  }
  return standing;
};

/** The heads that stand, forebears of others included. See judgeHeads. */
export const standingHeads = (
  completions: Iterable<AdmittedCompletion>,
  chain: RosterChain,
): ReadonlySet<HeadId> =>
  new Set(
    [...judgeHeads(completions, chain)].flatMap(([head, each]) =>
      each.kind === 'stands' ? head : [],
    ),
  );

/** A chain and the heads that stand under it. */
export interface Settlement {
  readonly chain: RosterChain;
  readonly standing: ReadonlyMap<HeadId, Standing>;
  /** Of the heads that were adopted, those that are not void. */
  readonly adopted: ReadonlySet<HeadId>;
}

/**
 * Settles records and heads together: what a base covers is no longer open to rivals.
 *
 * `adopted` are the heads of this replica's base so far. Those that have become void stop covering
 * anything; this is repeated until nothing changes, and ends because adopted heads only fall.
 * Source: rule A11.
 */
export const settleAuthority = (
  account: AccountId,
  transitions: readonly AdmittedTransition[],
  completions: readonly AdmittedCompletion[],
  adopted: ReadonlySet<HeadId>,
): Settlement => {
  let held = adopted;
  for (;;) {
    const covered = new Set<RosterHash>();
    for (const { head, completion } of completions) {
      if (held.has(head)) covered.add(completion.roster);
    }
    const chain = foldChain(account, transitions, covered);
    const standing = judgeHeads(completions, chain);
    const left = new Set([...held].filter((head) => isHeld(standing.get(head))));
    if (left.size === held.size) return { chain, standing, adopted: left };
    held = left;
  }
};

const isHeld = (standing: Standing | undefined): boolean =>
  standing !== undefined && standing.kind !== 'void';

const standingOf = (
  { completion, signers }: AdmittedCompletion,
  chain: RosterChain,
  namers: ReadonlySet<RosterHash>,
): Standing => {
  const { roster } = completion;
  if (chain.outside.has(roster)) return { kind: 'void', reason: 'rival-roster' };
  const record = chain.recordAt(roster);
  if (record === null) return { kind: 'waiting' };
  const isUnanswered = (later: RosterHash): boolean =>
    !namers.has(later) && ![...namers].some((namer) => chain.isAncestor(later, namer));
  const later = unansweredAfter(roster, chain, isUnanswered);
  const counting = signers.filter(
    (signer) =>
      later.every((each) => mayApprove(each, signer)) &&
      !chain
        .removedBy(signer)
        .some((removal) => !chain.isAncestor(removal, roster) && isUnanswered(removal)),
  );
  if (counting.length < record.snapshotThreshold) {
    return { kind: 'void', reason: 'retired-signers' };
  }
  return later.every(({ snapshotThreshold }) => counting.length >= snapshotThreshold)
    ? { kind: 'stands' }
    : { kind: 'void', reason: 'too-few-now' };
};

const mayApprove = need('snapshot_approve');

const unansweredAfter = (
  roster: RosterHash,
  chain: RosterChain,
  isUnanswered: (later: RosterHash) => boolean,
): readonly RosterRecord[] =>
  [...chain.links.values()]
    .filter(({ hash }) => hash !== roster && isUnanswered(hash) && chain.isAncestor(roster, hash))
    .map(({ record }) => record);

/** What the records of the chain name. */
interface Named {
  /** For each head, the records that name it or a head that builds on it. */
  readonly namersOf: ReadonlyMap<HeadId, ReadonlySet<RosterHash>>;
  /**
   * Records that name, themselves or through heads that they name, some head that is unknown here,
   * with the highest index that a head can have on which that one builds.
   */
  readonly gaps: ReadonlyMap<RosterHash, number>;
}

const namedBy = (byHead: ReadonlyMap<HeadId, AdmittedCompletion>, chain: RosterChain): Named => {
  const namersOf = new Map<HeadId, Set<RosterHash>>();
  const gaps = new Map<RosterHash, number>();
  const isUnknown = (head: HeadId): boolean => !byHead.has(head);
  for (const { hash, record } of chain.links.values()) {
    const heads = [...headsDownFrom(byHead, record.heads)];
    for (const head of heads) {
      const known = namersOf.get(head) ?? new Set<RosterHash>();
      namersOf.set(head, known.add(hash));
    }
    const above = heads
      .flatMap((head) => byHead.get(head)?.completion ?? [])
      .filter(({ predecessors }) => predecessors.some(isUnknown))
      .map(({ index }) => index - 1);
    if (record.heads.some(isUnknown)) above.push(Number.POSITIVE_INFINITY);
    if (above.length > 0) gaps.set(hash, Math.max(...above));
  }
  return { namersOf, gaps };
};
