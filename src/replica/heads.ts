import type { BaseId, HeadId } from '../core/base/brands.js';
import { DOMAINS } from '../core/base/domains.js';
import { hashOf, hexToBytes } from '../core/base/hash.js';
import type { AdmittedCompletion } from '../core/authority/completion.js';
import type { Settlement } from '../core/authority/standing.js';

/** The base of replicas that hold these heads: equal heads, equal base (rule F10). */
export const baseIdOf = (heads: readonly HeadId[]): BaseId =>
  hashOf<BaseId>(DOMAINS.base, heads.map(hexToBytes));

/** Whether two sets have the same members. */
export const isSameSet = <T>(left: ReadonlySet<T>, right: ReadonlySet<T>): boolean =>
  left.size === right.size && [...left].every((each) => right.has(each));

/** The heads that stand, of what settled. */
export const standsOf = (settled: Settlement): ReadonlySet<HeadId> =>
  new Set([...settled.standing].flatMap(([head, each]) => (each.kind === 'stands' ? head : [])));

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
