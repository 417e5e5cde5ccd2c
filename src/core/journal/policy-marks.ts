import { type DeviceId, brandHex } from '../base/brands.js';
import type { CanonicalValue } from '../base/canonical.js';
import { bytesToHex, hexToBytes } from '../base/hash.js';
import type { BodyOf } from '../facts/bodies.js';
import type { Marks } from './marks.js';
import { type Stamp, compareStamps } from './registers.js';

/** What was last said of one rule of the account, by whom, and when (wall ms as claimed). */
export interface PolicyWord {
  /** Null: as an account begins. */
  readonly value: string | null;
  readonly author: DeviceId;
  readonly atMs: number;
}

const POLICY = 'policy/';
/** The rule that a yes counts only where it was given on code that the account agreed to (C7). */
export const AGREED_CODE = 'agreed-code';
/** What switches that rule on; any other value leaves it off. */
export const AGREED_CODE_REQUIRED = 'required';

/** Begins the names under which it is said how many devices have to be ready (rule U4). */
const READY_DEVICES = 'ready-devices/';
const WHOLE = /^[1-9]\d{0,5}$/;

/** One word on how many devices have to be ready, and where it stands among all facts. */
export interface ReadyWord extends Stamp {
  /** Null: as many as decide over the devices. */
  readonly devices: number | null;
  readonly author: DeviceId;
  readonly atMs: number;
}

/** The latest word of any member who may say it counts (the judge asked who may). */
export const policyMark = (
  author: DeviceId,
  { name, value }: BodyOf<'policy.changed'>,
): readonly [string, CanonicalValue] => [POLICY + name, [value, hexToBytes(author)]];

/**
 * A name for one more word on it. Each has its own, so that all of them stay: what was agreed to
 * under one is not judged by a later one.
 */
export const readyDevicesName = (nonce: Uint8Array): string => READY_DEVICES + bytesToHex(nonce);

/** All words on it in the order of (lamport, session, seq); one that is no number is none. */
export const readyDevicesWords = (marks: Marks): readonly ReadyWord[] => {
  const found: ReadyWord[] = [];
  for (const [name, { lamport, session, seq }] of marks) {
    if (!name.startsWith(POLICY + READY_DEVICES)) continue;
    const word = policyOf(marks, name.slice(POLICY.length));
    if (word === null || (word.value !== null && !WHOLE.test(word.value))) continue;
    const { value, author, atMs } = word;
    const devices = value === null ? null : Number(value);
    found.push({ devices, author, atMs, lamport, session, seq });
  }
  return found.sort(compareStamps);
};

/** The last word on a rule; null where nobody ever said one. */
export const policyOf = (marks: Marks, name: string): PolicyWord | null => {
  const mark = marks.get(POLICY + name);
  if (!Array.isArray(mark?.value)) return null;
  const [value, author] = mark.value;
  const isWord = (value === null || typeof value === 'string') && author instanceof Uint8Array;
  if (!isWord) return null;
  return { value, author: brandHex<DeviceId>(bytesToHex(author)), atMs: mark.wallMs };
};

/** Whether an honest device completes nothing with a yes that was given on foreign code (C7). */
export const isAgreedCodeRequired = (marks: Marks): boolean =>
  policyOf(marks, AGREED_CODE)?.value === AGREED_CODE_REQUIRED;
