import type { DeviceId, RosterHash, SessionId } from '../base/brands.js';
import {
  ALL_CAPABILITIES_MASK,
  capabilityBit,
  effectiveMask,
  type Capability,
} from './capability.js';
import type { ChainLink } from './chain-tree.js';
import { memberOf } from './roster.js';

/**
 * What one step of the chain took from a member that stays, or the removal of one that does not.
 */
export interface Loss {
  readonly link: ChainLink;
  readonly isRemoval: boolean;
  /** Capabilities that it held before and holds no more; none for who only stopped being admin. */
  readonly mask: number;
}

/** What the closing frontiers of a chain bind. Source: rule A4. */
export interface Closings {
  readonly lossesByDevice: ReadonlyMap<DeviceId, readonly Loss[]>;
  /** The steps whose record lists a session, with the last seq that counts. */
  readonly listedBySession: ReadonlyMap<SessionId, readonly Listed[]>;
}

interface Listed {
  readonly link: ChainLink;
  readonly seq: number;
}

/** Whether a step of the chain takes part in a judgement. */
export type LinkFilter = (link: ChainLink) => boolean;

/** Collects what the steps of a chain close. */
export const collectClosings = (links: Iterable<ChainLink>): Closings => {
  const lossesByDevice = new Map<DeviceId, Loss[]>();
  const listedBySession = new Map<SessionId, Listed[]>();
  for (const link of links) {
    for (const parent of link.parents) {
      for (const [device, loss] of lossesOf(link, parent)) {
        lossesByDevice.set(device, [...(lossesByDevice.get(device) ?? []), loss]);
      }
    }
    if (link.parents.length === 0) continue;
    for (const { session, seq } of link.record.closing) {
      listedBySession.set(session, [...(listedBySession.get(session) ?? []), { link, seq }]);
    }
  }
  return { lossesByDevice, listedBySession };
};

/**
 * The last seq of a session that counts at all; null when nothing closes it, -1 when none does.
 *
 * A removal closes every session of its device, those that the record does not list as empty. A
 * record that lists a session of a member from which it takes nothing closes that session too.
 * Where several records close one, the least seq counts, so that any order of hearing of them is
 * the same.
 */
export const closedSeq = (
  closings: Closings,
  session: SessionId,
  author: DeviceId,
  counts: LinkFilter,
): number | null => {
  const losses = closings.lossesByDevice.get(author) ?? [];
  const listed = closings.listedBySession.get(session) ?? [];
  const seqs = losses
    .filter((loss) => loss.isRemoval && counts(loss.link))
    .map((loss) => listedSeq(listed, loss.link));
  for (const { link, seq } of listed) {
    const takesFromAuthor = losses.some((loss) => loss.link === link);
    if (!takesFromAuthor && counts(link)) seqs.push(seq);
  }
  return seqs.length === 0 ? null : Math.min(...seqs);
};

/**
 * The last seq of a session up to which an act under an older roster still has what it needs.
 *
 * Null when nothing binds it. A member who stays is bound only for what it lost; acts that claim
 * the record that took it, or a later one, are judged by that record instead.
 */
export const boundSeq = (
  closings: Closings,
  session: SessionId,
  author: DeviceId,
  needed: Capability,
  counts: LinkFilter,
): number | null => {
  const losses = closings.lossesByDevice.get(author) ?? [];
  const listed = closings.listedBySession.get(session) ?? [];
  const seqs = losses
    .filter(({ isRemoval, mask, link }) => {
      return !isRemoval && (mask & capabilityBit(needed)) !== 0 && counts(link);
    })
    .map((loss) => listedSeq(listed, loss.link));
  return seqs.length === 0 ? null : Math.min(...seqs);
};

/** The records that removed a device. */
export const removalsOf = (closings: Closings, device: DeviceId): readonly ChainLink[] => [
  ...new Set(
    (closings.lossesByDevice.get(device) ?? [])
      .filter((loss) => loss.isRemoval)
      .map((loss) => loss.link),
  ),
];

const listedSeq = (listed: readonly Listed[], link: ChainLink): number =>
  listed.find((entry) => entry.link === link)?.seq ?? -1;

const lossesOf = (link: ChainLink, parent: ChainLink): ReadonlyMap<DeviceId, Loss> => {
  const losses = new Map<DeviceId, Loss>();
  const wasAdmin = (device: DeviceId): boolean => device === parent.record.admin;
  for (const before of parent.record.members) {
    const { device } = before;
    const after = memberOf(link.record, device);
    const isRemoval = after === null;
    const mask = isRemoval ? ALL_CAPABILITIES_MASK : effectiveMask(before) & ~effectiveMask(after);
    const isAdminLost = wasAdmin(device) && link.record.admin !== device;
    if (isRemoval || mask !== 0 || isAdminLost) {
      losses.set(device, { link, isRemoval, mask });
    }
  }
  return losses;
};

/** The records that are not the named one nor before it. */
export const notBehind =
  (
    isAncestor: (earlier: RosterHash, later: RosterHash) => boolean,
    claimed: RosterHash,
  ): LinkFilter =>
  (link) =>
    !isAncestor(link.hash, claimed);
