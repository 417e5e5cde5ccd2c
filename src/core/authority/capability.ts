import type { DeviceId } from '../base/brands.js';
import type { RosterMember, RosterRecord } from './roster.js';
import { memberOf } from './roster.js';

/** What an act needs, in the order of its bits in a roster record. Source: rule F8. */
export const ALL_CAPABILITIES = [
  'snapshot_propose',
  'snapshot_approve',
  'upgrade_publish',
  'upgrade_activate',
  'cache_invalidate',
  'admin_replace',
  'roster_change',
  'policy_change',
  'schedule_change',
  'record_write',
  'backup_export',
] as const;

export type Capability = (typeof ALL_CAPABILITIES)[number];

/** Whether this version knows a capability of that name. */
export const isCapability = (name: string): name is Capability =>
  (ALL_CAPABILITIES as readonly string[]).includes(name);

/** The bit of one capability. */
export const capabilityBit = (capability: Capability): number =>
  1 << ALL_CAPABILITIES.indexOf(capability);

/** The mask of several capabilities. */
export const maskOf = (capabilities: Iterable<Capability>): number => {
  let mask = 0;
  for (const capability of capabilities) mask |= capabilityBit(capability);
  return mask;
};

/** Every capability that this version knows. */
export const ALL_CAPABILITIES_MASK = maskOf(ALL_CAPABILITIES);

/**
 * What the admin's part brings (rule A8): to offer versions of the app, and to ask for one that
 * binds all devices. The admin can be replaced by the others, so what that needs is no part of it.
 */
export const ADMIN_CAPABILITIES_MASK = maskOf(['upgrade_publish', 'upgrade_activate']);

/** What a newcomer holds: all that is not the admin's part. */
export const NEWCOMER_CAPABILITIES_MASK = ALL_CAPABILITIES_MASK & ~ADMIN_CAPABILITIES_MASK;

/** The capabilities of a mask, in the order of their bits. Bits of newer versions grant nothing. */
export const capabilitiesOf = (mask: number): readonly Capability[] =>
  ALL_CAPABILITIES.filter((capability) => (mask & capabilityBit(capability)) !== 0);

/** What a paper key is able to do: sign. It writes nothing and proposes no snapshot. */
export const PAPER_CAPABILITIES_MASK = maskOf([
  'snapshot_approve',
  'admin_replace',
  'roster_change',
]);

/** What a member really holds: paper members hold none that write. Source: rules A5 and F8. */
export const effectiveMask = (member: RosterMember): number =>
  member.storage === 'paper'
    ? member.capabilities & PAPER_CAPABILITIES_MASK
    : member.capabilities & ALL_CAPABILITIES_MASK;

/**
 * The predicate of one capability: whether a device holds it under a record.
 *
 * Source: rule F8 (`need(snapshot_propose)`).
 */
export const need =
  (capability: Capability) =>
  (record: RosterRecord, device: DeviceId): boolean => {
    const member = memberOf(record, device);
    return member !== null && (effectiveMask(member) & capabilityBit(capability)) !== 0;
  };
