import { fc, test } from '@fast-check/vitest';
import { expect } from 'vitest';
import {
  encodeShortCode,
  parseShortCode,
  shortCodeFrom,
} from '../../../src/core/links/short-code.js';

const ALPHABET = [...'0123456789ABCDEFGHJKMNPQRSTVWXYZ'];
const code = fc.uint8Array({ minLength: 13, maxLength: 13 }).map(shortCodeFrom);
const written = code.map((one) => [...encodeShortCode(one).join('')]);

test.prop([code])('[N9] a short code reads as it was written', (one) => {
  expect(parseShortCode(encodeShortCode(one).join('-'))).toEqual({ ok: true, value: one });
});

test.prop([written], { numRuns: 20 })(
  '[N9] every single wrong character is found where it is, with what belongs there',
  (characters) => {
    for (const [place, right] of characters.entries()) {
      for (const wrong of [...ALPHABET, 'U', '*', 'é']) {
        if (wrong === right) continue;
        const slip = { kind: 'character', at: place + 1, meant: ALPHABET.indexOf(right) };
        expect(parseShortCode(characters.with(place, wrong).join(''))).toEqual({
          ok: false,
          error: { kind: 'mistyped', slip },
        });
      }
    }
  },
);

test.prop([written])('[N9] two neighbours exchanged are never taken for one slip', (characters) => {
  for (let place = 1; place < characters.length; place += 1) {
    const [left, right] = [characters[place - 1] as string, characters[place] as string];
    if (left === right) continue;
    const typed = characters.with(place - 1, right).with(place, left);
    const read = parseShortCode(typed.join(''));
    const slip = read.ok || read.error.kind !== 'mistyped' ? 'read' : read.error.slip;
    if (slip !== null) expect(slip).toEqual({ kind: 'exchanged', at: place });
  }
});

test.prop([fc.oneof(fc.string({ unit: 'binary' }), fc.stringMatching(/^[0-9A-Z]{14,18}$/))])(
  '[N9] garbage never throws, and what reads as a code is written the same',
  (typed) => {
    const read = parseShortCode(typed);
    if (read.ok) expect(parseShortCode(encodeShortCode(read.value).join(''))).toEqual(read);
  },
);
