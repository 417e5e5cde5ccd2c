import type { DeviceId } from '../../core/base/brands.js';
import { type Result, err, ok } from '../../core/base/result.js';
import { parseRosterCompletion } from '../../core/authority/roster-completion.js';
import {
  type RosterRecord,
  accountOf,
  memberOf,
  parseRosterRecord,
  rosterHashOf,
} from '../../core/authority/roster.js';
import type { PairingOffer } from '../../core/links/pairing.js';
import type { EnteredCode } from '../../core/links/entered-code.js';
import { isCodeOf } from '../../core/links/pairing-code.js';
import { secretCommitment } from '../../core/links/rooms.js';
import type { Context } from '../context.js';
import { type Envelope, envelopeContext } from '../membership/epoch-secrets.js';
import { NOTHING_OFFERED, admitGovernance } from '../membership/governance.js';
import { type Holdings, createHoldings } from '../journal/holdings.js';

/** What a newcomer is offered, once all of it was found to hold. */
export interface SoundOffer {
  readonly holdings: Holdings;
  readonly record: RosterRecord;
  readonly envelope: Envelope;
}

/**
 * Checks everything that is offered, before this device signs that it wants in.
 *
 * The record follows the one in force, or is the one in force: a newcomer that gave up may have
 * been made a member all the same, and then finishes what it began.
 * Errors: `other-account` for another account than the code was shown for; else `peer-lied`.
 */
export const checkOffer = async (
  context: Context,
  code: EnteredCode,
  offer: PairingOffer,
): Promise<Result<SoundOffer, 'other-account' | 'peer-lied'>> => {
  const { keys } = context;
  if (keys === null) return err('peer-lied');
  const holdings = await readChain(context, offer.chain, keys.signer.device);
  const record = parseRosterRecord(offer.record);
  if (holdings === null || !record.ok) return err('peer-lied');
  // A short code has no room for the account: there the words alone tell whose it is.
  const isOther = code.kind !== 'short' && !isCodeOf(code.code, holdings.account);
  if (isOther) return err('other-account');
  const me = memberOf(record.value, keys.signer.device);
  const { tipHash } = holdings.chain();
  const isNext = record.value.previous === tipHash || rosterHashOf(record.value) === tipHash;
  if (!isNext || me?.encryptionKey !== keys.sealer.encryptionKey) return err('peer-lied');
  const bound = envelopeContext(holdings.account, record.value.commitment);
  const secret = await keys.sealer.open(offer.envelope, bound);
  if (!secret.ok || secret.value.length !== 32) return err('peer-lied');
  if (secretCommitment(secret.value) !== record.value.commitment) return err('peer-lied');
  const envelope = { device: me.device, envelope: offer.envelope };
  return ok({ holdings, record: record.value, envelope });
};

/** Verifies a chain from its first record; null when any of it does not hold. */
export const readChain = async (
  context: Context,
  chain: readonly Uint8Array[],
  me: DeviceId,
): Promise<Holdings | null> => {
  const first = chain[0] === undefined ? null : parseRosterCompletion(chain[0]);
  if (first === null || !first.ok || first.value.record.previous !== null) return null;
  const holdings = createHoldings(accountOf(first.value.record), me);
  const offer = { ...NOTHING_OFFERED, transitions: chain };
  const news = await admitGovernance(holdings, context.ports.verifier, offer);
  if (news.refused.length > 0 || news.transitions.length !== chain.length) return null;
  holdings.addGovernance(news.transitions, []);
  return holdings;
};
