import { type Capability, need } from '../../../src/core/authority/capability.js';
import type { ClaimedAct, RosterChain } from '../../../src/core/authority/chain.js';
import type { OutsideReason } from '../../../src/core/authority/chain-tree.js';
import { type RosterRecord, memberOf } from '../../../src/core/authority/roster.js';
import type { DeviceId } from '../../../src/core/base/brands.js';

type ActVerdict =
  | { readonly kind: 'allowed' }
  /** The roster that it claims is unknown here. */
  | { readonly kind: 'undecided' }
  | { readonly kind: 'refused'; readonly reason: ActRefusal };

type ActRefusal =
  | OutsideReason
  | 'not-a-member'
  | 'lacks-capability'
  | 'after-removal'
  | 'after-loss'
  | 'session-closed'
  /** The chain is forked, and not every branch grants it. */
  | 'forked';

/** All that a chain says of one act, in one word; `null` needs membership alone. */
export const mayAct = (
  chain: RosterChain,
  act: ClaimedAct & { readonly seq: number },
  needed: Capability | null,
): ActVerdict => {
  const { author, roster, session, seq } = act;
  const closed = chain.closedAt(session, author);
  if (closed !== null && seq > closed) {
    return refused(chain.removedBy(author).length > 0 ? 'after-removal' : 'session-closed');
  }
  const outside = chain.outside.get(roster);
  if (outside !== undefined) return refused(outside);
  const record = chain.recordAt(roster);
  if (record === null) return { kind: 'undecided' };
  if (memberOf(record, author) === null) return refused('not-a-member');
  if (!grants(record, author, needed)) return refused('lacks-capability');
  const bound = needed === null ? null : chain.boundAt(act, needed);
  if (bound !== null && seq > bound) return refused('after-loss');
  const isDisputed = chain.isForked && !chain.isAncestor(roster, chain.tipHash);
  return isDisputed && !grants(chain.tip, author, needed) ? refused('forked') : { kind: 'allowed' };
};

const refused = (reason: ActRefusal): ActVerdict => ({ kind: 'refused', reason });

const grants = (record: RosterRecord, author: DeviceId, needed: Capability | null): boolean =>
  needed === null ? memberOf(record, author) !== null : need(needed)(record, author);
