import { describe, expect, it } from 'vitest';
import { encodePairingCode } from '../../../src/core/links/pairing-code.js';
import { encodeShortCode, shortCodeFrom } from '../../../src/core/links/short-code.js';
import {
  codeToLink,
  groupCode,
  normaliseCode,
  placeInGroup,
  readTypedCode,
} from '../../../src/ui/screens/pair/typed-code.js';

const NOW_MS = 1_764_000_000_000;
const { text } = encodePairingCode({
  purpose: 'join',
  secret: Uint8Array.from({ length: 16 }, (_, index) => index * 7),
  expiresMs: NOW_MS + 600_000,
  accountTag: Uint8Array.of(1, 2, 3, 4),
});

describe('[N9] a code as a person gives it', () => {
  it('[N9] loses blanks, dashes of every kind and quotation marks', () => {
    expect(normaliseCode(' “7k4f-m2qx – 93da\u00a0pt6w” \n')).toBe('7K4FM2QX93DAPT6W');
  });

  it('[N9] takes the code out of a link', () => {
    expect(normaliseCode('https://up.example/?a=1#/join/7k4fm-2qx93')).toBe('7K4FM2QX93');
  });

  it('[N9] shows what is typed in groups of four, and a long code in groups of five', () => {
    expect(groupCode('7k4fm2-qx9')).toBe('7K4F M2QX 9');
    expect(groupCode('7k4fm2qx9abcdefghjk')).toBe('7K4FM 2QX9A BCDEF GHJK');
    expect(groupCode('')).toBe('');
  });

  it('[N9] reads a short code, and names the character that is off', () => {
    const short = encodeShortCode(shortCodeFrom(new Uint8Array(13).fill(9))).join('');
    expect(readTypedCode(groupCode(short), NOW_MS)).toEqual({ kind: 'ready', code: short });
    const slip = short.slice(0, 6) + (short[6] === '7' ? '8' : '7') + short.slice(7);
    expect(readTypedCode(slip, NOW_MS)).toMatchObject({
      kind: 'wrong',
      reason: 'code-mistyped',
      slip: { kind: 'character', at: 7 },
    });
    expect(placeInGroup(7)).toEqual({ group: 2, place: 3 });
    expect(placeInGroup(16)).toEqual({ group: 4, place: 4 });
  });

  it('[N9] makes a link to this app, without the tab that it was made in', () => {
    const link = codeToLink(text, 'https://up.example/app/?profile=try-1#/pair');
    expect(link).toBe(`https://up.example/app/#/join/${text}`);
    expect(codeToLink(link, 'https://up.example/app/')).toBe(link);
    expect(readTypedCode(link, NOW_MS).kind).toBe('ready');
  });

  it('[N9] counts while characters are missing', () => {
    expect(readTypedCode('7k4fm 2q', NOW_MS)).toEqual({ kind: 'partial', have: 7, need: 16 });
    expect(readTypedCode('', NOW_MS)).toEqual({ kind: 'partial', have: 0, need: 16 });
    expect(readTypedCode(text.slice(0, 30), NOW_MS).kind).toBe('partial');
  });

  it('[N9] is ready when the check digits agree, however it was given', () => {
    const bare = text.replaceAll('-', '');
    expect(readTypedCode(text.toLowerCase(), NOW_MS)).toEqual({ kind: 'ready', code: bare });
    expect(readTypedCode(`https://up.example/#/join/${text}`, NOW_MS)).toEqual({
      kind: 'ready',
      code: bare,
    });
  });

  it('[N9] names a slip, a foreign text and a code that is too old', () => {
    const slip = (text.startsWith('2') ? '3' : '2') + text.slice(1);
    const last = text.endsWith('7') ? '8' : '7';
    expect(readTypedCode(text.slice(0, -1) + last, NOW_MS)).toEqual({
      kind: 'wrong',
      reason: 'code-mistyped',
      slip: null,
    });
    expect(readTypedCode(slip, NOW_MS).kind).toBe('wrong');
    expect(readTypedCode('k'.repeat(80), NOW_MS)).toEqual({
      kind: 'wrong',
      reason: 'code-malformed',
      slip: null,
    });
    expect(readTypedCode(text, NOW_MS + 3_600_000)).toEqual({
      kind: 'wrong',
      reason: 'code-expired',
      slip: null,
    });
  });
});
