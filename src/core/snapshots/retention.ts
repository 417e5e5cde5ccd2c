import type { HeadId, PayloadId } from '../base/brands.js';
import { headsDownFrom, type SnapshotCompletion } from '../authority/completion.js';

/** What is known of snapshots, and what this replica's base is joined from. */
export interface Retention {
  readonly completions: ReadonlyMap<HeadId, { readonly completion: SnapshotCompletion }>;
  readonly standing: ReadonlySet<HeadId>;
  readonly base: readonly HeadId[];
  /** The heads that each list of devices names which is asked for and not decided yet. */
  readonly asked: readonly (readonly HeadId[])[];
}

/**
 * The heads whose payload nobody can need from this replica any more.
 *
 * A head goes when it stands and the base builds on one that builds on it. What stays: the base
 * itself (S7); what it directly builds on, because a head of the base may still fall, and who
 * adopted it then returns there (A11); what is void, because its content may be adopted, or a later
 * record may name it; every head that the base does not cover; and, as long as a list of devices
 * is asked for that does not name them, all heads that would fall with it, and the one below.
 * Source: rules S5, S7 and A11.
 */
export const outdatedHeads = (known: Retention): ReadonlySet<HeadId> => {
  const { completions, standing, base, asked } = known;
  const before = (heads: Iterable<HeadId>): Set<HeadId> =>
    new Set([...heads].flatMap((head) => completions.get(head)?.completion.predecessors ?? []));
  const stays = before(base);
  for (const head of base) stays.add(head);
  const below = headsDownFrom(completions, base);
  for (const named of asked) {
    const kept = headsDownFrom(completions, named);
    const mayFall = [...below].filter((head) => !kept.has(head));
    for (const head of [...mayFall, ...before(mayFall)]) stays.add(head);
  }
  const outdated = new Set<HeadId>();
  const open = [...before(stays)];
  for (let head = open.pop(); head !== undefined; head = open.pop()) {
    if (outdated.has(head)) continue;
    outdated.add(head);
    open.push(...before([head]));
  }
  for (const head of outdated) if (stays.has(head) || !standing.has(head)) outdated.delete(head);
  return outdated;
};

/** The payloads that only outdated heads name: two snapshots of one state share theirs. */
export const outdatedPayloads = (
  known: Retention,
  outdated: ReadonlySet<HeadId> = outdatedHeads(known),
): ReadonlySet<PayloadId> => {
  const payloads = new Set<PayloadId>();
  for (const head of outdated) {
    const payload = known.completions.get(head)?.completion.payload;
    if (payload !== undefined) payloads.add(payload);
  }
  for (const [head, { completion }] of known.completions) {
    if (!outdated.has(head)) payloads.delete(completion.payload);
  }
  return payloads;
};
