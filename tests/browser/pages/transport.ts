import { fromBase64, toBase64 } from 'lib0/buffer';
import {
  createWebrtcTransport,
  type WebrtcTransportOptions,
} from '../../../src/adapters/webrtc/webrtc-transport.js';
import type { Channel, Room, RoomConfig, Transport } from '../../../src/ports/transport.js';
import { peerCases } from './peer-cases.js';

/** What the page tells the test. */
export type Report =
  | {
      readonly kind: 'channel';
      readonly seat: number;
      readonly channel: string;
      readonly isInitiator: boolean;
      readonly purpose: Channel['purpose'];
      readonly local: string;
      readonly remote: string;
    }
  | { readonly kind: 'message'; readonly channel: string; readonly message: string }
  | { readonly kind: 'close'; readonly channel: string }
  | { readonly kind: 'status'; readonly status: string }
  | { readonly kind: 'error'; readonly text: string };

declare global {
  interface Window {
    report: (report: Report) => Promise<void>;
    door: typeof door;
  }
}

let transport: Transport | undefined;
const roomBySeat = new Map<number, Room>();
const channelById = new Map<string, Channel>();
const report = (value: Report): void => void window.report(value);

/** The transport of this page, for a test that holds its other end. */
const door = {
  start: (options: WebrtcTransportOptions): void => {
    transport = createWebrtcTransport(options);
    transport.onRendezvous((status) => report({ kind: 'status', status }));
  },
  join: (seat: number, config: RoomConfig): void => {
    const onChannel = (channel: Channel): void => {
      channelById.set(channel.id, channel);
      channel.onClose(() => report({ kind: 'close', channel: channel.id }));
      report({
        kind: 'channel',
        seat,
        channel: channel.id,
        isInitiator: channel.isInitiator,
        purpose: channel.purpose,
        local: toBase64(channel.localFingerprint),
        remote: toBase64(channel.remoteFingerprint),
      });
    };
    const room = transport?.join(config, onChannel);
    if (room !== undefined) roomBySeat.set(seat, room);
  },
  leave: (seat: number): void => roomBySeat.get(seat)?.leave(),
  listen: (id: string): void => {
    const send = (message: Uint8Array): void =>
      report({ kind: 'message', channel: id, message: toBase64(message) });
    channelById.get(id)?.onMessage(send);
  },
  send: (id: string, message: string): Promise<void> | undefined =>
    channelById.get(id)?.send(fromBase64(message)),
  raise: (id: string, bytes: number): void => channelById.get(id)?.setMessageBytesMax(bytes),
  close: (id: string): void => channelById.get(id)?.close(),
  wake: (): void => transport?.wake(),
  stop: (): void => transport?.close(),
};

window.door = door;
window.peerCases = peerCases;
window.addEventListener('error', (event) => report({ kind: 'error', text: event.message }));
window.addEventListener('unhandledrejection', (event) =>
  report({ kind: 'error', text: String(event.reason) }),
);
