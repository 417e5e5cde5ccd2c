import type { AccountId, DeviceId, HeadId, RosterHash } from '../base/brands.js';
import { encodeCanonical } from '../base/canonical.js';
import { compareText, sortedUnique } from '../base/ordering.js';
import { DOMAINS } from '../base/domains.js';
import { sha256 } from '../base/hash.js';
import { idToBytes } from '../base/shape.js';
import type { RosterChain } from './chain.js';
import { memberOf, type Origin, type RosterRecord } from './roster.js';

/**
 * The 32 bytes that a member signs to leave its account together with others.
 *
 * They name the account that it leaves, the snapshot that the new one begins with, and the first
 * record of the new account. A head is the hash of a statement that holds the snapshot's digest, so
 * nobody who signs leaves with another content. Source: rule A12.
 */
export const leavingSigningBytes = ({ account, head }: Origin, founding: RosterHash): Uint8Array =>
  sha256(
    encodeCanonical([
      DOMAINS.leaving,
      idToBytes(account),
      head === null ? null : idToBytes(head),
      idToBytes(founding),
    ]),
  );

export type LeavingFault =
  /** It is no first record, or it names no account that it comes from. */
  | { readonly kind: 'no-origin' }
  /** It comes from another account than this one. */
  | { readonly kind: 'other-account'; readonly account: AccountId }
  /** It begins with a snapshot that does not stand here, or with none although one stands. */
  | { readonly kind: 'other-snapshot'; readonly head: HeadId | null };

/** What is held of the account that is left. */
export interface LeftAccount {
  readonly account: AccountId;
  readonly chain: Pick<RosterChain, 'tips' | 'recordAt'>;
  /** Its standing heads. */
  readonly standing: ReadonlySet<HeadId>;
}

/** What keeps a member of an account from leaving it for one with that first record. */
export const leavingFault = (founding: RosterRecord, left: LeftAccount): LeavingFault | null => {
  const { origin } = founding;
  if (founding.epoch !== 0 || origin === null) return { kind: 'no-origin' };
  const { account, head } = origin;
  if (account !== left.account) return { kind: 'other-account', account };
  const isKnown = head === null ? left.standing.size === 0 : left.standing.has(head);
  return isKnown ? null : { kind: 'other-snapshot', head };
};

/**
 * Members that may leave it: those of the record in force, of whatever branch where it is forked.
 *
 * Who was removed is none: it has nothing to leave, and its key proves nothing new (rule A11). Keys
 * on paper hold no content. Sorted.
 */
export const mayLeave = ({ tips, recordAt }: LeftAccount['chain']): readonly DeviceId[] =>
  sortedUnique(
    tips
      .flatMap((tip) => recordAt(tip)?.members ?? [])
      .flatMap(({ device, storage }) => (storage === 'paper' ? [] : device)),
    compareText,
  );

/** What the signatures of a first record come to for somebody who holds the account it names. */
export interface LeaversSeen {
  /** Members still, sorted. */
  readonly members: readonly DeviceId[];
  /** Keys that are no members: removed since, or never let in; sorted. */
  readonly others: readonly DeviceId[];
}

/** Sorts verified signers of a first record by what they are to the account that it names. */
export const leaversAmong = (
  signers: readonly DeviceId[],
  { tips, recordAt }: LeftAccount['chain'],
): LeaversSeen => {
  const isMember = (device: DeviceId): boolean =>
    tips.some((tip) => {
      const record = recordAt(tip);
      return record !== null && memberOf(record, device) !== null;
    });
  const sorted = sortedUnique(signers, compareText);
  return {
    members: sorted.filter(isMember),
    others: sorted.filter((device) => !isMember(device)),
  };
};
