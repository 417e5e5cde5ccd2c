import { describe, expect, it } from 'vitest';
import {
  decodeCanonical,
  encodeCanonical,
  type CanonicalMap,
  type CanonicalValue,
} from '../../../src/core/base/canonical.js';
import { bytesToHex, hexToBytes } from '../../../src/core/base/hash.js';
import { LIMITS } from '../../../src/core/base/limits.js';
import {
  accountTag,
  proofBytes,
  receiveHello,
  receiveProof,
  startHandshake,
  type HandshakeError,
} from '../../../src/core/links/handshake.js';
import { judgePeer, type RosterChainView } from '../../../src/core/links/membership.js';
import vectors from '../../vectors/handshake.json' with { type: 'json' };
import {
  ACCOUNT,
  alice,
  bob,
  carol,
  channelOf,
  filled,
  id,
  isValid,
  partyOf,
  sign,
  type Person,
} from './samples.js';

const start = (who: Person, other: Person, isInitiator: boolean, account = ACCOUNT, nonce = 7) =>
  startHandshake(
    account,
    partyOf(who),
    channelOf(who, other, isInitiator),
    filled(32, nonce + (who.seed[0] ?? 0)),
  );

const heard = (state: Parameters<typeof receiveHello>[0], bytes: Uint8Array) => {
  const result = receiveHello(state, bytes);
  if (!result.ok) throw new Error(result.error.kind);
  return result.value;
};

const refusal = (kind: HandshakeError['kind']) => ({
  ok: false,
  error: expect.objectContaining({ kind }),
});

const malformed = (field: 'hello' | 'proof') => ({
  ok: false,
  error: { kind: 'malformed', field },
});

