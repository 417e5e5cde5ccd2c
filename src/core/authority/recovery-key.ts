import { DOMAINS } from '../base/domains.js';
import { hashOf, hexToBytes, sha256 } from '../base/hash.js';
import { assert, err, ok, type Result } from '../base/result.js';

/** Bytes of a recovery secret: 256 bits. */
export const RECOVERY_SECRET_BYTES = 32;
/** Words of a recovery key. */
export const RECOVERY_WORDS = 24;
/** The words come from a list of so many, in its order. */
export const WORD_LIST_LENGTH = 2048;

const BITS_PER_WORD = 11;
/** In the list that is used no two words share these first letters. */
const TELLING_LETTERS = 4;
const TEXT_LENGTH_MAX = 4096;
const FILE_HEAD = 'upkeep-recovery-key';
const FILE_VERSION = 1;

/** Why a text is no recovery key. `word` and `index` (from 0) name the word that is to blame. */
export interface RecoveryTextError {
  readonly reason: 'count' | 'unknown-word' | 'checksum' | 'newer-version';
  readonly word: string | null;
  readonly index: number | null;
}

/**
 * The words of a secret: 256 bits and 8 of their SHA-256, 11 bits a word.
 *
 * Source: BIP 39, section "Generating the mnemonic"; rule A5.
 */
export const recoveryWords = (secret: Uint8Array, list: readonly string[]): readonly string[] => {
  assert(secret.length === RECOVERY_SECRET_BYTES, 'a recovery secret has 32 bytes');
  assert(list.length === WORD_LIST_LENGTH, 'the list has 2048 words');
  const bytes = [...secret, sha256(secret)[0] as number];
  return Array.from({ length: RECOVERY_WORDS }, (_, index) => list[elevenBits(bytes, index)] ?? '');
};

/** The text of the file that holds a recovery key: for machines, and legible. */
export const recoveryFile = (
  words: readonly string[],
  made: { readonly account: string; readonly day: string },
): string =>
  [
    `${FILE_HEAD} ${FILE_VERSION}`,
    `account ${made.account}`,
    `made ${made.day}`,
    'words',
    ...Array.from({ length: RECOVERY_WORDS / 4 }, (_, row) =>
      words.slice(row * 4, row * 4 + 4).join(' '),
    ),
    '',
  ].join('\n');

/** The words that a person typed or a file holds, as far as they look like words. */
export const wordsIn = (text: string): readonly string[] => {
  const plain = text.slice(0, TEXT_LENGTH_MAX).normalize('NFKD').toLowerCase();
  const body = plain.trimStart().startsWith(FILE_HEAD)
    ? plain.slice(plain.indexOf('\nwords') + '\nwords'.length)
    : plain;
  return body.match(/[a-z]+/g) ?? [];
};

/**
 * Reads a secret from typed words or from the text of its file.
 *
 * Case, numbering, punctuation and line breaks do not matter; the first four letters of a word are
 * enough, as the list has no two words that share them.
 * Errors: count for more or fewer than 24 words, unknown-word for the first one that the list
 * lacks, checksum where all are words and not of one key, newer-version for a later file.
 * Limits: reads at most 4096 characters.
 * Source: BIP 39; rule A5.
 */
export const parseRecoveryText = (
  text: string,
  list: readonly string[],
): Result<Uint8Array, RecoveryTextError> => {
  const version = new RegExp(`^\\s*${FILE_HEAD} (\\d+)`).exec(text)?.[1];
  if (version !== undefined && Number(version) > FILE_VERSION) return fault('newer-version');
  const words = wordsIn(text);
  const numbers: number[] = [];
  for (const [index, word] of words.entries()) {
    const at = placeOf(word, list);
    if (at < 0) return err({ reason: 'unknown-word', word, index });
    numbers.push(at);
  }
  if (numbers.length !== RECOVERY_WORDS) return fault('count');
  return secretOf(numbers) ?? fault('checksum');
};

/**
 * The secrets that differ from these 24 words in the one word at this place and have a right
 * checksum: about eight. Empty where a word is not in the list.
 *
 * For a device that knows the public key: it finds which word was mistaken for another.
 */
export const nearbySecrets = (
  words: readonly string[],
  index: number,
  list: readonly string[],
): readonly Uint8Array[] => {
  const numbers = words.map((word) => placeOf(word, list));
  if (numbers.length !== RECOVERY_WORDS || numbers.includes(-1)) return [];
  const bytes = bytesOf(numbers);
  const secrets: Uint8Array[] = [];
  for (let other = 0; other < WORD_LIST_LENGTH; other += 1) {
    putBits(bytes, index, other);
    if (other !== numbers[index] && isWhole(bytes)) secrets.push(bytes.slice(0, -1));
  }
  return secrets;
};

/** The seed of the paper member's keys: never the secret itself, which other software may know. */
export const recoverySeed = (secret: Uint8Array): Uint8Array => {
  assert(secret.length === RECOVERY_SECRET_BYTES, 'a recovery secret has 32 bytes');
  return hexToBytes(hashOf<string>(DOMAINS.recovery, secret));
};

const fault = (reason: RecoveryTextError['reason']): Result<never, RecoveryTextError> =>
  err({ reason, word: null, index: null });

/** The whole word that is meant, or null where the list has none. See parseRecoveryText. */
export const wholeWord = (word: string, list: readonly string[]): string | null =>
  list[placeOf(word.trim().toLowerCase(), list)] ?? null;

const placeOf = (word: string, list: readonly string[]): number => {
  const at = list.indexOf(word);
  if (at >= 0 || word.length < TELLING_LETTERS) return at;
  return list.findIndex((each) => each.startsWith(word));
};

/** Null where the checksum does not fit. */
const secretOf = (numbers: readonly number[]): Result<Uint8Array, never> | null => {
  const bytes = bytesOf(numbers);
  return isWhole(bytes) ? ok(bytes.slice(0, -1)) : null;
};

/** The secret and, in the last byte, its checksum. */
const bytesOf = (numbers: readonly number[]): Uint8Array => {
  const bytes = new Uint8Array(RECOVERY_SECRET_BYTES + 1);
  numbers.forEach((number, index) => putBits(bytes, index, number));
  return bytes;
};

const isWhole = (bytes: Uint8Array): boolean =>
  sha256(bytes.subarray(0, RECOVERY_SECRET_BYTES))[0] === bytes[RECOVERY_SECRET_BYTES];

const putBits = (bytes: Uint8Array, index: number, number: number): void => {
  for (let bit = 0; bit < BITS_PER_WORD; bit += 1) {
    const at = index * BITS_PER_WORD + bit;
    const mask = 1 << (7 - (at & 7));
    const isSet = ((number >> (BITS_PER_WORD - 1 - bit)) & 1) === 1;
    bytes[at >> 3] = isSet ? (bytes[at >> 3] ?? 0) | mask : (bytes[at >> 3] ?? 0) & ~mask;
  }
};

const elevenBits = (bytes: readonly number[], index: number): number => {
  let number = 0;
  for (let bit = 0; bit < BITS_PER_WORD; bit += 1) {
    const at = index * BITS_PER_WORD + bit;
    number = (number << 1) | (((bytes[at >> 3] ?? 0) >> (7 - (at & 7))) & 1);
  }
  return number;
};
