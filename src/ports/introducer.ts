import type { ConnectionPart } from '../core/links/offline-code.js';
import type { Channel } from './transport.js';

/** One end of a connection that two people bring about by showing each other codes. */
export interface Introduction {
  /** What the other end must know of this one. */
  readonly part: ConnectionPart;
  /** Gives up whatever did not open yet, and closes what did. */
  readonly leave: () => void;
}

/**
 * Connects two devices directly, with no rendezvous and no internet (rule N9).
 *
 * Rejects where the browser offers no address at all to be reached at.
 */
export interface Introducer {
  /** Begins a connection; `accept` takes what the other end answered, once. */
  readonly offer: (
    onChannel: (channel: Channel) => void,
  ) => Promise<Introduction & { readonly accept: (answer: ConnectionPart) => void }>;
  /** Answers a connection that the other end began. */
  readonly answer: (
    offer: ConnectionPart,
    onChannel: (channel: Channel) => void,
  ) => Promise<Introduction>;
}
