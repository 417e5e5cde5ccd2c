import type { Channel, RoomPurpose } from '../../ports/transport.js';

/** Largest message that a transport carries at all, in bytes. */
const MESSAGE_BYTES_MAX = 16 * 1024 * 1024;
/** What an unproved peer may say at most. */
const FIRST_BYTES_MAX = 64 * 1024;

/** One end of a connection, with what the network does to it. */
export interface SimEnd {
  readonly owner: string;
  readonly channel: Channel;
  /** Hands over what arrived; false when the end refuses it. */
  readonly deliver: (message: Uint8Array) => boolean;
  /** The end learns that the connection is over. */
  readonly closed: () => void;
  readonly isOpen: () => boolean;
}

/** What an end asks of its network. */
export interface Wire {
  readonly send: (message: Uint8Array) => void;
  /** This end closed by itself. */
  readonly close: () => void;
}

export interface EndParts {
  readonly id: string;
  readonly owner: string;
  readonly purpose: RoomPurpose;
  readonly isInitiator: boolean;
  readonly localFingerprint: Uint8Array;
  readonly remoteFingerprint: Uint8Array;
}

/** Messages that arrive before anyone listens are kept, as the port promises. */
export const createSimEnd = (parts: EndParts, wire: Wire): SimEnd => {
  const { owner, ...identity } = parts;
  const early: Uint8Array[] = [];
  let listener: ((message: Uint8Array) => void) | null = null;
  const closeListeners: (() => void)[] = [];
  let isOpen = true;
  let bytesMax = FIRST_BYTES_MAX;

  const end = (): void => {
    if (!isOpen) return;
    isOpen = false;
    for (const each of closeListeners) each();
  };
  const close = (): void => {
    if (!isOpen) return;
    end();
    wire.close();
  };
  const channel: Channel = {
    ...identity,
    send: (message) => {
      if (!isOpen) return Promise.resolve();
      if (message.length > MESSAGE_BYTES_MAX) close();
      else wire.send(message);
      return Promise.resolve();
    },
    onMessage: (next) => {
      listener = next;
      for (const message of early.splice(0)) next(message);
    },
    onClose: (next) => {
      closeListeners.push(next);
      if (!isOpen) next();
    },
    close,
    setMessageBytesMax: (bytes) => {
      bytesMax = bytes;
    },
  };
  return {
    owner,
    channel,
    deliver: (message) => {
      if (!isOpen) return true;
      if (message.length > bytesMax) return false;
      if (listener === null) early.push(message);
      else listener(message);
      return true;
    },
    closed: end,
    isOpen: () => isOpen,
  };
};
