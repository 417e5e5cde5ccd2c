import { createAssembler, messageToFrames } from '../../src/adapters/webrtc/frames.js';
import { sdpToFingerprint } from '../../src/adapters/webrtc/fingerprints.js';
import { profileIn } from '../../src/adapters/profile.js';
import { networkOf } from '../../src/server/client-address.js';
import { parseRoute, routeToHash } from '../../src/ui/route.svelte.js';
import { demand, type Door } from './door.js';
import { SDP } from './rendezvous-doors.js';
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

const PROFILES = ['?profile=bob', '?a=1&profile=a-2', '?profile=%2e%2e%2f', '?profile=A', '?x'];
const profile: Door = {
  name: 'profile of a tab',
  weight: 2,
  seeds: PROFILES.map(bytesOfText),
  enter: (input) => {
    const name = profileIn(textOfBytes(input));
    demand(/^[a-z0-9-]+$/.test(name) && name.length <= 32, 'it may name any database');
    demand(profileIn(`?profile=${name}`) === name, 'its own name leads elsewhere');
    return name !== profileIn('');
  },
};

const network: Door = {
  name: 'client address',
  weight: 2,
  seeds: ['10.0.0.1', '::1', '::ffff:10.0.0.1', '2001:db8::1%eth0', ':::'].map(bytesOfText),
  enter: (input) => networkOf(textOfBytes(input)).length > 0,
};

export const EDGE_DOORS: readonly Door[] = [...[frames, fingerprint, address, profile, network]];
