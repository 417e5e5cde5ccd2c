import type { BaseId, Hash, HeadId, PayloadId, RosterHash } from '../base/brands.js';
import { DOMAINS } from '../base/domains.js';
import { hashOf, hexToBytes } from '../base/hash.js';

declare const brand: unique symbol;

/** Where a replica stands in facts, base and roster, in a digest of STEP_BYTES, as hex. */
export type Step = string & { readonly [brand]: 'Step' };

/** What heads say besides, in a digest of HEADS_DIGEST_BYTES, as hex. */
export type HeadsDigest = string & { readonly [brand]: 'HeadsDigest' };

/** Enough that nobody makes two sets of facts that look the same on purpose. */
export const STEP_BYTES = 16;
export const HEADS_DIGEST_BYTES = 8;
/** Enough that two bases of one account never begin alike by chance. */
export const BASE_PREFIX_BYTES = 8;

/** Equal for replicas that hold the same facts on the same base under the same roster. */
export const stepOf = (factSet: Hash, base: BaseId, roster: RosterHash): Step =>
  hashOf<Hash>(DOMAINS.step, [factSet, base, roster]).slice(0, 2 * STEP_BYTES) as Step;

/** Equal where heads differ in nothing but facts, clock and name. */
export const headsDigestOf = (heads: {
  readonly standingHeads: readonly HeadId[];
  readonly heldPayloads: readonly PayloadId[];
  readonly stateVector: Uint8Array | null;
}): HeadsDigest => {
  const { standingHeads, heldPayloads, stateVector } = heads;
  const digest = hashOf<Hash>(DOMAINS.heads, [standingHeads, heldPayloads, stateVector !== null]);
  return digest.slice(0, 2 * HEADS_DIGEST_BYTES) as HeadsDigest;
};

/** The first bytes of a base's id. */
export const basePrefixOf = (base: BaseId): Uint8Array =>
  hexToBytes(base.slice(0, 2 * BASE_PREFIX_BYTES));
