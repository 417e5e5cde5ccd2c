import type { DeviceId, RosterHash } from '../base/brands.js';
import type { LinkParty } from './handshake.js';

/** What judging a peer needs to know of the roster chain held here. */
export interface RosterChainView {
  /** The identity epoch of the tip. */
  readonly epoch: number;
  /** The epoch that a roster record opened; null for a record not held here. */
  readonly epochOf: (roster: RosterHash) => number | null;
  /** Whether the tip lists this device. */
  readonly isMember: (device: DeviceId) => boolean;
  /** Whether any record held here ever listed it. */
  readonly wasMember: (device: DeviceId) => boolean;
}

/**
 * What an authenticated peer is to this replica.
 *
 * member: at our record; stale: a member that lacks our record; ahead: it holds a record that we
 * lack, so its chain comes first and it is judged again; removed: gets only the record that removed
 * it; stranger: gets nothing but the pairing protocol.
 */
export type Membership = 'member' | 'stale' | 'ahead' | 'removed' | 'stranger';

/**
 * Judges a peer whose proof was verified, at the newer of both records.
 *
 * 'ahead' permits the exchange of the roster chain alone: whoever is still ahead after its chain
 * was read did not show its record, and the link ends.
 * Source: rules N2 and A4.
 */
export const judgePeer = (roster: RosterChainView, peer: LinkParty): Membership => {
  const claimedEpoch = roster.epochOf(peer.roster);
  if (claimedEpoch === null) return judgeUnknownRecord(roster, peer);
  if (claimedEpoch !== peer.epoch) return 'stranger';
  if (!roster.isMember(peer.device)) return roster.wasMember(peer.device) ? 'removed' : 'stranger';
  return claimedEpoch < roster.epoch ? 'stale' : 'member';
};

/** A rival of a record held here is worth reading only from who was once a member. */
const judgeUnknownRecord = (roster: RosterChainView, peer: LinkParty): Membership => {
  const isKnown = roster.isMember(peer.device) || roster.wasMember(peer.device);
  return isKnown || peer.epoch > roster.epoch ? 'ahead' : 'stranger';
};
