import { describe, expect, it } from 'vitest';
import type { StatementHash } from '../../../src/core/base/brands.js';
import { encodeCanonical } from '../../../src/core/base/canonical.js';
import { bytesToHex } from '../../../src/core/base/hash.js';
import { LIMITS } from '../../../src/core/base/limits.js';
import { encodePairingMessage } from '../../../src/core/links/pairing-messages.js';
import { contextOf, ownCommitment } from '../../../src/core/links/pairing-state.js';
import { maySay, pairingTranscript, startPairing } from '../../../src/core/links/pairing.js';
import { SAS_EMOJI, SAS_WORDS } from '../../../src/core/links/sas-words.js';
import { shortString } from '../../../src/core/links/short-string.js';
import vectors from '../../vectors/pairing.json' with { type: 'json' };
import {
  createConfirmedPair,
  createConsentedPair,
  createPair,
  KEY,
  OFFER,
  type Pair,
} from './pair.js';
import { alice, bob, carol, channelOf, filled, id } from './samples.js';

const ended = (pair: Pair, role: 'inviter' | 'newcomer') => pair.sides[role].state.end;
const words = (pair: Pair, role: 'inviter' | 'newcomer') => {
  const event = pair.sides[role].events.find(({ kind }) => kind === 'words');
  return event?.kind === 'words' ? event.shown : null;
};
const received = (bytes: Uint8Array) => ({ kind: 'received', bytes }) as const;

describe('pairing', () => {
  it('[N9] both screens show the same words and pictures, and who is there', () => {
    const pair = createPair();
    pair.settle();
    expect(words(pair, 'inviter')).toEqual(words(pair, 'newcomer'));
    expect(words(pair, 'inviter')?.words).toHaveLength(4);
    expect(words(pair, 'inviter')?.emoji).toHaveLength(4);
    expect(pair.sides.inviter.events[0]).toMatchObject({ peer: { name: 'Ada’s phone' } });
    expect(pair.sides.newcomer.events[0]).toMatchObject({ peer: { device: alice.device } });
  });

  it('[N9] from the first commitment to the welcome', () => {
    const pair = createConsentedPair();
    const progress = {
      kind: 'progress',
      missing: ['Ben’s phone'],
      statement: id<StatementHash>(9),
    } as const;
    pair.input('inviter', progress);
    pair.input('inviter', { ...progress, missing: [] });
    pair.input('inviter', { kind: 'welcome', chain: [filled(90, 8)] });
    pair.settle();
    expect(pair.sides.inviter.events.map(({ kind }) => kind)).toEqual([
      'words',
      'peer-ready',
      'consent',
      'ended',
    ]);
    expect(pair.sides.newcomer.events.slice(1)).toEqual([
      { kind: 'offer', offer: OFFER },
      progress,
      { ...progress, missing: [] },
      { kind: 'welcome', chain: [filled(90, 8)] },
    ]);
    expect([ended(pair, 'inviter'), ended(pair, 'newcomer')]).toEqual([
      { kind: 'welcomed' },
      { kind: 'welcomed' },
    ]);
  });

  it('[C5] an offer can be renewed after consent, and needs a new consent', () => {
    const pair = createConsentedPair();
    const offer = { ...OFFER, record: filled(201, 7) };
    expect(pair.input('inviter', { kind: 'offer', offer }).ok).toBe(true);
    expect(pair.input('inviter', { kind: 'offer', offer })).toMatchObject({
      error: { kind: 'not-now' },
    });
    pair.settle();
    expect(pair.sides.newcomer.events.at(-1)).toEqual({ kind: 'offer', offer });
    const consent = { kind: 'consent', signature: filled(64, 6) } as const;
    expect(pair.input('newcomer', consent).ok).toBe(true);
    expect(pair.input('newcomer', consent).ok).toBe(false);
    pair.settle();
    expect(pair.sides.inviter.events.at(-1)).toEqual(consent);
  });

  it('[N9] a chain longer than one message arrives whole', () => {
    const chain = Array.from({ length: 60 }, (_, place) => filled(8000 - place, place));
    const pair = createConfirmedPair();
    pair.input('inviter', { kind: 'offer', offer: { ...OFFER, chain } });
    expect(pair.inboxes.newcomer.length).toBeGreaterThan(1);
    expect(pair.inboxes.newcomer.every(({ length }) => length <= LIMITS.handshakeBytesMax)).toBe(
      true,
    );
    pair.settle();
    expect(pair.sides.newcomer.events.at(-1)).toEqual({
      kind: 'offer',
      offer: { ...OFFER, chain },
    });
  });
});

