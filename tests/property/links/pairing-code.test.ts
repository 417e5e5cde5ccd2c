import { fc, test } from '@fast-check/vitest';
import { expect } from 'vitest';
import { encodePairingCode, parsePairingCode } from '../../../src/core/links/pairing-code.js';

const ALPHABET = [...'0123456789ABCDEFGHJKMNPQRSTVWXYZ'];
const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
const code = fc.record({
  purpose: fc.constant('join' as const),
  secret: bytes(16),
  expiresMs: fc.integer({ min: 1, max: 2 ** 32 - 1 }).map((minutes) => minutes * 60_000),
  accountTag: bytes(4),
});
const written = code.map((one) => [...encodePairingCode(one).groups.join('')]);
const mistyped = { ok: false, error: { kind: 'mistyped' } };

test.prop([code])('[N9] a code reads as it was written', (one) => {
  const { text, groups } = encodePairingCode(one);
  expect(parsePairingCode(text, 0)).toEqual({ ok: true, value: one });
  expect(parsePairingCode(groups.join(' ').toLowerCase(), 0)).toEqual({ ok: true, value: one });
});

test.prop([written], { numRuns: 20 })(
  '[N9] every single wrong character is caught',
  (characters) => {
    for (const [place, right] of characters.entries()) {
      for (const wrong of [...ALPHABET, 'U', '*', 'é']) {
        if (wrong === right) continue;
        expect(parsePairingCode(characters.with(place, wrong).join(''), 0)).toEqual(mistyped);
      }
    }
  },
);

test.prop([written])('[N9] every exchange of two neighbours is caught', (characters) => {
  for (let place = 1; place < characters.length; place += 1) {
    const [left, right] = [characters[place - 1] as string, characters[place] as string];
    if (left === right) continue;
    const typed = characters
      .with(place - 1, right)
      .with(place, left)
      .join('');
    expect(parsePairingCode(typed, 0)).toEqual(mistyped);
  }
});

test.prop([written, fc.nat(44)])('[N9] a character left out is caught', (characters, place) => {
  expect(parsePairingCode(characters.toSpliced(place, 1).join(''), 0)).toEqual(mistyped);
});

test.prop([fc.oneof(fc.string({ unit: 'binary' }), fc.stringMatching(/^[0-9A-Z]{43,47}$/))])(
  '[N9] garbage never throws and is never a code',
  (typed) => {
    expect(parsePairingCode(typed, 0)).toMatchObject({ ok: false });
  },
);
