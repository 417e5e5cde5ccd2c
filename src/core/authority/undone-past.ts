import type { HeadId, RosterHash } from '../base/brands.js';
import { need } from './capability.js';
import { type AdmittedCompletion, headsDownFrom } from './completion.js';
import type { RosterRecord } from './roster.js';

/** What a device has of snapshots: what it would go back to, and what it no longer can. */
export interface KnownPast {
  readonly completions: ReadonlyMap<HeadId, AdmittedCompletion>;
  /** The standing heads that its base is joined from. */
  readonly base: readonly HeadId[];
  /** Whether it holds the payload of a head, and with it what it would have to give back. */
  readonly isHeld: (head: HeadId) => boolean;
  readonly recordAt: (roster: RosterHash) => RosterRecord | null;
}

/**
 * Whether snapshots would fall with a record that this device cannot go back from.
 *
 * What a record does not name falls where too few of its signers may still approve, or fewer than
 * the record asks for. A device goes back to the snapshots below; where it does not hold these any
 * more, nor what it wrote before the first, all that they covered is gone from the account. Whoever
 * asks for such a list had not heard of the last snapshots, or hides them. A valid completion of it
 * counts all the same (rule C10); it only keeps honest devices from agreeing.
 * Source: rules C2 and A11.
 */
export const undoesPast = (record: RosterRecord, known: KnownPast): boolean => {
  const { completions, base, isHeld, recordAt } = known;
  const named = headsDownFrom(completions, record.heads);
  const falls = (head: HeadId): boolean => {
    const held = completions.get(head);
    if (held === undefined || named.has(head)) return false;
    const asked = recordAt(held.completion.roster)?.snapshotThreshold ?? 0;
    const counting = held.signers.filter((signer) => need('snapshot_approve')(record, signer));
    return counting.length < Math.max(asked, record.snapshotThreshold);
  };
  const fallen = new Set<HeadId>();
  let isFirst = false;
  const open = base.filter(falls);
  for (let head = open.pop(); head !== undefined; head = open.pop()) {
    if (fallen.has(head)) continue;
    fallen.add(head);
    const below = completions.get(head)?.completion.predecessors ?? [];
    isFirst ||= below.length === 0;
    if (below.some((each) => !falls(each) && !isHeld(each))) return true;
    open.push(...below.filter(falls));
  }
  return isFirst && ![...fallen].every(isHeld);
};
