import { decodeCanonical, encodeCanonical } from '../base/canonical.js';
import { assert, err, ok, type Result } from '../base/result.js';
import { itemsOf } from '../base/shape-groups.js';
import { BODY_FIELDS, KIND_BY_CODE, MESSAGE_LIMITS } from './message-fields.js';
import type { KnownMessage, Message } from './message-kinds.js';

export { MESSAGE_LIMITS, payloadPartCount } from './message-fields.js';
export * from './message-kinds.js';

export type MessageError =
  | { readonly kind: 'too-large'; readonly bytes: number; readonly bytesMax: number }
  | { readonly kind: 'not-canonical' }
  | { readonly kind: 'malformed'; readonly message: KnownMessage['kind'] | null };

/**
 * Reads what an authenticated peer sent. Never throws.
 *
 * Errors: too-large beyond MESSAGE_LIMITS.messageBytesMax; not-canonical for bytes that are no
 * canonical CBOR, or announce more than MESSAGE_LIMITS.itemsMax items; malformed for a body that
 * its kind's shape or limits refuse (message null: it does not even open with a code).
 */
export const parseMessage = (bytes: Uint8Array): Result<Message, MessageError> => {
  const bytesMax = MESSAGE_LIMITS.messageBytesMax;
  if (bytes.length > bytesMax) return err({ kind: 'too-large', bytes: bytes.length, bytesMax });
  const decoded = decodeCanonical(bytes, bytesMax, MESSAGE_LIMITS.itemsMax);
  if (!decoded.ok) return err({ kind: 'not-canonical' });
  const items = itemsOf(decoded.value);
  const code = items?.[0];
  if (items === undefined || typeof code !== 'number' || !Number.isSafeInteger(code) || code < 0) {
    return err({ kind: 'malformed', message: null });
  }
  const kind = KIND_BY_CODE.get(code);
  if (kind === undefined) return ok({ kind: 'unknown', code });
  const body = BODY_FIELDS[kind].field.parse(items.slice(1));
  if (body === undefined) return err({ kind: 'malformed', message: kind });
  return ok({ kind, ...body } as KnownMessage);
};

/** The bytes of a message. Exceeding the limit is a broken invariant: the sender batches. */
export const encodeMessage = (message: KnownMessage): Uint8Array => {
  const { code, field } = BODY_FIELDS[message.kind];
  const write = field.toCanonical as (body: KnownMessage) => ReturnType<typeof field.toCanonical>;
  const bytes = encodeCanonical([code, ...write(message)]);
  assert(bytes.length <= MESSAGE_LIMITS.messageBytesMax, 'a message fits its limit');
  return bytes;
};
