import { describe, expect, it } from 'vitest';
import { encodePairingCode } from '../../../src/core/links/pairing-code.js';
import {
  codeToLink,
  groupCode,
  normaliseCode,
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

  it('[N9] shows what is typed in groups of five', () => {
    expect(groupCode('7k4fm2-qx9')).toBe('7K4FM 2QX9');
    expect(groupCode('')).toBe('');
  });

  it('[N9] makes a link to this app, without the tab that it was made in', () => {
    const link = codeToLink(text, 'https://up.example/app/?profile=try-1#/pair');
    expect(link).toBe(`https://up.example/app/#/join/${text}`);
    expect(codeToLink(link, 'https://up.example/app/')).toBe(link);
    expect(readTypedCode(link, NOW_MS).kind).toBe('ready');
  });

  it('[N9] counts while characters are missing', () => {
    expect(readTypedCode('7k4fm 2q', NOW_MS)).toEqual({ kind: 'partial', have: 7, need: 45 });
    expect(readTypedCode('', NOW_MS)).toEqual({ kind: 'partial', have: 0, need: 45 });
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
    });
    expect(readTypedCode(slip, NOW_MS).kind).toBe('wrong');
    expect(readTypedCode('k'.repeat(80), NOW_MS)).toEqual({
      kind: 'wrong',
      reason: 'code-malformed',
    });
    expect(readTypedCode(text, NOW_MS + 3_600_000)).toEqual({
      kind: 'wrong',
      reason: 'code-expired',
    });
  });
});
