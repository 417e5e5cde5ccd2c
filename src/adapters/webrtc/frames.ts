import { err, ok, type Result } from '../../core/base/result.js';

/** Bytes of the largest frame; every browser carries 64 KiB in one piece. */
export const FRAME_BYTES_MAX = 64 * 1024;

/** The first byte of a frame. Types below 16 are y-webrtc's own and never on this wire. */
const TYPE_START = 64;
const TYPE_MORE = 65;
const TYPE_PROBE = 66;
const TYPE_ECHO = 67;

const START_HEADER_BYTES = 5;
const MORE_HEADER_BYTES = 1;

/** Asks the other end for a sign of life. */
export const PROBE_FRAME: Uint8Array<ArrayBuffer> = Uint8Array.of(TYPE_PROBE);
/** The sign of life. */
export const ECHO_FRAME: Uint8Array<ArrayBuffer> = Uint8Array.of(TYPE_ECHO);

/**
 * Cuts a message into frames of at most FRAME_BYTES_MAX.
 *
 * The first is `64, length as 32 bits big-endian, bytes`; the others are `65, bytes`.
 */
export const messageToFrames = function* (
  message: Uint8Array,
): Generator<Uint8Array<ArrayBuffer>, void> {
  let offset = Math.min(message.length, FRAME_BYTES_MAX - START_HEADER_BYTES);
  const start = new Uint8Array(START_HEADER_BYTES + offset);
  start[0] = TYPE_START;
  new DataView(start.buffer).setUint32(1, message.length);
  start.set(message.subarray(0, offset), START_HEADER_BYTES);
  yield start;
  while (offset < message.length) {
    const bytes = message.subarray(offset, offset + FRAME_BYTES_MAX - MORE_HEADER_BYTES);
    const more = new Uint8Array(MORE_HEADER_BYTES + bytes.length);
    more[0] = TYPE_MORE;
    more.set(bytes, MORE_HEADER_BYTES);
    yield more;
    offset += bytes.length;
  }
};

/** What one more frame meant. */
export type FrameOutcome =
  | { readonly kind: 'message'; readonly message: Uint8Array }
  | { readonly kind: 'partial' }
  | { readonly kind: 'probe' }
  | { readonly kind: 'echo' };

/** Why a frame ends the connection. */
export type FrameError =
  | { readonly kind: 'malformed-frame' }
  | { readonly kind: 'too-large'; readonly bytes: number; readonly bytesMax: number };

export interface Assembler {
  readonly push: (frame: Uint8Array) => Result<FrameOutcome, FrameError>;
}

/**
 * Creates what puts frames of one ordered wire together again.
 *
 * Holds at most one message of at most messageBytesMax(), as it stands when the message starts.
 * Errors: `too-large` by its announced length, before anything is held; `malformed-frame` for
 * unknown types, and for frames that do not follow each other. Both are final.
 */
export const createAssembler = (messageBytesMax: () => number): Assembler => {
  let partial: { readonly bytes: Uint8Array; filled: number } | undefined;

  const fill = (bytes: Uint8Array): Result<FrameOutcome, FrameError> => {
    if (partial === undefined || partial.filled + bytes.length > partial.bytes.length) {
      return err({ kind: 'malformed-frame' });
    }
    partial.bytes.set(bytes, partial.filled);
    partial.filled += bytes.length;
    if (partial.filled < partial.bytes.length) return ok({ kind: 'partial' });
    const message = partial.bytes;
    partial = undefined;
    return ok({ kind: 'message', message });
  };
  const start = (frame: Uint8Array): Result<FrameOutcome, FrameError> => {
    if (partial !== undefined || frame.length < START_HEADER_BYTES) {
      return err({ kind: 'malformed-frame' });
    }
    const bytes = new DataView(frame.buffer, frame.byteOffset).getUint32(1);
    const bytesMax = messageBytesMax();
    if (bytes > bytesMax) return err({ kind: 'too-large', bytes, bytesMax });
    partial = { bytes: new Uint8Array(bytes), filled: 0 };
    return fill(frame.subarray(START_HEADER_BYTES));
  };

  return {
    push: (frame) => {
      switch (frame[0]) {
        case TYPE_START:
          return start(frame);
        case TYPE_MORE:
          return frame.length > MORE_HEADER_BYTES
            ? fill(frame.subarray(MORE_HEADER_BYTES))
            : err({ kind: 'malformed-frame' });
        case TYPE_PROBE:
          return ok({ kind: 'probe' });
        case TYPE_ECHO:
          return ok({ kind: 'echo' });
        default:
          return err({ kind: 'malformed-frame' });
      }
    },
  };
};
