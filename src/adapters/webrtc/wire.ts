import { MESSAGE_BYTES_MAX, type Inbox } from '../channel/inbox.js';
import { createAssembler, ECHO_FRAME, messageToFrames, PROBE_FRAME } from './frames.js';

/** Bytes in the browser's buffer at which sending pauses, and at which it goes on. */
const BUFFER_BYTES_HIGH = 1024 * 1024;
const BUFFER_BYTES_LOW = 256 * 1024;

/** The part of RTCDataChannel that a wire uses. */
export type WireChannel = Pick<
  RTCDataChannel,
  | 'readyState'
  | 'binaryType'
  | 'bufferedAmount'
  | 'bufferedAmountLowThreshold'
  | 'onbufferedamountlow'
  | 'onmessage'
> & { readonly send: (data: ArrayBufferView<ArrayBuffer>) => void };

/** Whole messages over one data channel. */
export interface Wire {
  /** Resolves when the message is in the browser's buffer, or the wire has ended. */
  readonly send: (message: Uint8Array) => Promise<void>;
  /** Asks for a sign of life; `isAlive` turns true with the next frame of any kind. */
  readonly probe: () => { readonly isAlive: () => boolean };
}

/**
 * Carries messages whole and in order: cuts them, waits while the buffer is full, puts them
 * together again and delivers them to the inbox.
 *
 * onBroken is called for whatever no honest peer does (rule N8): text, malformed frames, messages
 * above the inbox's limit, a full backlog; and when the browser refuses to send.
 */
export const createWire = (channel: WireChannel, inbox: Inbox, onBroken: () => void): Wire => {
  const assembler = createAssembler(inbox.messageBytesMax);
  let tail: Promise<void> = Promise.resolve();
  let resume = (): void => undefined;
  let framesSeen = 0;

  const transmit = (frame: Uint8Array<ArrayBuffer>): void => {
    if (!inbox.isOpen() || channel.readyState !== 'open') return;
    try {
      channel.send(frame);
    } catch {
      onBroken();
    }
  };
  const drained = async (): Promise<void> => {
    while (inbox.isOpen() && channel.bufferedAmount > BUFFER_BYTES_HIGH) {
      await new Promise<void>((resolve) => {
        resume = resolve;
      });
    }
  };
  const sendFrames = async (message: Uint8Array): Promise<void> => {
    for (const frame of messageToFrames(message)) {
      await drained();
      if (!inbox.isOpen()) return;
      transmit(frame);
    }
  };
  const receive = (data: unknown): void => {
    if (!inbox.isOpen()) return;
    if (!(data instanceof ArrayBuffer)) return onBroken();
    framesSeen += 1;
    const outcome = assembler.push(new Uint8Array(data));
    if (!outcome.ok) return onBroken();
    if (outcome.value.kind === 'message' && !inbox.deliver(outcome.value.message)) onBroken();
    if (outcome.value.kind === 'probe' && channel.bufferedAmount < BUFFER_BYTES_LOW) {
      transmit(ECHO_FRAME);
    }
  };

  channel.binaryType = 'arraybuffer';
  channel.bufferedAmountLowThreshold = BUFFER_BYTES_LOW;
  channel.onbufferedamountlow = () => resume();
  channel.onmessage = (event) => receive(event.data);
  inbox.onClose(() => resume());
  return {
    send: (message) => {
      if (message.length > MESSAGE_BYTES_MAX) onBroken();
      tail = tail.then(() => sendFrames(message));
      return tail;
    },
    probe: () => {
      const before = framesSeen;
      transmit(PROBE_FRAME);
      return { isAlive: () => framesSeen > before };
    },
  };
};