describe('what a side of a pairing never does', () => {
  it('[N9] no offer leaves before its own person confirmed the words', () => {
    const pair = createPair();
    pair.settle();
    pair.input('newcomer', { kind: 'words', areSame: true });
    pair.settle();
    const early = pair.input('inviter', { kind: 'offer', offer: OFFER });
    expect(early).toEqual({ ok: false, error: { kind: 'words-unconfirmed' } });
    expect(maySay(pair.sides.inviter.state, 'offer')).toBe(false);
    expect(pair.inboxes.newcomer).toEqual([]);
  });

  it('[N9] no offer leaves before the newcomer’s person confirmed them', () => {
    const pair = createPair();
    pair.settle();
    pair.input('inviter', { kind: 'words', areSame: true });
    pair.settle();
    expect(pair.input('inviter', { kind: 'offer', offer: OFFER })).toEqual({
      ok: false,
      error: { kind: 'not-now', message: 'offer' },
    });
  });

  it('[N9] no consent leaves without an offer', () => {
    const pair = createConfirmedPair();
    expect(pair.input('newcomer', { kind: 'consent', signature: filled(64, 1) })).toEqual({
      ok: false,
      error: { kind: 'not-now', message: 'consent' },
    });
  });

  it('[N9] words are not confirmed before they are shown', () => {
    const pair = createPair();
    expect(pair.input('newcomer', { kind: 'words', areSame: true })).toMatchObject({ ok: false });
  });

  it('[N9] words confirmed twice are said once', () => {
    const pair = createConfirmedPair();
    expect(pair.input('newcomer', { kind: 'words', areSame: true }).ok).toBe(true);
    expect(pair.inboxes.inviter).toEqual([]);
  });

  it('[N9] words that differ end both sides', () => {
    const pair = createPair();
    pair.settle();
    pair.input('newcomer', { kind: 'words', areSame: false });
    pair.settle();
    expect(ended(pair, 'newcomer')).toEqual({ kind: 'left', reason: 'words-differ' });
    expect(ended(pair, 'inviter')).toEqual({ kind: 'peer-left', reason: 'words-differ' });
  });

  it('[N9] after its end a side says and hears nothing', () => {
    const pair = createPair();
    pair.settle();
    pair.input('inviter', { kind: 'leave', reason: 'cancelled' });
    const { state } = pair.sides.inviter;
    expect(pair.input('inviter', { kind: 'leave', reason: 'cancelled' })).toEqual({
      ok: false,
      error: { kind: 'ended' },
    });
    pair.input('inviter', received(filled(10, 1)));
    expect(pair.sides.inviter.state).toEqual(state);
  });

  it('[N8] an offer beyond its limits is refused by its own side', () => {
    const { input } = createConfirmedPair();
    const tooLarge = { ok: false, error: expect.objectContaining({ kind: 'too-large' }) };
    const offer = (change: object) =>
      input('inviter', { kind: 'offer', offer: { ...OFFER, ...change } });
    expect(offer({ record: filled(LIMITS.factBytesMax + 1, 1) })).toEqual(tooLarge);
    expect(offer({ envelope: filled(2049, 1) })).toEqual(tooLarge);
    expect(offer({ chain: [filled(50_000, 1)] })).toEqual(tooLarge);
    expect(offer({ chain: Array.from({ length: 5000 }, () => filled(1, 1)) })).toEqual(tooLarge);
  });
});

