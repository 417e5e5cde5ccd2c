import { type DeviceId, brandHex } from '../base/brands.js';
import type { CanonicalValue } from '../base/canonical.js';
import { bytesToHex, hexToBytes } from '../base/hash.js';
import type { BodyOf } from '../facts/bodies.js';
import type { Marks } from './marks.js';

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

/** The latest word of any member who may say it counts (the judge asked who may). */
export const policyMark = (
  author: DeviceId,
  { name, value }: BodyOf<'policy.changed'>,
): readonly [string, CanonicalValue] => [POLICY + name, [value, hexToBytes(author)]];

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
