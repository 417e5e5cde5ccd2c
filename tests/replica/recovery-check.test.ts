import { wordlist } from '@scure/bip39/wordlists/english.js';
import { describe, expect, test } from 'vitest';
import { createSeededRandomness } from '../../src/adapters/memory/seeded-randomness.js';
import { createPaperKeys } from '../../src/adapters/paper-keys.js';
import { recoverySeed, recoveryWords } from '../../src/core/authority/recovery-key.js';
import { brandHex } from '../../src/core/base/brands.js';
import type { DeviceId } from '../../src/core/base/brands.js';
import {
  FIRST_CHECK_MS,
  NEXT_CHECK_MS,
  areRightWords,
  askedPlaces,
  checkDueMs,
  noteRecovery,
  noteRow,
  readNotes,
} from '../../src/replica/recovery/recovery-check.js';

const randomness = createSeededRandomness('recovery');
const paper = createPaperKeys(randomness, 10);
const secret = new Uint8Array(32).fill(7);
const words = recoveryWords(secret, wordlist);
const member = brandHex<DeviceId>('5a'.repeat(32));

const made = () => noteRecovery(paper, randomness, { member, words, atMs: 1_000 });
const answersAt = (places: readonly number[]) =>
  places.map((index) => ({ index, word: words[index] ?? '' }));

describe('three words now and then', () => {
  test('[A5] three of nine places are asked for in turn, and only their words are right', async () => {
    const note = await made();
    const asked = [0, 1, 2, 3].map((checks) => askedPlaces({ ...note, checks }));
    expect(asked[3]).toEqual(asked[0]);
    const nine = asked.slice(0, 3).flat();
    expect(nine.every((place) => place >= 0 && place < 24)).toBe(true);
    expect(new Set(nine).size).toBe(9);
    for (const places of asked) {
      expect(await areRightWords(paper, note, answersAt(places))).toBe(true);
      const shuffled = [...answersAt(places)].reverse();
      expect(await areRightWords(paper, note, shuffled)).toBe(true);
      const [first, ...rest] = answersAt(places);
      const wrong = [{ index: first?.index ?? 0, word: 'zebra' }, ...rest];
      expect(await areRightWords(paper, note, wrong)).toBe(false);
      expect(await areRightWords(paper, note, rest)).toBe(false);
    }
    const others = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9].filter((place) => !nine.includes(place));
    expect(await areRightWords(paper, note, answersAt(others.slice(0, 3)))).toBe(false);
  });

  test('[A5] what is kept holds neither a word nor a hash of one alone', async () => {
    const note = await made();
    const row = noteRow(note);
    expect(row.kind).toBe('put');
    const bytes = row.kind === 'put' ? row.value : new Uint8Array();
    const text = new TextDecoder('latin1').decode(bytes);
    for (const word of words) expect(text.includes(word)).toBe(false);
    expect(text.includes(new TextDecoder('latin1').decode(recoverySeed(secret)))).toBe(false);
    expect(note.triples.map(({ places }) => places.length)).toEqual([3, 3, 3]);
    const hashes = note.triples.map(({ hash }) => hash.join());
    expect(new Set(hashes).size).toBe(3);
    expect((await made()).triples.map(({ hash }) => hash.join())).not.toEqual(hashes);
  });

  test('[A5, F9] it is due after a week, then every 90 days, and a note outlives its device', async () => {
    const note = await made();
    expect(checkDueMs(note)).toBe(1_000 + FIRST_CHECK_MS);
    expect(checkDueMs({ ...note, checkedMs: 5_000 })).toBe(5_000 + NEXT_CHECK_MS);
    expect(checkDueMs({ ...note, triples: [] })).toBe(null);
    expect(askedPlaces({ ...note, triples: [] })).toEqual([]);
    const row = noteRow({ ...note, checkedMs: 5_000, checks: 4 });
    if (row.kind !== 'put') throw new Error('a note is put');
    const other = { key: 'recovery:short', value: row.value };
    const damaged = { key: `recovery:${'00'.repeat(32)}`, value: new Uint8Array([1, 2]) };
    const read = readNotes([other, damaged, { key: row.key, value: row.value }]);
    expect([...read.values()]).toEqual([{ ...note, checkedMs: 5_000, checks: 4 }]);
  });
});

describe('keys of paper', () => {
  test('[A5] the same seed gives the same keys, which are called paper', async () => {
    const one = await paper.keysOf(recoverySeed(secret));
    const two = await createPaperKeys(randomness).keysOf(recoverySeed(secret));
    expect(one.signer.device).toBe(two.signer.device);
    expect(one.sealer.encryptionKey).toBe(two.sealer.encryptionKey);
    expect(one.signer.storage).toBe('paper');
    const other = await paper.keysOf(recoverySeed(new Uint8Array(32)));
    expect(other.signer.device).not.toBe(one.signer.device);
    expect(await paper.wordList()).toBe(wordlist);
  });
});
