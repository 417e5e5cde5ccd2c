/** What people meet every day, in the order in which it matters. */
export const DAILY_CAPABILITIES: readonly string[] = [
  'record_write',
  'snapshot_propose',
  'snapshot_approve',
  'roster_change',
  'admin_replace',
];

/** What nothing in this version asks for yet; kept as they are unless a person changes them. */
export const LATER_CAPABILITIES: readonly string[] = [
  'upgrade_publish',
  'upgrade_activate',
  'cache_invalidate',
  'policy_change',
  'schedule_change',
  'backup_export',
];

/** A paper key signs, and does nothing else. */
export const PAPER_CAPABILITIES: readonly string[] = [
  'snapshot_approve',
  'roster_change',
  'admin_replace',
];

/** Whether both name the same, in any order. */
export const areSameRights = (left: readonly string[], right: readonly string[]): boolean =>
  new Set(left).size === new Set(right).size && left.every((name) => right.includes(name));
