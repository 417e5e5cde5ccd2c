/** Where a ceremony is (rule C1). A completion outranks every other end (rule C10). */
export type Stage = 'open' | 'completed' | 'withdrawn' | 'expired' | 'superseded';

/**
 * Who takes part. Every member plays several: the proposer is also a member, and whoever sees
 * enough approvals may play the completer.
 */
export type Role = 'proposer' | 'member' | 'completer';

export type MoveName = 'propose' | 'approve' | 'refuse' | 'withdraw' | 'expire' | 'complete';

/** What must hold before a move; each is decided from state alone, apart from the local clock. */
export type Guard =
  | 'is-member'
  | 'may-propose'
  | 'may-approve'
  | 'not-answered'
  | 'recomputed-equal'
  | 'is-proposer'
  | 'past-expiry'
  | 'enough-approvals';

/** One message of the global protocol: who may send it, in which stage, under which guards. */
export interface Move {
  readonly name: MoveName;
  readonly by: Role;
  readonly from: 'none' | Stage;
  readonly to: Stage;
  readonly guards: readonly Guard[];
}

/** A ceremony written down once, for all roles together. */
export interface Protocol {
  readonly purpose: 'snapshot' | 'roster';
  readonly moves: readonly Move[];
}

const common = (purpose: Protocol['purpose']): Protocol => ({
  purpose,
  moves: [
    { name: 'propose', by: 'proposer', from: 'none', to: 'open', guards: ['may-propose'] },
    {
      name: 'approve',
      by: 'member',
      from: 'open',
      to: 'open',
      guards: ['is-member', 'may-approve', 'not-answered', 'recomputed-equal'],
    },
    {
      name: 'refuse',
      by: 'member',
      from: 'open',
      to: 'open',
      guards: ['is-member', 'not-answered'],
    },
    { name: 'withdraw', by: 'proposer', from: 'open', to: 'withdrawn', guards: ['is-proposer'] },
    { name: 'expire', by: 'member', from: 'open', to: 'expired', guards: ['past-expiry'] },
    {
      name: 'complete',
      by: 'completer',
      from: 'open',
      to: 'completed',
      guards: ['enough-approvals'],
    },
  ],
});

/** Snapshot: propose, recompute and approve, complete with the threshold signature. */
export const SNAPSHOT_PROTOCOL = common('snapshot');

/** Roster change: the same moves over a roster record; *recomputed* means: my envelope opens. */
export const ROSTER_PROTOCOL = common('roster');

/** The local machine of one role: its own moves out of the global protocol. */
export const projectRole = (protocol: Protocol, role: Role): readonly Move[] =>
  protocol.moves.filter((move) => move.by === role);

/** What stands in the way of a move: the first guard that does not hold, or the wrong stage. */
export type MoveBlocker =
  | { readonly kind: 'wrong-stage'; readonly stage: 'none' | Stage }
  | { readonly kind: 'guard'; readonly guard: Guard }
  | { readonly kind: 'no-such-move' };

/**
 * Tells whether a role may make a move now.
 *
 * `holds` answers each guard; the order of the guards is the order in which people are told.
 */
export const moveBlocker = (
  protocol: Protocol,
  role: Role,
  name: MoveName,
  stage: 'none' | Stage,
  holds: (guard: Guard) => boolean,
): MoveBlocker | null => {
  const move = projectRole(protocol, role).find((each) => each.name === name);
  if (move === undefined) return { kind: 'no-such-move' };
  if (move.from !== stage) return { kind: 'wrong-stage', stage };
  const failed = move.guards.find((guard) => !holds(guard));
  return failed === undefined ? null : { kind: 'guard', guard: failed };
};
