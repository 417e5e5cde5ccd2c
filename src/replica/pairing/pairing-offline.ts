import {
  type OfflineOffer,
  encodeOfflineAnswer,
  encodeOfflineOffer,
  offlineOfferTag,
  parseOfflineAnswer,
} from '../../core/links/offline-code.js';
import { type Result, err, ok } from '../../core/base/result.js';
import type { Channel, Room } from '../../ports/transport.js';
import type { Context } from '../context.js';
import type { Shown, ToShow } from './pairing-doors.js';
import { failureOf } from './pairing-failures.js';
import type { PairingFailure, PairingView } from '../view.js';

/** So long a channel that was brought about by two codes outlives its pairing's last word. */
const LAST_WORD_MS = 30_000;
/** So long two devices that know each other's codes try to connect. */
export const DIRECT_MS_MAX = 30_000;

/**
 * Shows the first of two codes: with it and the newcomer's one, two devices meet with no
 * rendezvous and no internet (rule N9).
 *
 * Errors: no-direct-way where this browser cannot be reached directly.
 */
export const showOffline = async (
  context: Context,
  { secret, expiresMs, accountTag, accept }: ToShow,
): Promise<Result<Shown, PairingFailure>> => {
  const { introducer, clock } = context.ports;
  const begun = await introducer
    ?.offer((channel) => accept(channel, { kind: 'secret', secret }))
    .catch(() => undefined);
  if (begun === undefined) return err('no-direct-way');
  const offer: OfflineOffer = { part: begun.part, secret, expiresMs, accountTag };
  const tag = offlineOfferTag(offer);
  const answer = (text: string): Result<void, PairingFailure> => {
    const read = parseOfflineAnswer(text, tag);
    if (!read.ok) return err(failureOf(read.error.kind));
    return ok(begun.accept(read.value.part));
  };
  const shut = (): void => void clock.after(LAST_WORD_MS, begun.leave);
  const view: PairingView = { kind: 'offering', text: encodeOfflineOffer(offer), expiresMs };
  return ok({ doors: { shut, leave: begun.leave, answer }, view });
};

/** Answers the first code; the second is in the view. Errors as showOffline. */
export const answerOffline = async (
  context: Context,
  offer: OfflineOffer,
  accept: (channel: Channel) => void,
): Promise<Result<{ readonly room: Room; readonly view: PairingView }, PairingFailure>> => {
  const { introducer } = context.ports;
  const begun = await introducer?.answer(offer.part, accept).catch(() => undefined);
  if (begun === undefined) return err('no-direct-way');
  const text = encodeOfflineAnswer({ part: begun.part, offer: offlineOfferTag(offer) });
  const view: PairingView = { kind: 'answering', text, expiresMs: offer.expiresMs };
  return ok({ room: { leave: begun.leave }, view });
};
