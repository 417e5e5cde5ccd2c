/** The part of y-webrtc 10.3 that we use, as its source has it. */
declare module 'y-webrtc' {
  import type { Doc } from 'yjs';

  /** lib0's WebsocketClient with y-webrtc's protocol; one per address, shared by all providers. */
  export interface SignalingConn {
    readonly url: string;
    ws: WebSocket | null;
    connected: boolean;
    connecting: boolean;
    unsuccessfulReconnects: number;
    send(message: unknown): void;
    connect(): void;
    on(name: 'connect' | 'disconnect', listener: () => void): void;
    emit(name: 'connect' | 'disconnect', args: readonly unknown[]): void;
  }

  export interface WebrtcConn {
    readonly peer: unknown;
  }

  export interface Room {
    readonly name: string;
    readonly peerId: string;
    readonly key: CryptoKey | null;
    readonly webrtcConns: ReadonlyMap<string, WebrtcConn>;
  }

  export interface ProviderOptions {
    readonly signaling: string[];
    readonly password: string;
    readonly maxConns: number;
    readonly filterBcConns: boolean;
    readonly peerOpts: object;
  }

  export class WebrtcProvider {
    constructor(roomName: string, doc: Doc, options: ProviderOptions);
    readonly room: Room | null;
    readonly key: PromiseLike<CryptoKey | null>;
    readonly awareness: { setLocalState(state: null): void };
    readonly signalingConns: readonly SignalingConn[];
    disconnect(): void;
    destroy(): void;
  }
}
