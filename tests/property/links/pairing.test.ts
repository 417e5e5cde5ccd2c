import { fc, test } from '@fast-check/vitest';
import { expect } from 'vitest';
import { receiveHello, startHandshake } from '../../../src/core/links/handshake.js';
import type { PairingInput } from '../../../src/core/links/pairing.js';
import type { PairingRole } from '../../../src/core/links/pairing-protocol.js';
import { createPair, OFFER, type PairOptions } from '../../unit/links/pair.js';
import { ACCOUNT, channelOf, filled, id, partyOf, person, sign } from '../../unit/links/samples.js';

const who = fc.integer({ min: 1, max: 60 }).map(person);
const name = fc.string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 12 });

const transcriptOf = (options: PairOptions): string | null => {
  const pair = createPair(options);
  pair.settle();
  expect(pair.sides.inviter.state.transcript).toBe(pair.sides.newcomer.state.transcript);
  return pair.sides.inviter.state.transcript;
};

test.prop([who, who, name, name, fc.integer({ min: 20, max: 90 })], { numRuns: 30 })(
  '[N9] the words differ when anything differs',
  (inviter, newcomer, inviterName, newcomerName, nonceByte) => {
    fc.pre(inviter.device !== newcomer.device);
    const options = { inviter, newcomer, inviterName, newcomerName, nonceByte };
    const other = person(77);
    const all = [
      options,
      { ...options, inviter: other },
      { ...options, newcomer: other },
      { ...options, inviterName: `${inviterName}!` },
      { ...options, newcomerName: `${newcomerName}!` },
      { ...options, nonceByte: nonceByte + 1 },
      { ...options, inviterInitiates: false },
    ].map(transcriptOf);
    expect(all.every((one) => one !== null)).toBe(true);
    expect(new Set(all).size).toBe(all.length);
  },
);

const ROLES: readonly PairingRole[] = ['inviter', 'newcomer'];
const input = fc.oneof(
  fc.constant<PairingInput>({ kind: 'words', areSame: true }),
  fc.constant<PairingInput>({ kind: 'offer', offer: OFFER }),
  fc.constant<PairingInput>({ kind: 'consent', signature: filled(64, 1) }),
  fc.constant<PairingInput>({ kind: 'progress', missing: [], statement: id(1) }),
  fc.constant<PairingInput>({ kind: 'welcome', chain: [] }),
);
const move = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom<'deliver'>('deliver') },
  { weight: 2, arbitrary: input },
);

test.prop([fc.array(fc.tuple(fc.constantFrom(...ROLES), move), { maxLength: 60 })])(
  '[N9] two honest sides never call each other liars, in any order of inputs and deliveries',
  (moves) => {
    const pair = createPair();
    const confirmed = { inviter: false, newcomer: false };
    for (const [role, what] of moves) {
      if (what === 'deliver') {
        pair.deliver(role);
        continue;
      }
      const result = pair.input(role, what);
      if (what.kind === 'words' && result.ok) confirmed[role] = true;
      const isBinding = what.kind === 'offer' || what.kind === 'consent';
      if (isBinding && result.ok) expect(confirmed[role]).toBe(true);
    }
    pair.settle();
    for (const role of ROLES) {
      const { end } = pair.sides[role].state;
      expect(end === null || end.kind === 'welcomed').toBe(true);
    }
    const hasOffer = pair.sides.newcomer.events.some(({ kind }) => kind === 'offer');
    if (hasOffer) expect(confirmed).toEqual({ inviter: true, newcomer: true });
  },
);

test.prop([fc.array(fc.uint8Array({ maxLength: 200 }), { minLength: 1, maxLength: 4 })])(
  '[N8] garbage never throws and always ends a pairing',
  (messages) => {
    const pair = createPair();
    for (const bytes of messages) pair.input('inviter', { kind: 'received', bytes });
    expect(pair.sides.inviter.state.end).not.toBeNull();
    expect(pair.sides.inviter.events).toHaveLength(1);
  },
);

test.prop([fc.nat(31), fc.integer({ min: 1, max: 255 }), fc.boolean()])(
  '[N2] a proof over any other fingerprint is over other bytes',
  (place, change, isInitiator) => {
    const [alice, bob] = [person(1), person(2)];
    const honest = channelOf(alice, bob, isInitiator);
    const swapped = new Uint8Array(honest.remoteFingerprint);
    swapped[place] = (swapped[place] as number) ^ change;
    const hello = startHandshake(
      ACCOUNT,
      partyOf(bob),
      channelOf(bob, alice, !isInitiator),
      filled(32, 2),
    );
    const heardBy = (channel: typeof honest) => {
      const { state } = startHandshake(ACCOUNT, partyOf(alice), channel, filled(32, 1));
      const heard = receiveHello(state, hello.send);
      if (!heard.ok) throw new Error(heard.error.kind);
      return heard.value;
    };
    const [right, wrong] = [heardBy(honest), heardBy({ ...honest, remoteFingerprint: swapped })];
    expect(wrong.toSign).not.toEqual(right.toSign);
    expect(wrong.state.toVerify).not.toEqual(right.state.toVerify);
    expect(sign(alice, wrong.toSign)).not.toEqual(sign(alice, right.toSign));
  },
);
