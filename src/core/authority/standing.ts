import type { AccountId, HeadId, RosterHash } from '../base/brands.js';
import { readOnce } from '../base/read-once.js';
import { need } from './capability.js';
import { foldChain, type RosterChain } from './chain.js';
import type { ChainLink } from './chain-tree.js';
import { joinCompletions, type AdmittedCompletion } from './completion.js';
import { readNamedHeads } from './named-heads.js';
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
  const { namersOf, gaps } = readNamedHeads(byHead, chain.links.values());
  const unanswered = unansweredIn(chain);
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
    const best = standingOf(held, chain, unanswered(new Set([...namers, ...possible])));
    return best.kind === 'stands' ? { kind: 'waiting' } : judged;
  };
  for (const head of [...byHead.keys()].sort()) {
    const completion = byHead.get(head) as AdmittedCompletion;
    const namers = namersOf(head);
    const judged = standingOf(completion, chain, unanswered(namers));
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
  unanswered: Unanswered,
): Standing => {
  const { roster } = completion;
  if (chain.outside.has(roster)) return { kind: 'void', reason: 'rival-roster' };
  const record = chain.recordAt(roster);
  if (record === null) return { kind: 'waiting' };
  const later = unanswered.links
    .filter(({ hash }) => hash !== roster && chain.isAncestor(roster, hash))
    .map((link) => link.record);
  const counting = signers.filter(
    (signer) =>
      later.every((each) => mayApprove(each, signer)) &&
      !chain
        .removedBy(signer)
        .some((removal) => unanswered.has(removal) && !chain.isAncestor(removal, roster)),
  );
  if (counting.length < record.snapshotThreshold) {
    return { kind: 'void', reason: 'retired-signers' };
  }
  return later.every(({ snapshotThreshold }) => counting.length >= snapshotThreshold)
    ? { kind: 'stands' }
    : { kind: 'void', reason: 'too-few-now' };
};

const mayApprove = need('snapshot_approve');

/** Records of a chain that are not answered. */
interface Unanswered {
  readonly has: (record: RosterHash) => boolean;
  readonly links: readonly ChainLink[];
}

/** What those who name a head leave unanswered: once for all heads that the same ones name. */
const unansweredIn = (chain: RosterChain): ((namers: ReadonlySet<RosterHash>) => Unanswered) => {
  const links = [...chain.links.values()];
  return readOnce((namers: ReadonlySet<RosterHash>): Unanswered => {
    const answered = new Set<RosterHash>();
    const open = [...namers];
    for (let hash = open.pop(); hash !== undefined; hash = open.pop()) {
      if (answered.has(hash)) continue;
      answered.add(hash);
      open.push(...(chain.links.get(hash)?.parents ?? []).map((parent) => parent.hash));
    }
    return {
      has: (record) => !answered.has(record),
      links: links.filter(({ hash }) => !answered.has(hash)),
    };
  });
};
