import { entropyToMnemonic } from '@scure/bip39';
import { wordlist } from '@scure/bip39/wordlists/english.js';
import { describe, expect, test } from 'vitest';
import {
  nearbySecrets,
  parseRecoveryText,
  recoveryFile,
  recoverySeed,
  recoveryWords,
} from '../../../src/core/authority/recovery-key.js';
import { bytesToHex } from '../../../src/core/base/hash.js';

const secretOf = (byte: number): Uint8Array =>
  Uint8Array.from({ length: 32 }, (_, index) => (byte + index * 37) & 255);
const SECRETS = [0, 1, 77, 200, 255].map(secretOf);

const failure = (text: string) => {
  const read = parseRecoveryText(text, wordlist);
  return read.ok ? 'read' : read.error;
};

describe('the words of a recovery key', () => {
  test('[A5] they are those of BIP 39, and the list tells words apart by four letters', () => {
    const zeros = recoveryWords(new Uint8Array(32), wordlist);
    expect(zeros.join(' ')).toBe(`${'abandon '.repeat(23)}art`);
    const ones = recoveryWords(new Uint8Array(32).fill(255), wordlist);
    expect(ones.join(' ')).toBe(`${'zoo '.repeat(23)}vote`);
    for (const secret of SECRETS) {
      expect(recoveryWords(secret, wordlist).join(' ')).toBe(
        entropyToMnemonic(secret, [...wordlist]),
      );
    }
    const starts = wordlist.map((word) => word.slice(0, 4));
    expect(new Set(starts).size).toBe(2048);
  });

  test('[A5] case, numbers, commas, lines and shortened words are read alike, and the file too', () => {
    for (const secret of SECRETS) {
      const words = recoveryWords(secret, wordlist);
      const made = { account: 'ab'.repeat(32), day: '2026-11-21' };
      const texts = [
        words.join(' '),
        words.map((word, index) => `${index + 1}. ${word.toUpperCase()}`).join('\r\n'),
        words.map((word) => word.slice(0, 4)).join(',  '),
        recoveryFile(words, made),
        `\n${recoveryFile(words, made)}`,
      ];
      for (const text of texts) {
        expect(parseRecoveryText(text, wordlist)).toEqual({ ok: true, value: secret });
      }
    }
  });

  test('[A5] what is wrong is named: the word, how many there are, the whole, a later file', () => {
    const words = [...recoveryWords(secretOf(9), wordlist)];
    const swapped = (index: number, word: string) =>
      words.map((each, at) => (at === index ? word : each)).join(' ');
    expect(failure(swapped(11, 'abandonn'))).toEqual({
      ...{ reason: 'unknown-word', word: 'abandonn', index: 11 },
    });
    expect(failure(swapped(3, 'qi'))).toEqual({ reason: 'unknown-word', word: 'qi', index: 3 });
    expect(failure(words.slice(1).join(' '))).toMatchObject({ reason: 'count', word: null });
    expect(failure([...words, words[0]].join(' '))).toMatchObject({ reason: 'count' });
    expect(failure('')).toMatchObject({ reason: 'count' });
    const other = wordlist.find((word) => failure(swapped(5, word)) !== 'read') ?? '';
    expect(failure(swapped(5, other))).toEqual({ reason: 'checksum', word: null, index: null });
    expect(failure('upkeep-recovery-key 2\nwords\nabandon')).toMatchObject({
      reason: 'newer-version',
    });
  });

  test('[A5] one mistaken word is found among the words that fit, at its place alone', () => {
    const secret = secretOf(41);
    const words = [...recoveryWords(secret, wordlist)];
    const place = 17;
    const typed = words.map((word, at) => (at === place ? 'zebra' : word));
    const found = nearbySecrets(typed, place, wordlist).map(bytesToHex);
    expect(found).toContain(bytesToHex(secret));
    expect(found.length).toBeLessThan(40);
    expect(nearbySecrets(typed, 2, wordlist).map(bytesToHex)).not.toContain(bytesToHex(secret));
    expect(nearbySecrets(['not', 'enough'], 0, wordlist)).toEqual([]);
  });

  test('[A5, A6] the seed of its keys is of a domain of its own', () => {
    expect(bytesToHex(recoverySeed(secretOf(1)))).not.toBe(bytesToHex(secretOf(1)));
    expect(bytesToHex(recoverySeed(new Uint8Array(32)))).toBe(
      'e356490d77fc62daa49eb72002341fdc597337704c2637a312c75abfc16ed26d',
    );
  });
});
