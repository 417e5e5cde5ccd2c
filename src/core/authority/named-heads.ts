import type { HeadId, RosterHash } from '../base/brands.js';
import type { ChainLink } from './chain-tree.js';
import type { AdmittedCompletion } from './completion.js';

type Heads = ReadonlyMap<HeadId, Pick<AdmittedCompletion, 'completion'>>;

/** What the records of a chain name. */
export interface NamedHeads {
  /**
   * The records that name a head or one that builds on it. Heads that the same records name have
   * one and the same set, so that what follows from it is worked out once for all of them.
   */
  readonly namersOf: (head: HeadId) => ReadonlySet<RosterHash>;
  /**
   * Records that name, themselves or through heads that they name, some head that is unknown here,
   * with the highest index that a head can have on which that one builds.
   */
  readonly gaps: ReadonlyMap<RosterHash, number>;
}

const NOBODY: ReadonlySet<RosterHash> = new Set();
const NOWHERE = Number.NEGATIVE_INFINITY;

/**
 * Reads what those records name of the known heads, in one pass from the newest head down.
 *
 * Limits: it grows with the number of heads, and with the square of the number of records.
 */
export const readNamedHeads = (byHead: Heads, links: Iterable<ChainLink>): NamedHeads => {
  const upwards = fromBelow(byHead);
  const direct = new Map<HeadId, Set<RosterHash>>();
  const gaps = new Map<RosterHash, number>();
  const gapBelow = gapsBelow(byHead, upwards);
  for (const { hash, record } of links) {
    let gap = NOWHERE;
    for (const head of record.heads) {
      direct.set(head, (direct.get(head) ?? new Set()).add(hash));
      gap = Math.max(gap, byHead.has(head) ? (gapBelow.get(head) ?? NOWHERE) : Infinity);
    }
    if (gap !== NOWHERE) gaps.set(hash, gap);
  }
  const namers = new Map<HeadId, ReadonlySet<RosterHash>>(direct);
  for (const head of upwards.toReversed()) {
    const above = namers.get(head);
    if (above === undefined) continue;
    for (const below of byHead.get(head)?.completion.predecessors ?? []) {
      namers.set(below, united(namers.get(below), above));
    }
  }
  return { namersOf: (head) => namers.get(head) ?? NOBODY, gaps };
};

/** The same set again where nothing is new, so that heads go on sharing it. */
const united = (
  held: ReadonlySet<RosterHash> | undefined,
  more: ReadonlySet<RosterHash>,
): ReadonlySet<RosterHash> =>
  held === undefined || held === more ? more : new Set([...held, ...more]);

/** Every known head after all that it builds on. */
const fromBelow = (byHead: Heads): readonly HeadId[] => {
  const sorted = new Set<HeadId>();
  const seen = new Set<HeadId>();
  for (const start of byHead.keys()) {
    const open = [start];
    for (let head = open.at(-1); head !== undefined; head = open.at(-1)) {
      const isNew = byHead.has(head) && !seen.has(head);
      seen.add(head);
      const below = isNew ? (byHead.get(head)?.completion.predecessors ?? []) : [];
      const waiting = below.filter((each) => byHead.has(each) && !seen.has(each));
      open.push(...waiting);
      if (waiting.length > 0) continue;
      open.pop();
      sorted.add(head);
    }
  }
  return [...sorted];
};

/** For each head the highest index below which something is unknown that it stands on. */
const gapsBelow = (byHead: Heads, upwards: readonly HeadId[]): ReadonlyMap<HeadId, number> => {
  const found = new Map<HeadId, number>();
  for (const head of upwards) {
    const completion = byHead.get(head)?.completion;
    let gap = NOWHERE;
    for (const below of completion?.predecessors ?? []) {
      const beneath = byHead.has(below) ? found.get(below) : (completion?.index ?? 0) - 1;
      gap = Math.max(gap, beneath ?? NOWHERE);
    }
    found.set(head, gap);
  }
  return found;
};
