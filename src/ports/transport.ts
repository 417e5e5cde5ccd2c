/** What a room is for; a link knows the purpose of the room that it was made in. */
export type RoomPurpose = 'account' | 'pairing' | 'pairwise';

/** A place where devices that know its name and password meet. */
export interface RoomConfig {
  /** An unguessable name; the rendezvous sees only this. At most 128 characters. */
  readonly name: string;
  /** Encrypts what passes through the rendezvous. */
  readonly password: string;
  readonly purpose: RoomPurpose;
}

/**
 * One open channel to one other device, not yet authenticated.
 *
 * Messages arrive whole and in order, whatever their size up to messageBytesMax (16 MiB). The
 * fingerprints are the 32 bytes of the SHA-256 of both ends' DTLS certificates: what the channel is
 * really encrypted to, so a relay that swaps them shows up in the handshake.
 */
export interface Channel {
  readonly id: string;
  readonly purpose: RoomPurpose;
  /** Exactly one end of a channel is the initiator. */
  readonly isInitiator: boolean;
  readonly localFingerprint: Uint8Array;
  readonly remoteFingerprint: Uint8Array;
  /**
   * Resolves when the bytes were handed to the network; rejects never, closed channels drop them.
   */
  readonly send: (message: Uint8Array) => Promise<void>;
  readonly onMessage: (listener: (message: Uint8Array) => void) => void;
  readonly onClose: (listener: () => void) => void;
  readonly close: () => void;
  /**
   * Messages larger than this are refused and close the channel. Starts at 64 KiB; raised once the
   * peer has proved who it is.
   */
  readonly setMessageBytesMax: (bytes: number) => void;
}

/** A room that was joined. Leaving closes its channels. */
export interface Room {
  readonly leave: () => void;
}

/** How the rendezvous fares; it is needed to find devices, not to stay connected. */
export type RendezvousStatus = 'connecting' | 'connected' | 'unreachable';

/** Finds other devices and opens channels to them. */
export interface Transport {
  /** Joins a room and reports each channel once it is open. Messages that arrive early are kept. */
  readonly join: (config: RoomConfig, onChannel: (channel: Channel) => void) => Room;
  /** False where this browser connects to no other device at all; absent where it always can. */
  readonly canConnect?: () => boolean;
  readonly rendezvous: () => RendezvousStatus;
  readonly onRendezvous: (listener: (status: RendezvousStatus) => void) => () => void;
  /** Tries again at once: the phone woke, the network came back. */
  readonly wake: () => void;
  readonly close: () => void;
}
