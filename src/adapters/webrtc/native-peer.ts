import type { Channel, RoomPurpose } from '../../ports/transport.js';
import { createInbox } from '../channel/inbox.js';
import { readFingerprints } from './fingerprints.js';
import { createSession, type Session } from './session.js';
import { parseSignal, type Signal } from './signals.js';

/** What y-webrtc passes to its peers: its own flag and our `peerOpts`. */
export interface NativePeerOptions {
  readonly initiator: boolean;
  readonly purpose: RoomPurpose;
  readonly iceServers: readonly RTCIceServer[];
  /** Milliseconds until a connection that does not open is given up; 20 s when absent. */
  readonly connectMsMax?: number;
  /** Called for each channel that opens, after its fingerprints are known. */
  readonly onChannel: (channel: Channel) => void;
  /** Called once from the constructor. */
  readonly onStart: (peer: NativePeer) => void;
}

type PeerEvent = 'signal' | 'gathered' | 'connect' | 'data' | 'close' | 'error';
type PeerListener = (argument?: unknown) => void;

/** Milliseconds until a connection that does not open is given up. */
const CONNECT_MS_MAX = 20_000;
/** Milliseconds until an offer that nobody answers is made anew: it was lost, or its answer. */
const ANSWER_MS_MAX = 8_000;
/** Milliseconds that a connection may stay `disconnected`: networks change, and come back. */
const DISCONNECTED_MS_MAX = 8_000;
/** Milliseconds until a sign of life must have come, once asked for. */
const PROBE_MS_MAX = 5_000;
/** Milliseconds after which a connection that is still opening is not worth waking up for. */
const OPENING_MS_MAX = 5_000;
const PENDING_CANDIDATES_MAX = 64;

/**
 * One peer of y-webrtc over the browser's own RTCPeerConnection; stands in for simple-peer.
 *
 * Emits signal, connect, error and close as y-webrtc expects them; `signal` takes anything and
 * never throws. y-webrtc's own messages end here: `send` drops them and `data` is never emitted,
 * since its document stays empty. Ours go through the Channel of each connection that opens. When
 * both ends offer at once, or the other end starts over, an offer replaces what was there.
 */
export class NativePeer {
  readonly #options: NativePeerOptions;
  readonly #listeners = new Map<PeerEvent, PeerListener[]>();
  #candidates: RTCIceCandidateInit[] = [];
  #session: Session;
  #work: Promise<void> = Promise.resolve();
  #hasOfferToTake = false;
  #isDestroyed = false;

  constructor(options: NativePeerOptions) {
    this.#options = options;
    this.#session = this.#open();
    if (options.initiator) {
      const { connection, after } = this.#session;
      this.#enqueue(() => this.#offer());
      after(options.connectMsMax ?? ANSWER_MS_MAX, () => {
        if (connection.remoteDescription === null) this.destroy(new Error('no answer'));
      });
    }
    options.onStart(this);
  }

  on(event: PeerEvent, listener: PeerListener): this {
    this.#listeners.set(event, [...(this.#listeners.get(event) ?? []), listener]);
    return this;
  }

  /** Takes what the other end said; whatever is malformed or comes too late is ignored. */
  signal(value: unknown): void {
    const signal = parseSignal(value);
    if (signal === undefined) return;
    if (signal.type === 'offer') this.#hasOfferToTake = true;
    this.#enqueue(() => this.#take(signal));
  }

  /** Drops what y-webrtc says about its empty document. */
  send(_message: unknown): void {}

  /** Lets go of the connection if it fails to show a sign of life: after sleep, say. */
  probe(): void {
    const session = this.#session;
    const { connectionState } = session.connection;
    if (session.wire === undefined) {
      if (performance.now() - session.startedMs > OPENING_MS_MAX) this.destroy();
      return;
    }
    if (connectionState !== 'connected') return this.destroy();
    const { isAlive } = session.wire.probe();
    session.after(PROBE_MS_MAX, () => {
      if (!isAlive()) this.destroy();
    });
  }

