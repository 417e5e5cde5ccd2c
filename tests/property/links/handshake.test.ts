import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bytesToHex } from '../../../src/core/base/hash.js';
import {
  receiveHello,
  startHandshake,
  type ChannelFacts,
  type LinkParty,
} from '../../../src/core/links/handshake.js';
import { ACCOUNT, alice, bob, channelOf, filled, partyOf } from '../../unit/links/samples.js';

const nonce = fc.uint8Array({ minLength: 32, maxLength: 32 });
const whole = fc.maxSafeNat();

interface Side {
  readonly party: LinkParty;
  readonly channel: ChannelFacts;
  readonly nonce: Uint8Array;
}

const meet = (one: Side, other: Side, heardBy: Uint8Array | null = null) => {
  const [left, right] = [one, other].map((side) =>
    startHandshake(ACCOUNT, side.party, side.channel, side.nonce),
  ) as [ReturnType<typeof startHandshake>, ReturnType<typeof startHandshake>];
  return [receiveHello(left.state, heardBy ?? right.send), receiveHello(right.state, left.send)];
};

const sides = (
  epochs: readonly [number, number],
  nonces: readonly [Uint8Array, Uint8Array],
): readonly [Side, Side] => [
  { party: partyOf(alice, epochs[0]), channel: channelOf(alice, bob, true), nonce: nonces[0] },
  { party: partyOf(bob, epochs[1]), channel: channelOf(bob, alice, false), nonce: nonces[1] },
];

const epochs = fc.tuple(fc.nat(9), fc.nat(9));
const nonces = fc.tuple(nonce, nonce).filter(([a, b]) => bytesToHex(a) !== bytesToHex(b));

describe('a handshake', () => {
  it('[N2] has each end verify what the other signs, and the two never sign the same', () => {
    fc.assert(
      fc.property(epochs, nonces, (known, drawn) => {
        const [left, right] = meet(...sides(known, drawn));
        if (!left?.ok || !right?.ok) throw new Error('honest hellos are read');
        expect(left.value.toSign).toEqual(right.value.state.toVerify);
        expect(right.value.toSign).toEqual(left.value.state.toVerify);
        expect(left.value.toSign).not.toEqual(right.value.toSign);
        expect(left.value.state.peer).toEqual(partyOf(bob, known[1]));
      }),
    );
  });

  it('[N2] fits only where both see the same nonces, fingerprints, epochs and ends', () => {
    const change = fc.constantFrom<(side: Side) => Side>(
      (side) => ({ ...side, channel: { ...side.channel, localFingerprint: filled(32, 250) } }),
      (side) => ({ ...side, channel: { ...side.channel, remoteFingerprint: filled(32, 251) } }),
      (side) => ({ ...side, channel: { ...side.channel, isInitiator: !side.channel.isInitiator } }),
      (side) => ({ ...side, nonce: filled(32, 252) }),
      (side) => ({ ...side, party: { ...side.party, epoch: side.party.epoch + 1 } }),
    );
    fc.assert(
      fc.property(epochs, nonces, change, (known, drawn, changed) => {
        const [left, right] = sides(known, drawn);
        // Bob says one thing; Alice was told another.
        const told = changed(right);
        const said = startHandshake(ACCOUNT, told.party, told.channel, told.nonce);
        const [heard] = meet(left, right, said.send);
        const honest = receiveHello(
          startHandshake(ACCOUNT, told.party, right.channel, told.nonce).state,
          startHandshake(ACCOUNT, left.party, left.channel, left.nonce).send,
        );
        const twisted = receiveHello(
          said.state,
          startHandshake(ACCOUNT, left.party, left.channel, left.nonce).send,
        );
        if (!heard?.ok || !honest.ok || !twisted.ok) throw new Error('the hellos are read');
        expect(heard.value.state.toVerify).toEqual(honest.value.toSign);
        const isChannel = told.channel !== right.channel;
        const isFitting =
          bytesToHex(heard.value.state.toVerify) === bytesToHex(twisted.value.toSign);
        expect(isFitting).toBe(!isChannel);
      }),
    );
  });

  it('[N2] tells a hello of any numbers, or none', () => {
    fc.assert(
      fc.property(whole, whole, nonce, (epoch, snapshotIndex, drawn) => {
        const party = { ...partyOf(bob), epoch, snapshotIndex };
        const { send } = startHandshake(ACCOUNT, party, channelOf(bob, alice, false), drawn);
        const own = startHandshake(
          ACCOUNT,
          partyOf(alice),
          channelOf(alice, bob, true),
          filled(32, 1),
        );
        const heard = receiveHello(own.state, send);
        expect(heard.ok && heard.value.state.peer).toEqual(party);
        expect(receiveHello(own.state, send.slice(0, -1)).ok).toBe(false);
        expect(receiveHello(own.state, own.send).ok).toBe(false);
      }),
    );
  });
});
