import type { DeviceId } from '../../core/base/brands.js';
import { brandHex, isHex32 } from '../../core/base/brands.js';
import type { CanonicalValue } from '../../core/base/canonical.js';
import { compareBytes } from '../../core/base/hash.js';
import { assert } from '../../core/base/result.js';
import { RECOVERY_WORDS } from '../../core/authority/recovery-key.js';
import type { Randomness } from '../../ports/randomness.js';
import type { PaperKeys } from '../../ports/paper.js';
import type { Change, Row } from '../../ports/store.js';
import type { RecoveryAnswer } from './recovery-view.js';
import { KEYS, putRow, readRow } from '../storage/rows.js';

/**
 * What a device keeps of a recovery key that it made, to ask for three words now and then.
 *
 * Slow hashes of three triples from nine places that are drawn once: whoever reads the store and
 * breaks all three learns nine words, and the other fifteen hold 157 bits still. Nothing is kept of
 * a single word, which 2048 guesses would give away.
 * Source: rule A5, DECISIONS.
 */
export interface RecoveryNote {
  readonly member: DeviceId;
  readonly addedMs: number;
  readonly checkedMs: number | null;
  /** How often it was checked: decides which triple is asked for next. */
  readonly checks: number;
  readonly salt: Uint8Array;
  /** Empty on devices that did not make the key. */
  readonly triples: readonly Triple[];
}

interface Triple {
  /** Three places from 0, rising. */
  readonly places: readonly number[];
  readonly hash: Uint8Array;
}

const TRIPLES = 3;
const PLACES_OF_TRIPLE = 3;
const DAY_MS = 24 * 3_600_000;
/** The words are asked for after a week, and every 90 days from then on. */
export const FIRST_CHECK_MS = 7 * DAY_MS;
export const NEXT_CHECK_MS = 90 * DAY_MS;

/** Prepares what later checks need; the words themselves are let go of. */
export const noteRecovery = async (
  paper: PaperKeys,
  randomness: Randomness,
  made: { readonly member: DeviceId; readonly words: readonly string[]; readonly atMs: number },
): Promise<RecoveryNote> => {
  const salt = randomness.bytes(32);
  const places = drawPlaces(randomness);
  const triples: Triple[] = [];
  for (let at = 0; at < places.length; at += PLACES_OF_TRIPLE) {
    const chosen = places.slice(at, at + PLACES_OF_TRIPLE).sort((a, b) => a - b);
    const answers = chosen.map((index) => ({ index, word: made.words[index] ?? '' }));
    triples.push({ places: chosen, hash: await paper.slowHash(textOf(answers), salt) });
  }
  const { member, atMs: addedMs } = made;
  return { member, addedMs, checkedMs: null, checks: 0, salt, triples };
};

/** The places that are asked for now; none where this device cannot ask for three. */
export const askedPlaces = ({ triples, checks }: RecoveryNote): readonly number[] =>
  triples[checks % Math.max(1, triples.length)]?.places ?? [];

/** When the words are asked for next, wall ms; null where this device cannot. */
export const checkDueMs = (note: RecoveryNote): number | null => {
  if (note.triples.length === 0) return null;
  const { addedMs, checkedMs } = note;
  return checkedMs === null ? addedMs + FIRST_CHECK_MS : checkedMs + NEXT_CHECK_MS;
};

/** Whether three answers are the words of one of the triples. */
export const areRightWords = async (
  paper: PaperKeys,
  note: RecoveryNote,
  answers: readonly RecoveryAnswer[],
): Promise<boolean> => {
  const sorted = [...answers].sort((a, b) => a.index - b.index);
  const places = sorted.map(({ index }) => index).join();
  const triple = note.triples.find((each) => each.places.join() === places);
  if (triple === undefined) return false;
  return compareBytes(await paper.slowHash(textOf(sorted), note.salt), triple.hash) === 0;
};

export const noteRow = (note: RecoveryNote): Change =>
  putRow('own', KEYS.recovery(note.member), {
    added: note.addedMs,
    checked: note.checkedMs,
    checks: note.checks,
    salt: note.salt,
    triples: note.triples.map(({ places, hash }) => [[...places], hash]),
  });

/** Reads the notes back; a row that is not one is passed over. */
export const readNotes = (rows: readonly Row[]): Map<DeviceId, RecoveryNote> => {
  const notes = new Map<DeviceId, RecoveryNote>();
  for (const { key, value } of rows) {
    const [kind, name = ''] = key.split(':');
    if (kind !== 'recovery' || !isHex32(name)) continue;
    const note = noteFrom(brandHex<DeviceId>(name), readRow(value));
    if (note !== null) notes.set(note.member, note);
  }
  return notes;
};

const noteFrom = (member: DeviceId, value: CanonicalValue): RecoveryNote | null => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
  const held = value as { readonly [key: string]: CanonicalValue };
  const { added, checked, checks, salt, triples } = held;
  const isSound =
    typeof added === 'number' &&
    (checked === null || typeof checked === 'number') &&
    typeof checks === 'number' &&
    salt instanceof Uint8Array &&
    Array.isArray(triples);
  if (!isSound) return null;
  return {
    ...{ member, addedMs: added, checkedMs: checked, checks: Math.max(0, checks), salt },
    triples: (triples as readonly CanonicalValue[]).flatMap(tripleFrom),
  };
};

const tripleFrom = (value: CanonicalValue): Triple[] => {
  const [places, hash] = Array.isArray(value) ? (value as readonly CanonicalValue[]) : [];
  if (!Array.isArray(places) || !(hash instanceof Uint8Array)) return [];
  const numbers = (places as readonly CanonicalValue[]).flatMap((each) =>
    typeof each === 'number' ? each : [],
  );
  return numbers.length === PLACES_OF_TRIPLE ? [{ places: numbers, hash }] : [];
};

const textOf = (answers: readonly RecoveryAnswer[]): string =>
  answers.map(({ index, word }) => `${index} ${word.trim().toLowerCase()}`).join('\n');

/** Nine different places, evenly drawn: bytes that would favour low places are drawn again. */
const drawPlaces = (randomness: Randomness): readonly number[] => {
  const left = Array.from({ length: RECOVERY_WORDS }, (_, index) => index);
  const drawn: number[] = [];
  while (drawn.length < TRIPLES * PLACES_OF_TRIPLE) {
    const byte = randomness.bytes(1)[0];
    assert(byte !== undefined, 'a byte was drawn');
    if (byte >= 256 - (256 % left.length)) continue;
    drawn.push(...left.splice(byte % left.length, 1));
  }
  return drawn;
};
