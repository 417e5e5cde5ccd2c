import type { HeadId, RosterHash } from '../../../src/core/base/brands.js';
import { need } from '../../../src/core/authority/capability.js';
import type { RosterChain } from '../../../src/core/authority/chain.js';
import { headsDownFrom, type AdmittedCompletion } from '../../../src/core/authority/completion.js';

type Heads = ReadonlyMap<HeadId, AdmittedCompletion>;

/** Whether a record names the head, or one that builds on it. */
const names = (record: RosterHash, head: HeadId, heads: Heads, chain: RosterChain): boolean =>
  headsDownFrom(heads, chain.recordAt(record)?.heads ?? []).has(head);

/** The highest index that a head can have which that record may name through what is unknown. */
const gapOf = (record: RosterHash, heads: Heads, chain: RosterChain): number => {
  const named = chain.recordAt(record)?.heads ?? [];
  if (named.some((head) => !heads.has(head))) return Infinity;
  const below = [...headsDownFrom(heads, named)].flatMap((head) => heads.get(head) ?? []);
  const broken = below.filter(({ completion }) =>
    completion.predecessors.some((each) => !heads.has(each)),
  );
  return Math.max(-Infinity, ...broken.map(({ completion }) => completion.index - 1));
};

const judgedWith = (
  { completion, signers }: AdmittedCompletion,
  chain: RosterChain,
  namers: readonly RosterHash[],
): string => {
  if (chain.outside.has(completion.roster)) return 'rival-roster';
  const record = chain.recordAt(completion.roster);
  if (record === null) return 'waiting';
  const isAnswered = (later: RosterHash): boolean =>
    namers.some((namer) => chain.isAncestor(later, namer));
  const isLater = (hash: RosterHash): boolean =>
    hash !== completion.roster && chain.isAncestor(completion.roster, hash);
  const later = [...chain.links.values()].filter(({ hash }) => isLater(hash) && !isAnswered(hash));
  const counting = signers.filter(
    (signer) =>
      later.every((link) => need('snapshot_approve')(link.record, signer)) &&
      chain
        .removedBy(signer)
        .every((each) => chain.isAncestor(each, completion.roster) || isAnswered(each)),
  );
  if (counting.length < record.snapshotThreshold) return 'retired-signers';
  const isEnough = later.every((link) => counting.length >= link.record.snapshotThreshold);
  return isEnough ? 'stands' : 'too-few-now';
};

/** Rule A11 as it reads, head by head and record by record, however long that takes. */
export const plainStanding = (
  held: AdmittedCompletion,
  heads: Heads,
  chain: RosterChain,
): string => {
  const records = [...chain.links.keys()];
  const namers = records.filter((record) => names(record, held.head, heads, chain));
  const judged = judgedWith(held, chain, namers);
  if (judged === 'stands' || judged === 'waiting') return judged;
  const { index } = held.completion;
  const possible = records.filter((record) => index <= gapOf(record, heads, chain));
  if (possible.length === 0) return judged;
  const best = judgedWith(held, chain, [...namers, ...possible]);
  return best === 'stands' ? 'waiting' : judged;
};