describe('the handshake', () => {
  it('[N2] two devices over one channel prove themselves to each other', () => {
    const a = start(alice, bob, true);
    const b = start(bob, alice, false);
    const aHeard = heard(a.state, b.send);
    const bHeard = heard(b.state, a.send);
    const toAlice = receiveProof(aHeard.state, proofBytes(sign(bob, bHeard.toSign)));
    const toBob = receiveProof(bHeard.state, proofBytes(sign(alice, aHeard.toSign)));
    if (!toAlice.ok || !toBob.ok) throw new Error('a proof was not read');
    for (const [{ check, peer }, who] of [
      [toAlice.value, bob] as const,
      [toBob.value, alice] as const,
    ]) {
      expect(peer).toEqual(partyOf(who));
      expect(check.key).toBe(who.device);
      expect(isValid(check.key, check.message, check.signature)).toBe(true);
    }
  });

  it('[N2] both sides sign different bytes, so a proof sent back proves nothing', () => {
    const a = start(alice, bob, true);
    const b = start(bob, alice, false);
    const { toSign, state } = heard(a.state, b.send);
    const reflected = receiveProof(state, proofBytes(sign(alice, toSign)));
    if (!reflected.ok) throw new Error('a proof was not read');
    const { key, message, signature } = reflected.value.check;
    expect(message).not.toEqual(toSign);
    expect(isValid(key, message, signature)).toBe(false);
  });

  it('[N2] a relay that ends both channels itself gets no valid proof', () => {
    // alice <-- relay's channel --> carol <-- relay's channel --> bob
    const a = start(alice, carol, true);
    const b = start(bob, carol, false);
    const aHeard = heard(a.state, b.send);
    const bHeard = heard(b.state, a.send);
    const relayed = receiveProof(aHeard.state, proofBytes(sign(bob, bHeard.toSign)));
    if (!relayed.ok) throw new Error('a proof was not read');
    const { key, message, signature } = relayed.value.check;
    expect(isValid(key, message, signature)).toBe(false);
  });

  it('[N2] a hello sent back is refused', () => {
    const { state, send } = start(alice, bob, true);
    expect(receiveHello(state, send)).toEqual(refusal('reflected'));
  });

  it('[N2] a peer with our own key is refused', () => {
    const other = start(alice, bob, false, ACCOUNT, 90);
    expect(receiveHello(start(alice, bob, true).state, other.send)).toEqual(refusal('own-device'));
  });

  it('[U5] a peer of another account is told apart before any data', () => {
    const other = start(bob, alice, false, id(0xad));
    expect(receiveHello(start(alice, bob, true).state, other.send)).toEqual(
      refusal('other-account'),
    );
    expect(accountTag(ACCOUNT)).toHaveLength(8);
    expect(accountTag(ACCOUNT, 4)).toEqual(accountTag(ACCOUNT).slice(0, 4));
  });

  it('[C9] a hello of a later format is told apart from a malformed one', () => {
    const { state } = start(alice, bob, true);
    const later = encodeCanonical({ v: 2, t: 'hello', anything: [] });
    expect(receiveHello(state, later)).toEqual({
      ok: false,
      error: { kind: 'newer-version', version: 2 },
    });
  });

  it('[U5, N2] what a later version adds to a hello is passed over, and signed by both', () => {
    const a = start(alice, bob, true);
    const b = start(bob, alice, false);
    const plain = decodeCanonical(b.send);
    if (!plain.ok) throw new Error('a hello is canonical');
    const saying = (ext: CanonicalValue): Uint8Array =>
      encodeCanonical({ ...(plain.value as CanonicalMap), ext });
    const forks = saying({ forks: { count: 1, next: filled(4, 2) } });
    const told = heard(a.state, forks);
    expect(told.state.peer).toEqual(partyOf(bob));
    const untold = heard(a.state, b.send);
    // Who takes the addition out, or puts one in, has no valid proof for what is left.
    expect(told.toSign).not.toEqual(untold.toSign);
    expect(told.state.toVerify).not.toEqual(untold.state.toVerify);
    const many = Object.fromEntries(Array.from({ length: 17 }, (_, key) => [`k${key}`, key]));
    for (const odd of [saying([]), saying(null), saying(many)]) {
      expect(receiveHello(a.state, odd)).toEqual(refusal('malformed'));
    }
  });

  it('[N2] every part of both hellos is signed', () => {
    const b = start(bob, alice, false);
    const changes = [{ epoch: 9 }, { roster: filled(32, 5) }, { snapshotIndex: 9 }];
    const plain = decodeCanonical(b.send);
    if (!plain.ok) throw new Error('a hello is canonical');
    const signed = [{}, ...changes].map((change) => {
      const bytes = encodeCanonical({ ...(plain.value as CanonicalMap), ...change });
      return bytesToHex(heard(start(alice, bob, true).state, bytes).toSign);
    });
    expect(new Set(signed).size).toBe(4);
  });

  it.each<[string, Uint8Array]>([
    ['no bytes', new Uint8Array(0)],
    ['a list', encodeCanonical([1, 'hello'])],
    ['a map without keys', encodeCanonical({})],
    ['a version 0', encodeCanonical({ v: 0, t: 'hello' })],
    ['a proof', proofBytes(filled(64, 1))],
    ['a text', encodeCanonical('hello')],
  ])('[N2] %s is no hello', (_, bytes) => {
    expect(receiveHello(start(alice, bob, true).state, bytes)).toEqual(refusal('malformed'));
  });

  it('[N2] a hello is no proof, and a short signature is none either', () => {
    const b = start(bob, alice, false);
    const { state } = heard(start(alice, bob, true).state, b.send);
    expect(receiveProof(state, b.send)).toEqual(refusal('malformed'));
    const short = encodeCanonical({ t: 'proof', signature: filled(63, 1) });
    expect(receiveProof(state, short)).toEqual(refusal('malformed'));
  });

  it('[N8] a handshake message beyond its limit is refused before it is read', () => {
    const { state } = start(alice, bob, true);
    const { state: proving } = heard(state, start(bob, alice, false).send);
    const bytes = new Uint8Array(LIMITS.handshakeBytesMax + 1);
    expect(receiveHello(state, bytes)).toEqual(refusal('too-large'));
    expect(receiveProof(proving, bytes)).toEqual(refusal('too-large'));
  });

  it('[N8] a handshake message at its limit is read, and found to be none', () => {
    const { state } = start(alice, bob, true);
    const { state: proving } = heard(state, start(bob, alice, false).send);
    const bytes = new Uint8Array(LIMITS.handshakeBytesMax);
    expect(receiveHello(state, bytes)).toEqual(malformed('hello'));
    expect(receiveProof(proving, bytes)).toEqual(malformed('proof'));
  });

  it('[U5] a hello may say sixteen things more, and versions are numbers of hellos alone', () => {
    const { state } = start(alice, bob, true);
    const plain = decodeCanonical(start(bob, alice, false).send);
    if (!plain.ok) throw new Error('a hello is canonical');
    const said = (changes: CanonicalMap) =>
      receiveHello(state, encodeCanonical({ ...(plain.value as CanonicalMap), ...changes }));
    const ext = Object.fromEntries(Array.from({ length: 16 }, (_, key) => [`k${key}`, key]));
    expect(said({ ext }).ok).toBe(true);
    expect(said({ t: 'goodbye', v: 2 })).toEqual(malformed('hello'));
    expect(said({ v: '2' })).toEqual(malformed('hello'));
  });

  it('[N2] says in which phase it is, and takes only what can be a part of it', () => {
    const { state } = start(alice, bob, true);
    expect(state.phase).toBe('hello');
    expect(heard(state, start(bob, alice, false).send).state.phase).toBe('proof');
    const channel = channelOf(alice, bob, true);
    const starting = (nonceBytes: number, changes: Partial<typeof channel>) => () =>
      startHandshake(ACCOUNT, partyOf(alice), { ...channel, ...changes }, filled(nonceBytes, 1));
    expect(starting(32, {})).not.toThrow();
    expect(starting(31, {})).toThrow('nonce');
    expect(starting(32, { localFingerprint: filled(31, 1) })).toThrow('fingerprint');
    expect(starting(32, { remoteFingerprint: filled(33, 1) })).toThrow('fingerprint');
    expect(() => proofBytes(filled(63, 1))).toThrow('signature');
  });

  it('[N2] hello, proof and the signed bytes keep their frozen form', () => {
    const a = start(alice, bob, true);
    const b = start(bob, alice, false);
    expect(bytesToHex(a.send)).toBe(vectors.initiatorHello);
    expect(bytesToHex(b.send)).toBe(vectors.responderHello);
    const { toSign, state } = heard(a.state, hexToBytes(vectors.responderHello));
    expect(bytesToHex(toSign)).toBe(vectors.initiatorSigns);
    expect(bytesToHex(state.toVerify)).toBe(vectors.responderSigns);
    expect(bytesToHex(proofBytes(filled(64, 9)))).toBe(vectors.proof);
    expect(bytesToHex(accountTag(ACCOUNT))).toBe(vectors.accountTag);
  });
});

