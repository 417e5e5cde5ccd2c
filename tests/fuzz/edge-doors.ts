import { createAssembler, messageToFrames } from '../../src/adapters/webrtc/frames.js';
import { sdpToFingerprint } from '../../src/adapters/webrtc/fingerprints.js';
import { openSealed } from '../../src/adapters/webrtc/sealed-signals.js';
import { parseAnnouncement, parseSignal } from '../../src/adapters/webrtc/signals.js';
import { networkOf } from '../../src/server/client-address.js';
import { formatPublication, parseFrame } from '../../src/server/rendezvous-frame.js';
import { createRooms } from '../../src/server/rendezvous-rooms.js';
import { parseRoute, routeToHash } from '../../src/ui/route.svelte.js';
import { demand, type Door } from './door.js';
import { bytesOfText, textOfBytes, vectorBytes } from './seeds.js';

const MESSAGE_BYTES_MAX = 4096;
const BITS = [...messageToFrames(new Uint8Array(70_000))].map((frame) => frame.slice(0, 300));

/** Frames of one wire, one after the other: each is as long as its first two bytes say. */
const frames: Door = {
  name: 'frames of a wire',
  weight: 6,
  seeds: [
    ...BITS,
    ...[...messageToFrames(Uint8Array.of(1, 2, 3))],
    ...[Uint8Array.of(66), Uint8Array.of(67), new Uint8Array(0)],
  ],
  enter: (input, chance) => {
    const wire = createAssembler(() => MESSAGE_BYTES_MAX);
    let isWhole = false;
    for (let turn = 0, at = 0; turn < 6; turn += 1) {
      const frame = chance.oneIn(3) ? chance.pick(frames.seeds) : input.slice(at, at + 120);
      at += frame.length;
      const outcome = wire.push(frame);
      if (!outcome.ok) return isWhole;
      if (outcome.value.kind !== 'message') continue;
      demand(outcome.value.message.length <= MESSAGE_BYTES_MAX, 'it is above the limit');
      isWhole = true;
    }
    return isWhole;
  },
};

const SAID = [
  { type: 'subscribe', topics: ['room', 'other'] },
  { type: 'unsubscribe', topics: ['room'] },
  { type: 'publish', topic: 'room', data: { type: 'announce', from: 'a' } },
  { type: 'publish', topic: 'room', data: 'c2VhbGVk' },
  { type: 'ping' },
];
const DEEP = `{"type":"publish","topic":"room","data":${'['.repeat(600)}${']'.repeat(600)}}`;

const rendezvous: Door = {
  name: 'rendezvous frame',
  weight: 6,
  seeds: [...SAID.map((each) => JSON.stringify(each)), DEEP].map(bytesOfText),
  enter: (input) => {
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

const SDP = [
  'v=0',
  `a=fingerprint:sha-256 ${Array.from({ length: 32 }, () => 'AB').join(':')}`,
  'a=setup:actpass',
].join('\r\n');
const CANDIDATE = { candidate: 'candidate:1 1 udp 1 10.0.0.1 9 typ host', sdpMLineIndex: 0 };
const ANNOUNCED = [
  { type: 'announce', from: 'a' },
  { type: 'signal', from: 'a', to: 'b', token: 4, signal: { type: 'offer', sdp: SDP } },
  { type: 'signal', from: 'a', to: 'b', signal: { type: 'candidate', candidate: CANDIDATE } },
  { type: 'answer', sdp: SDP },
];

const signal: Door = {
  name: 'signal',
  weight: 5,
  seeds: ANNOUNCED.map((each) => bytesOfText(JSON.stringify(each))),
  enter: (input) => {
    let value: unknown;
    try {
      value = JSON.parse(textOfBytes(input));
    } catch {
      return false;
    }
    const announced = parseAnnouncement(value);
    return announced !== undefined || parseSignal(value) !== undefined;
  },
};

const fingerprint: Door = {
  name: 'session description',
  weight: 3,
  seeds: [SDP, `${SDP}\n${SDP}`].map(bytesOfText),
  enter: (input) => {
    const read = sdpToFingerprint(textOfBytes(input));
    demand(read === undefined || read.length === 32, 'it is no SHA-256');
    return read !== undefined;
  },
};

const key = await crypto.subtle.importKey('raw', new Uint8Array(32), 'AES-GCM', false, [
  ...(['encrypt', 'decrypt'] as const),
]);
const sealedSeed = bytesOfText('B0FFUy1HQ00MAAAAAAAAAAAAAAAAEAAAAAAAAAAAAAAAAAAAAAA=');

const sealed: Door = {
  name: 'sealed signal',
  weight: 1,
  seeds: [sealedSeed],
  enter: async (input) => (await openSealed(textOfBytes(input), key)) !== undefined,
};

const ID = '0123456789abcdef'.repeat(4);
const address: Door = {
  name: 'address line',
  weight: 4,
  seeds: ['#/', `#/decision/${ID}`, `#/records/${ID}:3`, '#/join/140WD-DJ09T', '#/more', '#%E0%A4']
    .map(bytesOfText)
    .concat(vectorBytes('ids.json')),
  enter: (input) => {
    const text = textOfBytes(input);
    const route = parseRoute(text);
    const again = parseRoute(routeToHash(route));
    demand(JSON.stringify(again) === JSON.stringify(route), 'its own address leads elsewhere');
    return route.kind !== 'home';
  },
};

const network: Door = {
  name: 'client address',
  weight: 2,
  seeds: ['10.0.0.1', '::1', '::ffff:10.0.0.1', '2001:db8::1%eth0', ':::'].map(bytesOfText),
  enter: (input) => networkOf(textOfBytes(input)).length > 0,
};

export const EDGE_DOORS: readonly Door[] = [
  ...[frames, rendezvous, signal, fingerprint, sealed, address, network],
];
