import { describe, expect, it } from 'vitest';
import { bytesToCandidate, candidateToBytes } from '../../../src/core/links/candidates.js';
import {
  encodeOfflineAnswer,
  encodeOfflineOffer,
  offlineOfferTag,
  parseOfflineAnswer,
  parseOfflineOffer,
} from '../../../src/core/links/offline-code.js';
import { filled } from './samples.js';

const part = {
  fragment: 'aB3+',
  password: 'abcdefghijklmnopqrstuv/+',
  fingerprint: filled(32, 7),
  candidates: [
    { address: '4fd4a1c2-0f4b-4c0e-9a53-7f6c1f0b2a11.local', port: 50_123 },
    { address: '192.168.7.20', port: 61_000 },
    { address: 'fd00:0:0:12:0:0:0:1', port: 1 },
  ],
};
const NOW_MS = 29_800_000 * 60_000;
const offer = {
  part,
  secret: filled(16, 9),
  expiresMs: NOW_MS + 600_000,
  accountTag: filled(4, 1),
};
const text = encodeOfflineOffer(offer);
const tag = offlineOfferTag(offer);
const answer = encodeOfflineAnswer({ part, offer: tag });

describe('the two codes of a pairing with no network', () => {
  it('[N9] read as they were written, names of the local network included', () => {
    expect(parseOfflineOffer(text, NOW_MS)).toEqual({ ok: true, value: offer });
    expect(parseOfflineOffer(text.toLowerCase(), NOW_MS)).toEqual({ ok: true, value: offer });
    expect(parseOfflineAnswer(answer, tag)).toEqual({ ok: true, value: { part, offer: tag } });
  });

  it('[N9] are short enough for a QR code that a phone reads, in its densest letters', () => {
    expect(text).toMatch(/^[0-9A-Z]+$/);
    expect(text.length).toBeLessThanOrEqual(270);
    expect(answer.length).toBeLessThan(text.length);
  });

  it('[N9] one wrong character is mistyped, whichever it is', () => {
    for (let place = 0; place < text.length; place += 1) {
      const wrong = [...text].with(place, text[place] === '7' ? '8' : '7').join('');
      expect(parseOfflineOffer(wrong, NOW_MS)).toEqual({ ok: false, error: { kind: 'mistyped' } });
    }
  });

  it('[N9] the one is not taken for the other, nor an answer for that to another offer', () => {
    expect(parseOfflineOffer(answer, NOW_MS)).toMatchObject({ error: { kind: 'other-purpose' } });
    expect(parseOfflineAnswer(text, tag)).toMatchObject({ error: { kind: 'other-purpose' } });
    expect(parseOfflineAnswer(answer, filled(4, 0))).toMatchObject({
      error: { kind: 'other-purpose' },
    });
  });

  it('[N9] the first runs out, with five minutes for a clock that runs ahead', () => {
    expect(parseOfflineOffer(text, NOW_MS + 899_000).ok).toBe(true);
    expect(parseOfflineOffer(text, NOW_MS + 900_000)).toEqual({
      ok: false,
      error: { kind: 'expired', expiresMs: offer.expiresMs },
    });
  });

  it.each(['', 'hello', 'U'.repeat(200), 'x'.repeat(5_000)])('[N9] %s is no such code', (typed) => {
    expect(parseOfflineOffer(typed, NOW_MS).ok).toBe(false);
    expect(parseOfflineAnswer(typed, tag).ok).toBe(false);
  });

  it('[N9] a part that no browser makes is refused', () => {
    const bad = (change: object): string =>
      encodeOfflineOffer({ ...offer, part: { ...part, ...change } });
    const malformed = { ok: false, error: { kind: 'malformed' } };
    expect(parseOfflineOffer(bad({ candidates: [] }), NOW_MS)).toEqual(malformed);
    expect(parseOfflineOffer(bad({ fragment: 'a' }), NOW_MS)).toEqual(malformed);
    expect(parseOfflineOffer(bad({ fragment: 'a\nb=c' }), NOW_MS)).toEqual(malformed);
    expect(parseOfflineOffer(bad({ password: 'short' }), NOW_MS)).toEqual(malformed);
  });

  it.each([
    ['10.0.0.256', 5],
    ['10.0.0', 5],
    ['fe80::1%eth0', 5],
    ['1::2::3', 5],
    ['name.local', 5],
    ['10.0.0.1', 0],
    ['10.0.0.1', 65_536],
  ])('[N9] %s with port %i is no address of a code', (address, port) => {
    expect(candidateToBytes({ address, port })).toBeNull();
  });

  it('[N9] a shortened IPv6 address means the long one', () => {
    const bytes = candidateToBytes({ address: 'FD00::12', port: 258 });
    expect(bytes === null ? null : bytesToCandidate(bytes)).toEqual({
      candidate: { address: 'fd00:0:0:0:0:0:0:12', port: 258 },
      taken: 19,
    });
  });
});
