import type { DeviceId, RosterHash, SessionId } from '../base/brands.js';
import { parseBody } from '../facts/bodies.js';
import { isKernelKind, isKnownKind } from '../facts/kinds.js';
import { ALLOWED, type Judge, type RefusedReason, type Verdict } from '../journal/fold.js';
import { type Capability, need } from './capability.js';
import { type RosterRecord, memberOf } from './roster.js';

/** What the governance layer decided already, as far as judging ordinary facts needs it. */
export interface JudgeRules {
  /** The record of that hash in the chain that judges; null when it is unknown or not part of it. */
  readonly recordAt: (roster: RosterHash) => RosterRecord | null;
  /** The last seq of a session that counts for its author; null when nothing closes it. */
  readonly closedAt: (session: SessionId, author: DeviceId) => number | null;
  /** The seq from which a session is quarantined; null when it is not. */
  readonly quarantinedFrom: (session: SessionId) => number | null;
}

/**
 * Judges facts: was the author allowed (rules F7, F8, A4)?
 *
 * The order of the questions is part of the rule: what lies beyond a closing counts for nothing and
 * stops no cut, whatever else is wrong with it; then quarantine, unknown kinds and unknown rosters
 * wait; then membership and capability refuse.
 */
export const createJudge =
  (rules: JudgeRules): Judge =>
  (fact): Verdict => {
    const { session, author, seq, kind, roster } = fact.envelope;
    const closed = rules.closedAt(session, author);
    if (closed !== null && seq > closed) return { kind: 'beyond', reason: 'after-removal' };
    const quarantined = rules.quarantinedFrom(session);
    if (quarantined !== null && seq >= quarantined) return { kind: 'wait', reason: 'quarantined' };
    if (!isKnownKind(kind)) return { kind: 'wait', reason: 'unknown-kind' };
    const record = rules.recordAt(roster);
    if (record === null) return { kind: 'wait', reason: 'unknown-roster' };
    if (record.epoch !== fact.envelope.epoch) return refused('rival-roster');
    if (memberOf(record, author) === null) return refused('not-a-member');
    const capability = capabilityFor(kind);
    if (capability !== null && !need(capability)(record, author)) return refused('lacks-capability');
    if (!isKernelKind(kind) && !parseBody(kind, fact.bodyBytes).ok) return refused('bad-body');
    return ALLOWED;
  };

const refused = (reason: RefusedReason): Verdict => ({ kind: 'refused', reason });

/** The capability that an act of each kind needs; null where membership is enough (rule F8). */
export const capabilityFor = (kind: string): Capability | null => {
  switch (kind) {
    case 'record.created':
    case 'record.edited':
    case 'record.removed':
      return 'record_write';
    case 'snapshot.proposed':
      return 'snapshot_propose';
    case 'snapshot.approved':
      return 'snapshot_approve';
    case 'roster.proposed':
    case 'roster.approved':
    case 'roster.promised':
      return 'roster_change';
    default:
      return null;
  }
};
