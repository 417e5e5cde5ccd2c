import { describe, expect, it } from 'vitest';
import {
  CODE_GRACE_MS,
  codeAccountTag,
  encodePairingCode,
  isCodeOf,
  pairingFragment,
  parsePairingCode,
} from '../../../src/core/links/pairing-code.js';
import vectors from '../../vectors/pairing.json' with { type: 'json' };
import { ACCOUNT, id } from './samples.js';

const secret = Uint8Array.from({ length: 16 }, (_, place) => 17 * place);
const EXPIRES_MS = 29_800_000 * 60_000;
const code = {
  purpose: 'join',
  secret,
  expiresMs: EXPIRES_MS,
  accountTag: codeAccountTag(ACCOUNT),
} as const;
const { text, groups } = encodePairingCode(code);
const parse = (typed: string, nowMs = EXPIRES_MS - 1) => parsePairingCode(typed, nowMs);
const read = { ok: true, value: code };

describe('pairing codes', () => {
  it('[N9] nine groups of five characters, frozen', () => {
    expect(groups).toHaveLength(9);
    expect(text).toBe(groups.join('-'));
    expect(text).toBe(vectors.code);
  });

  it.each<[string, string]>([
    ['as shown', text],
    ['without dashes', groups.join('')],
    ['with spaces and line breaks', ` ${groups.join(' \n')} `],
    ['in small letters', text.toLowerCase()],
    ['with O for 0', text.replaceAll('0', 'O')],
    ['with small o for 0', text.replaceAll('0', 'o')],
    ['with I for 1', text.replaceAll('1', 'I')],
    ['with small l for 1', text.replaceAll('1', 'l')],
    ['with long dashes', text.replaceAll('-', ' – ')],
    ['as the address of the app', `https://upkeep.example/app/${pairingFragment(text)}`],
    ['as an address with more behind', `https://upkeep.example/${pairingFragment(text)}?from=qr`],
    ['as an address with join in its path', `https://a.example/join/x/${pairingFragment(text)}`],
    ['as an address of our own scheme', `web+upkeep:join/${text}`],
  ])('[N9] it reads %s', (_, typed) => {
    expect(parse(typed)).toEqual(read);
  });

  it.each<[string, string]>([
    ['a character of no code', `${text.slice(0, -1)}U`],
    ['a character missing', text.slice(0, -1)],
    ['a character too many', `${text}7`],
  ])('[N9] %s is mistyped', (_, typed) => {
    expect(parse(typed)).toEqual({ ok: false, error: { kind: 'mistyped' } });
  });

  it.each<[string, string]>([
    ['nothing', ''],
    ['a word', 'hello'],
    ['another address', 'https://upkeep.example/#/records/12'],
    ['a book', text.repeat(20)],
    ['zeros', '0'.repeat(45)],
  ])('[N9] %s is malformed', (_, typed) => {
    expect(parse(typed)).toEqual({ ok: false, error: { kind: 'malformed' } });
  });

  it('[N9] it lapses, with grace for a clock that runs ahead', () => {
    expect(parse(text, EXPIRES_MS + CODE_GRACE_MS - 1)).toEqual(read);
    expect(parse(text, EXPIRES_MS + CODE_GRACE_MS)).toEqual({
      ok: false,
      error: { kind: 'expired', expiresMs: EXPIRES_MS },
    });
  });

  it('[N9] its end is kept in whole minutes, rounded up', () => {
    const rounded = encodePairingCode({ ...code, expiresMs: EXPIRES_MS - 59_999 });
    expect(rounded.text).toBe(text);
  });

  it('[N9] one purpose a code: another purpose is told apart', () => {
    expect(parse(vectors.codeOfOtherPurpose)).toEqual({
      ok: false,
      error: { kind: 'other-purpose', purpose: 2 },
    });
  });

  it('[C9] a code of a newer version is told apart, whatever its length', () => {
    for (const newer of [vectors.codeOfNewerVersion, vectors.longCodeOfNewerVersion]) {
      expect(parse(newer)).toEqual({ ok: false, error: { kind: 'newer-version', version: 2 } });
    }
  });

  it('[N9] it tells accounts apart', () => {
    expect(isCodeOf(code, ACCOUNT)).toBe(true);
    expect(isCodeOf(code, id(0xad))).toBe(false);
  });

  it('[N9] a secret or tag of the wrong length is a broken invariant', () => {
    expect(() => encodePairingCode({ ...code, secret: new Uint8Array(15) })).toThrow();
    expect(() => encodePairingCode({ ...code, accountTag: new Uint8Array(8) })).toThrow();
    expect(() => encodePairingCode({ ...code, expiresMs: 2 ** 32 * 60_000 })).toThrow();
  });
});