describe('who a proven peer is', () => {
  // Held here: epochs 3, 4 and 5 under roster hashes 0x43, 0x44, 0x45; bob left with epoch 5.
  const roster: RosterChainView = {
    epoch: 5,
    epochOf: (hash) => [3, 4, 5].find((epoch) => hash === id(0x40 + epoch)) ?? null,
    isMember: (device) => device === alice.device,
    wasMember: (device) => device === alice.device || device === bob.device,
  };
  const judge = (who: Person, epoch: number, record = 0x40 + epoch) =>
    judgePeer(roster, { ...partyOf(who, epoch), roster: id(record) });

  it('[N2] a member at our record is a member', () => {
    expect(judge(alice, 5)).toBe('member');
  });
  it('[C5] a member at an earlier record is stale', () => {
    expect(judge(alice, 4)).toBe('stale');
  });
  it('[N2] whoever holds a later record is ahead, known or not', () => {
    expect([alice, bob, carol].map((who) => judge(who, 6))).toEqual(['ahead', 'ahead', 'ahead']);
  });
  it('[A4] a device that left is removed, whatever epoch it stays at', () => {
    expect([judge(bob, 3), judge(bob, 4), judge(bob, 5)]).toEqual([
      'removed',
      'removed',
      'removed',
    ]);
  });
  it('[N2] who never was a member is a stranger', () => {
    expect([judge(carol, 5), judge(carol, 4)]).toEqual(['stranger', 'stranger']);
  });
  it('[A3] a rival record of our epoch is worth reading only from one who was a member', () => {
    expect([alice, bob, carol].map((who) => judge(who, 5, 0x99))).toEqual([
      'ahead',
      'ahead',
      'stranger',
    ]);
  });
  it('[N2] a record that is claimed under another epoch is a lie', () => {
    expect(judge(alice, 4, 0x45)).toBe('stranger');
  });
});