describe('what a side of a pairing never accepts', () => {
  it('[N9] who lacks the code gets nowhere', () => {
    const pair = createPair({ newcomerKey: filled(32, 1) });
    pair.settle();
    expect(ended(pair, 'inviter')).toEqual({ kind: 'not-authentic' });
    expect(ended(pair, 'newcomer')).toEqual({ kind: 'not-authentic' });
    expect([...pair.sides.inviter.events, ...pair.sides.newcomer.events]).toHaveLength(2);
  });

  it('[N2] a relay between two channels gets nowhere without the code', () => {
    const pair = createPair({ inviterPeer: carol, newcomerPeer: carol });
    pair.settle();
    expect(ended(pair, 'inviter')).toEqual({ kind: 'not-authentic' });
    expect(ended(pair, 'newcomer')).toEqual({ kind: 'not-authentic' });
  });

  it('[N9] its own messages sent back are not those of the other role', () => {
    const pair = createPair();
    const own = pair.inboxes.newcomer[0] as Uint8Array;
    pair.input('inviter', received(own));
    expect(ended(pair, 'inviter')).toEqual({ kind: 'not-authentic' });
  });

  it('[N9] a message that comes twice is not authentic the second time', () => {
    const pair = createPair();
    const commit = pair.inboxes.inviter[0] as Uint8Array;
    pair.input('inviter', received(commit));
    pair.input('inviter', received(commit));
    expect(ended(pair, 'inviter')).toEqual({ kind: 'not-authentic' });
  });

  it('[N9] a reveal of another key than the one committed to is a lie', () => {
    const pair = createPair();
    const { state } = pair.sides.newcomer;
    const lying = { ...state.self, device: carol.device };
    pair.deliver('inviter');
    const context = { ...contextOf(state, 'newcomer', 'reveal') };
    pair.input('inviter', received(encodePairingMessage({ kind: 'reveal', ...lying }, context)));
    expect(ended(pair, 'inviter')).toEqual({
      kind: 'peer-lied',
      lie: { kind: 'broken-commitment' },
    });
  });

  it('[N2] a code-holder that saw other fingerprints is refused', () => {
    const pair = createPair();
    const begun = startPairing(
      { role: 'newcomer', device: bob.device, encryptionKey: id(1), name: 'b' },
      { ...channelOf(bob, alice, false), remoteFingerprint: carol.fingerprint },
      KEY,
      filled(32, 1),
    );
    const honest = pair.sides.newcomer.state;
    const forged = (place: number, kind: 'commit' | 'reveal') => ({
      ...contextOf({ ...honest, sentCount: place }, 'newcomer', kind),
    });
    const commitment = ownCommitment(begun.state);
    pair.input(
      'inviter',
      received(encodePairingMessage({ kind: 'commit', commitment }, forged(0, 'commit'))),
    );
    pair.input(
      'inviter',
      received(encodePairingMessage({ kind: 'reveal', ...begun.state.self }, forged(1, 'reveal'))),
    );
    expect(ended(pair, 'inviter')).toEqual({ kind: 'peer-lied', lie: { kind: 'other-channel' } });
  });

  it('[N9] a peer with this very device’s key is refused', () => {
    const pair = createPair({ newcomer: alice });
    pair.settle();
    expect(pair.sides.inviter.state.end?.kind).toMatch(/peer-l/);
    expect(
      [ended(pair, 'inviter'), ended(pair, 'newcomer')].some(
        (end) => end?.kind === 'peer-lied' && end.lie.kind === 'own-device',
      ),
    ).toBe(true);
  });

  it.each(['offer', 'welcome', 'progress', 'chain'] as const)(
    '[N9] a newcomer that gets %s out of turn ends it and says so',
    (kind) => {
      const pair = createPair();
      pair.settle();
      const { state } = pair.sides.inviter;
      const completions = [filled(3, 1)];
      const message = {
        offer: { kind: 'offer', completions, record: filled(3, 1), envelope: filled(3, 1) },
        welcome: { kind: 'welcome', completions },
        progress: { kind: 'progress', missing: [], statement: id<StatementHash>(1) },
        chain: { kind: 'chain', completions },
      } as const;
      const bytes = encodePairingMessage(message[kind], contextOf(state, 'inviter', kind));
      pair.input('newcomer', received(bytes));
      expect(ended(pair, 'newcomer')).toEqual({
        kind: 'peer-lied',
        lie: { kind: 'unexpected', message: kind },
      });
      pair.settle();
      expect(ended(pair, 'inviter')).toEqual({ kind: 'peer-left', reason: 'peer-lied' });
    },
  );

  it('[N8] a chain without end is cut off', () => {
    const pair = createConfirmedPair();
    const completions = Array.from({ length: 1000 }, () => filled(1, 1));
    let { state } = pair.sides.inviter;
    for (let count = 0; count < 5; count += 1) {
      const context = contextOf(state, 'inviter', 'chain');
      pair.input(
        'newcomer',
        received(encodePairingMessage({ kind: 'chain', completions }, context)),
      );
      state = { ...state, sentCount: state.sentCount + 1 };
    }
    expect(ended(pair, 'newcomer')).toEqual({ kind: 'peer-lied', lie: { kind: 'too-large' } });
  });

  it('[N8] malformed, too large and newer messages end it, each with its reason', () => {
    const endAfter = (bytes: Uint8Array) => {
      const pair = createPair();
      pair.input('newcomer', received(bytes));
      return ended(pair, 'newcomer');
    };
    expect(endAfter(filled(5, 0xff))).toEqual({ kind: 'peer-lied', lie: { kind: 'malformed' } });
    expect(endAfter(encodeCanonical([1, 99, [], filled(32, 1)]))).toEqual({
      kind: 'peer-lied',
      lie: { kind: 'malformed' },
    });
    expect(endAfter(new Uint8Array(LIMITS.handshakeBytesMax + 1))).toEqual({
      kind: 'peer-lied',
      lie: { kind: 'too-large' },
    });
    expect(endAfter(encodeCanonical([2]))).toEqual({ kind: 'newer-version', version: 2 });
  });

  it('[C9] a reason to leave that is not known reads as other', () => {
    const pair = createPair();
    const bye = { kind: 'bye', reason: 'gone-fishing' as 'other' } as const;
    const context = contextOf({ ...pair.sides.newcomer.state, sentCount: 0 }, 'newcomer', 'bye');
    pair.input('inviter', received(encodePairingMessage(bye, context)));
    expect(ended(pair, 'inviter')).toEqual({ kind: 'peer-left', reason: 'other' });
  });
});

