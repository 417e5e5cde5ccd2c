import { ADMIN_CAPABILITIES_MASK, capabilitiesOf } from '../../../core/authority/capability.js';

/** What the admin's part brings, as long as no person chose otherwise (rule A8). */
export const ADMIN_CAPABILITIES: readonly string[] = capabilitiesOf(ADMIN_CAPABILITIES_MASK);

/** What something in this version asks for, in the order in which people meet it. */
export const ASKED_CAPABILITIES: readonly string[] = [
  'record_write',
  'snapshot_propose',
  'snapshot_approve',
  'roster_change',
  'admin_replace',
  ...ADMIN_CAPABILITIES,
  'policy_change',
  'cache_invalidate',
];

/** What nothing in this version asks for yet; kept as they are unless a person changes them. */
export const LATER_CAPABILITIES: readonly string[] = ['schedule_change', 'backup_export'];

/** A paper key signs, and does nothing else. */
export const PAPER_CAPABILITIES: readonly string[] = [
  'snapshot_approve',
  'roster_change',
  'admin_replace',
];

/** Whether both name the same, in any order. */
export const areSameRights = (left: readonly string[], right: readonly string[]): boolean =>
  new Set(left).size === new Set(right).size && left.every((name) => right.includes(name));
