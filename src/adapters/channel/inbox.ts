/** Bytes that may wait for the first listener; a peer that sends more is cut off (rule N8). */
export const INBOX_BACKLOG_BYTES_MAX = 1024 * 1024;

/** Bytes of the largest message that any channel ever carries, in either direction. */
export const MESSAGE_BYTES_MAX = 16 * 1024 * 1024;

/** Bytes of the largest message before the peer has proved who it is (LIMITS.handshakeBytesMax). */
export const MESSAGE_BYTES_MAX_FIRST = 64 * 1024;

/** The receiving half of a channel: what every adapter of the transport port does alike. */
export interface Inbox {
  readonly isOpen: () => boolean;
  /** Bytes of the largest message that is taken now. */
  readonly messageBytesMax: () => number;
  /** Never above MESSAGE_BYTES_MAX, whatever is asked for. */
  readonly setMessageBytesMax: (bytes: number) => void;
  /** Takes one whole message; false when it is too large or too early, and the channel must go. */
  readonly deliver: (message: Uint8Array) => boolean;
  /** Adds a listener; the first one is handed, in order, what arrived before it. */
  readonly onMessage: (listener: (message: Uint8Array) => void) => void;
  /** Adds a listener, called once; at once when the channel is closed already. */
  readonly onClose: (listener: () => void) => void;
  /** Tells the close listeners, the first time only. */
  readonly close: () => void;
}

/**
 * Creates the receiving half of a channel.
 *
 * Messages that arrive before anyone listens are kept, at most INBOX_BACKLOG_BYTES_MAX of them in
 * bytes; closing forgets them. Nothing is delivered after the close.
 */
export const createInbox = (): Inbox => {
  const messageListeners: ((message: Uint8Array) => void)[] = [];
  const closeListeners: (() => void)[] = [];
  let backlog: Uint8Array[] = [];
  let backlogBytes = 0;
  let bytesMax = MESSAGE_BYTES_MAX_FIRST;
  let open = true;

  return {
    isOpen: () => open,
    messageBytesMax: () => bytesMax,
    setMessageBytesMax: (bytes) => {
      bytesMax = Math.max(0, Math.min(MESSAGE_BYTES_MAX, bytes));
    },
    deliver: (message) => {
      if (!open) return true;
      if (message.length > bytesMax) return false;
      if (messageListeners.length > 0) {
        for (const listener of messageListeners) listener(message);
        return true;
      }
      backlogBytes += message.length;
      backlog.push(message);
      return backlogBytes <= INBOX_BACKLOG_BYTES_MAX && backlog.length <= INBOX_BACKLOG_MAX;
    },
    onMessage: (listener) => {
      messageListeners.push(listener);
      const early = backlog;
      backlog = [];
      backlogBytes = 0;
      for (const message of early) if (open) listener(message);
    },
    onClose: (listener) => {
      if (open) closeListeners.push(listener);
      else listener();
    },
    close: () => {
      if (!open) return;
      open = false;
      backlog = [];
      for (const listener of closeListeners) listener();
    },
  };
};

const INBOX_BACKLOG_MAX = 1024;
