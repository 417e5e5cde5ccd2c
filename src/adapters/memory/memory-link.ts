import type { Channel, RoomPurpose } from '../../ports/transport.js';
import { createInbox, MESSAGE_BYTES_MAX, type Inbox } from '../channel/inbox.js';

/** One end of a link as the network sees it. */
export interface MemoryEnd {
  readonly owner: string;
  readonly purpose: RoomPurpose;
  readonly localFingerprint: Uint8Array;
  readonly remoteFingerprint: Uint8Array;
}

/** What a link needs of the network that carries it. */
export interface MemoryCarrier {
  /** Runs later, never before this call returns, and in the order of the calls. */
  readonly schedule: (run: () => void) => void;
  /** Whether nothing passes between the two owners now. */
  readonly isCut: (left: string, right: string) => boolean;
  /** Called once, when both ends know that the link is gone. */
  readonly onGone: () => void;
}

/** Two mirrored channels and the wire between them. */
export interface MemoryLink {
  readonly initiator: Channel;
  readonly responder: Channel;
  /** Delivers what waited for the end of a cut. */
  readonly flush: () => void;
}

/**
 * Connects two ends in memory.
 *
 * Delivery is asynchronous and ordered, closing included: what was sent before a close arrives
 * before it. While the owners are cut apart everything waits, as in a network that retransmits.
 */
export const createMemoryLink = (
  id: string,
  initiator: MemoryEnd,
  responder: MemoryEnd,
  carrier: MemoryCarrier,
): MemoryLink => {
  const inboxes = { initiator: createInbox(), responder: createInbox() };
  const waiting: (() => void)[] = [];
  const owners = [initiator.owner, responder.owner] as const;
  let isGone = false;

  const settle = (): void => {
    if (isGone || inboxes.initiator.isOpen() || inboxes.responder.isOpen()) return;
    isGone = true;
    carrier.onGone();
  };
  const flush = (): void => {
    while (waiting.length > 0 && !carrier.isCut(...owners)) waiting.shift()?.();
  };
  const post = (run: () => void): void => {
    waiting.push(run);
    carrier.schedule(flush);
  };
  const closeBoth = (near: Inbox, far: Inbox): void => {
    if (!near.isOpen()) return;
    near.close();
    post(() => {
      far.close();
      settle();
    });
  };
  const channel = (end: MemoryEnd, near: Inbox, far: Inbox, isInitiator: boolean): Channel => ({
    id,
    purpose: end.purpose,
    isInitiator,
    localFingerprint: end.localFingerprint,
    remoteFingerprint: end.remoteFingerprint,
    send: (message) => {
      if (!near.isOpen()) return Promise.resolve();
      if (message.length > MESSAGE_BYTES_MAX) closeBoth(near, far);
      const copy = message.slice();
      post(() => {
        if (!far.deliver(copy)) closeBoth(far, near);
      });
      return Promise.resolve();
    },
    onMessage: near.onMessage,
    onClose: near.onClose,
    close: () => closeBoth(near, far),
    setMessageBytesMax: near.setMessageBytesMax,
  });
  return {
    initiator: channel(initiator, inboxes.initiator, inboxes.responder, true),
    responder: channel(responder, inboxes.responder, inboxes.initiator, false),
    flush,
  };
};
