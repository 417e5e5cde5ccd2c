import type { BaseId, HeadId } from '../../core/base/brands.js';
import { DOMAINS } from '../../core/base/domains.js';
import { hashOf, hexToBytes } from '../../core/base/hash.js';
import { type AdmittedCompletion, headsDownFrom } from '../../core/authority/completion.js';
import { FIRST_FOLD_VERSION } from '../../core/journal/fold-version.js';
import type { Settlement } from '../../core/authority/standing.js';
import type { Holdings } from './holdings.js';

/** The base of replicas that hold these heads: equal heads, equal base (rule F10). */
export const baseIdOf = (heads: readonly HeadId[]): BaseId =>
  hashOf<BaseId>(DOMAINS.base, heads.map(hexToBytes));

/** Whether two sets have the same members. */
export const isSameSet = <T>(left: ReadonlySet<T>, right: ReadonlySet<T>): boolean =>
  left.size === right.size && [...left].every((each) => right.has(each));

/** Heads that stand; of those that wait, the ones that were adopted and what they build on. */
export const standsOf = (
  { standing, adopted }: Settlement,
  completions: ReadonlyMap<HeadId, AdmittedCompletion>,
): ReadonlySet<HeadId> => {
  const under = headsDownFrom(completions, [...adopted]);
  return new Set(
    [...standing].flatMap(([head, { kind }]) =>
      kind === 'stands' || (kind === 'waiting' && under.has(head)) ? head : [],
    ),
  );
};

/** The account's fold version: the highest that a standing head names (rule S13). */
export const foldVersionOf = (
  completions: ReadonlyMap<HeadId, AdmittedCompletion>,
  standing: ReadonlySet<HeadId>,
): number => {
  const named = [...standing].map((head) => completions.get(head)?.completion.fold ?? 0);
  return Math.max(FIRST_FOLD_VERSION, ...named);
};

/** Whether a standing snapshot is of a format that this device's code does not read. */
export const isFormatNewer = (holdings: Pick<Holdings, 'foldVersion' | 'reads'>): boolean =>
  holdings.foldVersion() > holdings.reads();

/** Of the heads that count, those that no other one builds on, sorted. */
export const tipsOf = (
  completions: ReadonlyMap<HeadId, AdmittedCompletion>,
  counts: (head: HeadId) => boolean,
): readonly HeadId[] => {
  const heads = [...completions.keys()].filter(counts);
  const built = new Set<HeadId>();
  const mark = (head: HeadId): void => {
    for (const before of completions.get(head)?.completion.predecessors ?? []) {
      if (built.has(before)) continue;
      built.add(before);
      mark(before);
    }
  };
  heads.forEach(mark);
  return heads.filter((head) => !built.has(head)).sort();
};
