import type { RosterRecord } from '../../core/authority/roster.js';
import { encodeRosterRecord, parseRosterRecord } from '../../core/authority/roster.js';
import type { DeviceId } from '../../core/base/brands.js';
import { LIMITS } from '../../core/base/limits.js';
import { compareBy, compareText } from '../../core/base/ordering.js';
import {
  bytes,
  characters,
  flag,
  hex32,
  nullable,
  readShape,
  signature64,
  unsigned,
} from '../../core/base/shape.js';
import { map, row, sortedList } from '../../core/base/shape-groups.js';
import type { Change } from '../../ports/store.js';
import { KEYS, putRow, readRow } from '../storage/rows.js';

/** What somebody who was asked said; null: no. */
export interface LeaverAnswer {
  readonly device: DeviceId;
  readonly signature: Uint8Array | null;
}

/** An account that this device is founding, as it is kept until it is there. */
export interface OwnLeaving {
  readonly profile: string;
  readonly record: RosterRecord;
  /** The secret of its first epoch, sealed to its founder's new keys. */
  readonly envelope: Uint8Array;
  readonly tail: boolean;
  /** Sorted. */
  readonly asked: readonly DeviceId[];
  /** Sorted by device; the founder's own first yes is among them. */
  readonly answers: readonly LeaverAnswer[];
  readonly foundedMs: number | null;
}

const device = hex32<DeviceId>();
const byDevice = compareBy((each: LeaverAnswer) => each.device, compareText);
const max = LIMITS.rosterMembersMax;

const shape = map({
  profile: characters(1, 32),
  record: bytes(1, LIMITS.factBytesMax),
  envelope: bytes(1, LIMITS.factBytesMax),
  tail: flag,
  asked: sortedList(device, compareText, max),
  answers: sortedList(row({ device, signature: nullable(signature64) }), byDevice, max),
  foundedMs: nullable(unsigned),
});

/** The row of what is being founded. */
export const leavingRow = (leaving: OwnLeaving): Change =>
  putRow(
    'own',
    KEYS.leaving,
    shape.toCanonical({ ...leaving, record: encodeRosterRecord(leaving.record) }),
  );

/** Null where it is damaged. */
export const readLeaving = (value: Uint8Array): OwnLeaving | null => {
  const read = readShape(shape, readRow(value));
  const record = read.ok ? parseRosterRecord(read.value.record) : null;
  return read.ok && record?.ok ? { ...read.value, record: record.value } : null;
};

/** The answers with one more; of one device the last counts. */
export const withAnswer = (leaving: OwnLeaving, answer: LeaverAnswer): OwnLeaving => {
  const others = leaving.answers.filter((each) => each.device !== answer.device);
  return { ...leaving, answers: [...others, answer].sort(byDevice) };
};

const answerShape = map({
  by: device,
  isYes: flag,
  profile: nullable(characters(1, 32)),
  atMs: unsigned,
  isFounded: flag,
});

/** What this device's person said to a member that leaves. */
export interface GivenAnswer {
  readonly by: DeviceId;
  readonly isYes: boolean;
  /** Where the new account may live in this browser; null: no, or nowhere. */
  readonly profile: string | null;
  readonly atMs: number;
  readonly isFounded: boolean;
}

/** The value of that row. */
export const givenAnswerRow = answerShape.toCanonical;

/** Null where it is damaged. */
export const readGivenAnswer = (value: Uint8Array): GivenAnswer | null => {
  const read = readShape(answerShape, readRow(value));
  return read.ok ? read.value : null;
};
