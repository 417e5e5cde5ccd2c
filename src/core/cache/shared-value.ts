import type { AccountId, DeviceId } from '../base/brands.js';
import { DOMAINS } from '../base/domains.js';
import { hexToBytes, messageOf, sha256 } from '../base/hash.js';
import { LIMITS } from '../base/limits.js';
import { compareBy, compareText } from '../base/ordering.js';
import { type Result, err, ok } from '../base/result.js';
import type { SignatureCheck } from '../base/signature-check.js';
import type { SignedValue } from '../base/signed-value.js';
import { type Floors, type Stamp, isServable } from './validity.js';

/** What a device knows when it judges a value of another one. */
export interface SharedGround {
  readonly account: AccountId;
  readonly epoch: number;
  readonly floors: Floors;
  /** A member now, and not one that was shown to have lied. */
  readonly isBelieved: (maker: DeviceId) => boolean;
}

export type SharedFault =
  | { readonly kind: 'not-believed' }
  /** Of an epoch that this device does not know yet: nobody can say what it knew. */
  | { readonly kind: 'future-epoch' }
  /** Below the floor of its key, or made before an invalidation that is known here. */
  | { readonly kind: 'outdated' };

/**
 * What a maker signs: account, key, epoch, invalidations and the digest of the bytes, so that a
 * value passes for no other, whoever carries it.
 */
export const sharedToSign = (
  account: AccountId,
  key: string,
  { maker, epoch, known, bytes }: Omit<SignedValue, 'signature'>,
): Uint8Array =>
  messageOf(DOMAINS.sharedValue, [
    hexToBytes(account),
    key,
    epoch,
    known.map(({ session, seq }) => [hexToBytes(session), seq]),
    hexToBytes(maker),
    sha256(bytes),
  ]);

/** What was known where a shared value was made. */
export const sharedStamp = ({ epoch, known }: Pick<SignedValue, 'epoch' | 'known'>): Stamp => ({
  epoch,
  invalidations: new Map(known.map(({ session, seq }) => [session, seq])),
});

/** A stamp as it is shared, sorted; null where more is known than a message holds. */
export const stampToShare = ({
  epoch,
  invalidations,
}: Stamp): Pick<SignedValue, 'epoch' | 'known'> | null => {
  if (invalidations.size > LIMITS.sharedKnownMax) return null;
  const known = [...invalidations].map(([session, seq]) => ({ session, seq }));
  return { epoch, known: known.sort(compareBy(({ session }) => session, compareText)) };
};

/**
 * Whether a value may be taken over for a key at all; what is left to check is its signature.
 *
 * Errors: SharedFault.
 */
export const checkShared = (
  { account, epoch, floors, isBelieved }: SharedGround,
  key: string,
  value: SignedValue,
): Result<SignatureCheck, SharedFault> => {
  if (!isBelieved(value.maker)) return err({ kind: 'not-believed' });
  if (value.epoch > epoch) return err({ kind: 'future-epoch' });
  if (!isServable(floors, key, sharedStamp(value))) return err({ kind: 'outdated' });
  const message = sharedToSign(account, key, value);
  return ok({ key: value.maker, message, signature: value.signature });
};
