import type { SignalingConn } from 'y-webrtc';
import { createRedial } from '../../src/adapters/webrtc/redial.js';
import { createScreening } from '../../src/adapters/webrtc/screening.js';
import { openSealed } from '../../src/adapters/webrtc/sealed-signals.js';
import { createSignalingGuard } from '../../src/adapters/webrtc/signaling.js';
import { parseAnnouncement, parseSignal } from '../../src/adapters/webrtc/signals.js';
import { RENDEZVOUS_LIMITS } from '../../src/server/rendezvous.js';
import { formatPublication, parseFrame } from '../../src/server/rendezvous-frame.js';
import { createRooms } from '../../src/server/rendezvous-rooms.js';
import { demand, type Door } from './door.js';
import { sealValue } from './sealing.js';
import { bytesOfText, textOfBytes } from './seeds.js';

const SAID = [
  { type: 'subscribe', topics: ['room', 'other'] },
  { type: 'unsubscribe', topics: ['room'] },
  { type: 'publish', topic: 'room', data: { type: 'announce', from: 'a' } },
  { type: 'publish', topic: 'room', data: 'c2VhbGVk' },
  { type: 'ping' },
];
const DEEP = `{"type":"publish","topic":"room","data":${'['.repeat(600)}${']'.repeat(600)}}`;

const server: Door = {
  name: 'rendezvous frame',
  weight: 6,
  seeds: [...SAID.map((each) => JSON.stringify(each)), DEEP].map(bytesOfText),
  enter: (input) => {
    // The socket lets nothing longer in.
    if (input.length > RENDEZVOUS_LIMITS.frameBytesMax) return false;
    const frame = parseFrame(textOfBytes(input));
    if (frame === undefined) return false;
    const rooms = createRooms<object>({ roomsPerMemberMax: 4, roomsMax: 8, membersPerRoomMax: 2 });
    const member = {};
    if (frame.type === 'publish') formatPublication(frame, 3);
    if (frame.type === 'subscribe') for (const name of frame.topics) rooms.enter(member, name);
    demand(rooms.count() <= 4, 'it made more rooms than one may');
    rooms.leaveAll(member);
    demand(rooms.count() === 0, 'rooms without members stay');
    return true;
  },
};

/** A session description as browsers write it, with the certificate's fingerprint. */
export const SDP = [
  'v=0',
  `a=fingerprint:sha-256 ${Array.from({ length: 32 }, () => 'AB').join(':')}`,
  'a=setup:actpass',
].join('\r\n');
const CANDIDATE = { candidate: 'candidate:1 1 udp 1 10.0.0.1 9 typ host', sdpMLineIndex: 0 };
const ANNOUNCED = [
  { type: 'announce', from: 'a' },
  { type: 'signal', from: 'a', to: 'b', token: 4, signal: { type: 'offer', sdp: SDP } },
  { type: 'signal', from: 'a', to: 'b', signal: { type: 'candidate', candidate: CANDIDATE } },
  { type: 'signal', from: 'known', to: 'b', signal: { type: 'answer', sdp: SDP } },
  { type: 'answer', sdp: SDP },
];
const ANNOUNCED_SEEDS = ANNOUNCED.map((each) => bytesOfText(JSON.stringify(each)));

/** The value of a text of JSON; undefined for any other text. */
const valueOfText = (text: string): unknown => {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
};

const signal: Door = {
  name: 'signal',
  weight: 5,
  seeds: ANNOUNCED_SEEDS,
  enter: (input) => {
    const value = valueOfText(textOfBytes(input));
    return parseAnnouncement(value) !== undefined || parseSignal(value) !== undefined;
  },
};

const key = await crypto.subtle.importKey('raw', new Uint8Array(32), 'AES-GCM', false, [
  ...(['encrypt', 'decrypt'] as const),
]);

const sealed: Door = {
  name: 'sealed signal',
  weight: 1,
  seeds: [bytesOfText('B0FFUy1HQ00MAAAAAAAAAAAAAAAAEAAAAAAAAAAAAAAAAAAAAAA=')],
  enter: async (input) => (await openSealed(textOfBytes(input), key)) !== undefined,
};

/** What y-webrtc is given of one frame and of a pong behind it; the pong always comes through. */
const receive = (frame: string): Promise<readonly string[]> =>
  new Promise((resolve) => {
    const screening = createScreening(createRedial());
    const webrtcConns = new Map([['known', { peer: null }]]);
    const room = { name: 'room', peerId: 'b', key, webrtcConns };
    const guard = createSignalingGuard((name) =>
      name === room.name
        ? {
            key: () => key,
            waitMs: (announced) => screening.waitMs(announced, room, 0),
            admits: (announced) => screening.admits(announced, room, 0),
          }
        : undefined,
    );
    const delivered: string[] = [];
    const socket = {
      onmessage: ({ data }: { readonly data: string }) => {
        if (data === PONG) resolve(delivered);
        else delivered.push(data);
      },
    };
    guard.watch({
      ws: socket,
      send: () => undefined,
      on: () => undefined,
    } as never as SignalingConn);
    socket.onmessage({ data: frame });
    socket.onmessage({ data: PONG });
  });

const PONG = '{"type":"pong"}';

/** A frame that a rendezvous sends to a device; half of them are sealed with the room's key. */
const client: Door = {
  name: 'frame for a device',
  weight: 1,
  seeds: [...ANNOUNCED_SEEDS, ...SAID.map((each) => bytesOfText(JSON.stringify(each)))],
  enter: async (input, chance) => {
    const text = textOfBytes(input);
    const value = valueOfText(text);
    const iv = new Uint8Array(chance.bytes(12));
    const isSealed = value !== undefined && !chance.oneIn(3);
    const data = isSealed ? await sealValue(value, key, iv) : text;
    const publication = JSON.stringify({ type: 'publish', topic: 'room', data, clients: 2 });
    const frame = !isSealed && chance.oneIn(2) ? text : publication;
    const delivered = await receive(frame);
    if (delivered.length === 0 || frame === text) return delivered.length > 0;
    demand(isSealed, 'it was not sealed');
    demand(parseAnnouncement(value) !== undefined, 'it is no announcement');
    return true;
  },
};

/** What stands between a rendezvous and those who use it, on either side. */
export const RENDEZVOUS_DOORS: readonly Door[] = [server, client, signal, sealed];
