import { encodeMessage, parseMessage } from '../../core/links/messages.js';
import { encodePayload, readStoredPayload } from '../../core/snapshots/payload.js';

/**
 * A part of a payload with all its items gone, sound in form; every other message as it is.
 *
 * Only what fits into one part is twisted: a piece of one reads as nothing.
 */
export const payloadsTwisted = (message: Uint8Array): Uint8Array => {
  const read = parseMessage(message);
  if (!read.ok || read.value.kind !== 'payloadPart' || read.value.parts !== 1) return message;
  const state = readStoredPayload(read.value.bytes);
  if (!state.ok) return message;
  const bytes = encodePayload({ ...state.value, items: new Map() });
  return encodeMessage({ ...read.value, bytes, totalBytes: bytes.length });
};