  /** Ends everything, once; `close` follows, after `error` if there is one. */
  destroy(error?: unknown): void {
    if (this.#isDestroyed) return;
    this.#isDestroyed = true;
    this.#session.end();
    queueMicrotask(() => {
      if (error !== undefined) this.#emit('error', error);
      this.#emit('close');
    });
  }

  #emit(event: PeerEvent, argument?: unknown): void {
    for (const listener of this.#listeners.get(event) ?? []) listener(argument);
  }

  /** Signals are worked on one after the other, in their order. */
  #enqueue(work: () => Promise<void>): void {
    this.#work = this.#work.then(async () => {
      if (!this.#isDestroyed) await work();
    });
    this.#work = this.#work.catch((error: unknown) => this.destroy(error));
  }

  #open(): Session {
    const inbox = createInbox();
    const isCurrent = (): boolean => this.#session === session && !this.#isDestroyed;
    const session = createSession(this.#options.iceServers, inbox, {
      onCandidate: (candidate) => {
        if (isCurrent()) this.#emit('signal', { type: 'candidate', candidate });
      },
      onGathered: () => {
        if (isCurrent()) this.#emit('gathered');
      },
      onOpen: () => this.#enqueue(() => this.#announce(session)),
      onEnd: (reason) => {
        if (isCurrent()) this.destroy(reason === undefined ? undefined : new Error(reason));
      },
    });
    session.after(this.#options.connectMsMax ?? CONNECT_MS_MAX, () => {
      if (session.wire === undefined && isCurrent()) this.destroy(new Error('no connection'));
    });
    session.whenDisconnected(DISCONNECTED_MS_MAX);
    return session;
  }

  /** Makes no offer once another one was accepted: y-webrtc would let both through. */
  async #offer(): Promise<void> {
    const { connection } = this.#session;
    await connection.setLocalDescription(await connection.createOffer());
    if (!this.#hasOfferToTake) this.#emitDescription(connection);
  }

  async #take(signal: Signal): Promise<void> {
    switch (signal.type) {
      case 'offer':
        return this.#answer(signal.sdp);
      case 'answer':
        return this.#accept(signal.sdp);
      case 'candidate':
        if (this.#candidates.length >= PENDING_CANDIDATES_MAX) return;
        this.#candidates.push(signal.candidate);
        if (this.#session.connection.remoteDescription !== null) await this.#addPending();
    }
  }

  /** An answer that cannot be read is left: the good one may be on its way. */
  async #accept(sdp: string): Promise<void> {
    const { connection } = this.#session;
    if (connection.signalingState !== 'have-local-offer') return;
    await connection.setRemoteDescription({ type: 'answer', sdp }).catch(() => undefined);
    if (connection.remoteDescription !== null) await this.#addPending();
  }

  async #answer(sdp: string): Promise<void> {
    const { localDescription, remoteDescription } = this.#session.connection;
    if (localDescription !== null || remoteDescription !== null) {
      this.#session.end();
      this.#session = this.#open();
    }
    const { connection } = this.#session;
    await connection.setRemoteDescription({ type: 'offer', sdp });
    await this.#addPending();
    await connection.setLocalDescription(await connection.createAnswer());
    this.#emitDescription(connection);
  }

  /** A candidate that does not fit is no loss: it belongs to an offer that was replaced. */
  async #addPending(): Promise<void> {
    const candidates = this.#candidates;
    this.#candidates = [];
    const { connection } = this.#session;
    for (const candidate of candidates) {
      await connection.addIceCandidate(candidate).catch(() => undefined);
    }
  }

  #emitDescription(connection: RTCPeerConnection): void {
    const description = connection.localDescription;
    if (this.#isDestroyed || description === null) return;
    this.#emit('signal', { type: description.type, sdp: description.sdp });
  }

  /** The side whose offer was taken is the initiator, whoever dialled first. */
  async #announce(session: Session): Promise<void> {
    const { connection, inbox, wire } = session;
    const fingerprints = await readFingerprints(connection);
    if (this.#session !== session || !inbox.isOpen() || wire === undefined) return;
    if (fingerprints === undefined) return this.destroy(new Error('unknown certificate'));
    this.#emit('connect');
    const channel: Channel = {
      id: crypto.randomUUID(),
      purpose: this.#options.purpose,
      isInitiator: connection.currentLocalDescription?.type === 'offer',
      localFingerprint: fingerprints.local,
      remoteFingerprint: fingerprints.remote,
      send: (message) => (inbox.isOpen() ? wire.send(message) : Promise.resolve()),
      onMessage: inbox.onMessage,
      onClose: inbox.onClose,
      close: () => {
        if (this.#session === session) this.destroy();
      },
      setMessageBytesMax: inbox.setMessageBytesMax,
    };
    this.#options.onChannel(channel);
  }
}

/** y-webrtc imports a default export, and the bundler puts this file in its place. */
export default NativePeer;
