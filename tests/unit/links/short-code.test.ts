import { describe, expect, it } from 'vitest';
import {
  encodeShortCode,
  isShort,
  parseShortCode,
  shortCodeFrom,
} from '../../../src/core/links/short-code.js';
import vectors from '../../vectors/typed-pairing.json' with { type: 'json' };

const code = shortCodeFrom(Uint8Array.from({ length: 32 }, (_, place) => 37 * place + 11));
const groups = encodeShortCode(code);
const text = groups.join(' ');
const bare = [...groups.join('')];

describe('short codes', () => {
  it('[N9] four groups of four characters, the first of which says what it is for, frozen', () => {
    expect(groups).toHaveLength(4);
    expect(groups.every((group) => group.length === 4)).toBe(true);
    expect(text).toBe(vectors.code);
    expect(text.startsWith('J')).toBe(true);
  });

  it('[N9] holds fifty bits of secret beside a public place of fifteen', () => {
    expect(code.secret).toMatch(/^[0-9A-HJKMNP-TV-Z]{10}$/);
    expect(code.place).toMatch(/^[0-9A-HJKMNP-TV-Z]{3}$/);
    expect(`J${code.place}${code.secret}`).toBe(bare.slice(0, 14).join(''));
  });

  it.each<[string, string]>([
    ['as shown', text],
    ['without spaces, in small letters', groups.join('').toLowerCase()],
    ['with dashes', groups.join(' – ')],
    ['with O for 0', text.replaceAll('0', 'o')],
    ['with l for 1', text.replaceAll('1', 'l')],
  ])('[N9] it reads %s', (_, typed) => {
    expect(parseShortCode(typed)).toEqual({ ok: true, value: code });
    expect(isShort(typed)).toBe(true);
  });

  it('[N9] names the place of one wrong character and what belongs there', () => {
    const wrong = bare.with(3, bare[3] === '7' ? '8' : '7').join('');
    const read = parseShortCode(wrong);
    const meant = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'.indexOf(bare[3] ?? '');
    expect(read).toEqual({
      ok: false,
      error: { kind: 'mistyped', slip: { kind: 'character', at: 4, meant } },
    });
  });

  it('[N9] a character that stands in no code is named as well', () => {
    expect(parseShortCode(bare.with(9, 'U').join(''))).toMatchObject({
      error: { kind: 'mistyped', slip: { kind: 'character', at: 10 } },
    });
    expect(parseShortCode(bare.with(9, 'U').with(2, '*').join(''))).toEqual({
      ok: false,
      error: { kind: 'mistyped', slip: null },
    });
  });

  it('[N9] a character missing or too many is mistyped, and other lengths are no code', () => {
    const mistyped = { ok: false, error: { kind: 'mistyped', slip: null } };
    expect(parseShortCode(bare.slice(1).join(''))).toEqual(mistyped);
    expect(parseShortCode(`${text}7`)).toEqual(mistyped);
    expect(parseShortCode('J123')).toEqual({ ok: false, error: { kind: 'malformed' } });
    expect(parseShortCode('x'.repeat(5_000))).toEqual({ ok: false, error: { kind: 'malformed' } });
    expect(isShort('J123')).toBe(false);
  });

  it('[N9] a code of another purpose is told apart from a mistyped one', () => {
    expect(parseShortCode(vectors.codeOfOtherPurpose)).toMatchObject({
      error: { kind: 'other-purpose', purpose: 22 },
    });
  });

  it('[N9] what is no place or no secret is a broken invariant', () => {
    expect(() => encodeShortCode({ ...code, place: 'AB' })).toThrow();
    expect(() => encodeShortCode({ ...code, secret: 'ABCDEFGHI' })).toThrow();
    expect(() => encodeShortCode({ ...code, place: 'ABU' })).toThrow();
    expect(() => shortCodeFrom(new Uint8Array(12))).toThrow();
  });
});
