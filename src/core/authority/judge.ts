import type { DeviceId, RosterHash, SessionId } from '../base/brands.js';
import type { Body, UnknownBody } from '../facts/bodies.js';
import { bodyOf } from '../facts/codec.js';
import { isKindOf } from '../facts/kinds.js';
import { ALLOWED, type Judge, type RefusedReason, type Verdict } from '../journal/fold.js';
import { type Capability, need } from './capability.js';
import type { RosterChain } from './chain.js';
import { type RosterRecord, memberOf, parseRosterRecord } from './roster.js';

/** What judges: the chain as far as it is heard, and the ranges that equivocation closed. */
export interface JudgeRules {
  readonly chain: RosterChain;
  /** Only that record and those before it speak (rule S3); null: all of them. */
  readonly upTo: RosterHash | null;
  /** The fold version whose kinds count (rule S13); those of later ones wait. */
  readonly fold: number;
  /** The seq from which a session is quarantined; null when it is not. */
  readonly quarantinedFrom: (session: SessionId) => number | null;
}

/**
 * Judges facts: was the author allowed (rules F7, F8, A4)?
 *
 * The order of the questions is part of the rule: what lies beyond a closing counts for nothing and
 * stops no cut, whatever else is wrong with it; then quarantine, unknown kinds and unknown rosters
 * wait; then membership, capability and what was taken since refuse; last a body that its schema
 * refuses (rule F3), or that asks for more than its kind may (rule K1).
 */
export const createJudge = (rules: JudgeRules): Judge => {
  const { chain, upTo, fold } = rules;
  let terms: Terms | null = null;
  return (fact): Verdict => {
    const { session, author, seq, kind, roster } = fact.envelope;
    const isSame = terms?.session === session && terms.author === author && terms.roster === roster;
    if (terms === null || !isSame) terms = termsOf(rules, session, author, roster);
    if (terms.closed !== null && seq > terms.closed) {
      const isRemoved = chain.removedBy(author).length > 0;
      return { kind: 'beyond', reason: isRemoved ? 'after-removal' : 'session-closed' };
    }
    const quarantined = rules.quarantinedFrom(session);
    if (quarantined !== null && seq >= quarantined) return { kind: 'wait', reason: 'quarantined' };
    if (!isKindOf(kind, fold)) return { kind: 'wait', reason: 'unknown-kind' };
    if (upTo === null && chain.outside.has(roster)) return refused('rival-roster');
    const { record } = terms;
    if (record === null) return { kind: 'wait', reason: 'unknown-roster' };
    if (record.epoch !== fact.envelope.epoch) return refused('rival-roster');
    if (!terms.isMember) return refused('not-a-member');
    const capability = capabilityFor(kind);
    if (capability !== null && seq > lastOf(rules, terms, capability)) {
      return refused('lacks-capability');
    }
    const body = bodyOf(fact);
    if (!body.ok) return refused('bad-body');
    if (isFloorTooHigh(body.value, record.epoch)) return refused('floor-too-high');
    const asked = askedBy(body.value);
    if (asked.length === 0) return ALLOWED;
    for (const each of asked) if (seq <= lastOf(rules, terms, each)) return ALLOWED;
    return refused('lacks-capability');
  };
};

/**
 * What the records say of the facts of one session under one claimed roster, whatever they say:
 * nearly always the next fact has the same as the one before.
 */
interface Terms {
  readonly session: SessionId;
  readonly author: DeviceId;
  readonly roster: RosterHash;
  /** The last seq that counts; null where nothing closes the session. */
  readonly closed: number | null;
  /** Null where it is unknown, or not heard. */
  readonly record: RosterRecord | null;
  readonly isMember: boolean;
  /** The last seq up to which the author may do what needs a capability; -1: not at all. */
  readonly lastByCapability: Map<Capability, number>;
}

const termsOf = (
  { chain, upTo }: JudgeRules,
  session: SessionId,
  author: DeviceId,
  roster: RosterHash,
): Terms => {
  const isHeard = upTo === null || chain.isAncestor(roster, upTo);
  const record = isHeard ? chain.recordAt(roster) : null;
  return {
    ...{ session, author, roster, record },
    closed: chain.closedAt(session, author, upTo),
    isMember: record !== null && memberOf(record, author) !== null,
    lastByCapability: new Map(),
  };
};

const lastOf = (
  { chain, upTo }: JudgeRules,
  { session, author, roster, record, lastByCapability }: Terms,
  capability: Capability,
): number => {
  const held = lastByCapability.get(capability);
  if (held !== undefined) return held;
  const may = record !== null && need(capability)(record, author);
  const bound = may ? chain.boundAt({ author, roster, session }, capability, upTo) : -1;
  const last = bound ?? Number.POSITIVE_INFINITY;
  lastByCapability.set(capability, last);
  return last;
};

/**
 * Capabilities of which what a body says needs one, besides that of its kind; none: it is free.
 *
 * A record that makes a bundle binding is asked for by who may do that (rules U4 and F8); in later
 * ballots others may put it forward again, which counts only where such a device asks for it too
 * (ceremonies). A rule of the account is set by who may; it is let go of by whoever has a say in
 * changing the devices as well, so that what holds decisions back never freezes them (rules C3 and
 * C9).
 */
const askedBy = (body: Body | UnknownBody): readonly Capability[] => {
  if (body.kind === 'policy.changed') {
    return body.value === null ? ['policy_change', 'roster_change'] : ['policy_change'];
  }
  if (body.kind !== 'roster.proposed') return [];
  const record = parseRosterRecord(body.record);
  const isBinding = record.ok && record.value.activation !== null;
  return isBinding && body.round === 0 ? ['upgrade_activate'] : [];
};

/** Nobody freezes all caches: a floor is at most the epoch after its author's (rule K1). */
const isFloorTooHigh = (body: Body | UnknownBody, epoch: number): boolean =>
  body.kind === 'cache.invalidated' && body.floor > epoch + 1;

const refused = (reason: RefusedReason): Verdict => ({ kind: 'refused', reason });

/** The capability that an act of each kind needs; null where membership is enough (rule F8). */
export const capabilityFor = (kind: string): Capability | null => {
  switch (kind) {
    case 'record.created':
    case 'record.edited':
    case 'record.removed':
    case 'record.attached':
    case 'record.detached':
    case 'record.dated':
    case 'blobs.wrapped':
      return 'record_write';
    case 'snapshot.proposed':
      return 'snapshot_propose';
    case 'snapshot.approved':
      return 'snapshot_approve';
    case 'roster.proposed':
    case 'roster.approved':
      return 'roster_change';
    case 'cache.invalidated':
      return 'cache_invalidate';
    case 'upgrade.proposed':
    case 'upgrade.revoked':
    case 'upgrade.halted':
    case 'upgrade.resumed':
      return 'upgrade_publish';
    default:
      return null;
  }
};