describe('short strings', () => {
  it('[N9] 256 words and 64 pictures, all different', () => {
    expect(new Set(SAS_WORDS.map((word) => word.slice(0, 4))).size).toBe(256);
    expect(SAS_WORDS.every((word) => /^[a-z]{3,8}$/.test(word))).toBe(true);
    expect(new Set(SAS_EMOJI.map(({ symbol }) => symbol)).size).toBe(64);
    expect(new Set(SAS_EMOJI.map(({ name }) => name)).size).toBe(64);
  });

  it('[N9] messages, transcript and words keep their frozen form', () => {
    const pair = createPair();
    expect(pair.inboxes.newcomer.map(bytesToHex)).toEqual([vectors.inviterCommit]);
    expect(pair.inboxes.inviter.map(bytesToHex)).toEqual([vectors.newcomerCommit]);
    pair.deliver('inviter');
    expect(bytesToHex(pair.inboxes.newcomer[1] as Uint8Array)).toBe(vectors.inviterReveal);
    pair.settle();
    expect(pairingTranscript(pair.sides.inviter.state)).toBe(vectors.transcript);
    expect(words(pair, 'newcomer')).toEqual(vectors.shown);
    expect(shortString(id(0))).toEqual(vectors.shownForZero);
    const confirmed = createConfirmedPair();
    confirmed.input('inviter', { kind: 'offer', offer: OFFER });
    expect(confirmed.inboxes.newcomer.map(bytesToHex)).toEqual([vectors.offer]);
  });
});
