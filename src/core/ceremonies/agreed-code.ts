import type { DeviceId, Hash } from '../base/brands.js';
import type { Approval, Ceremony } from './ceremony.js';

/** What the account says of code: what it agreed to run, and whether only that counts (rule C7). */
export interface CodeTerms {
  /** A yes that was given on foreign code completes nothing here. */
  readonly isRequired: boolean;
  /** Roots of the bundles that the account agreed to run. */
  readonly agreed: ReadonlySet<Hash>;
}

/**
 * Whether a root is foreign to the account. What names none is not: a key on paper runs no code,
 * and a share may come before its fact. It is a claim, so a liar names what it likes.
 */
export const isForeignCode = (bundle: Hash | null, agreed: ReadonlySet<Hash>): boolean =>
  bundle !== null && !agreed.has(bundle);

/**
 * The yeses with which this device would complete a decision now.
 *
 * Only honest devices keep to it, each by what it knows at that time: what was completed stands by
 * its signatures alone, whatever was said of code before or after (rule C10).
 */
export const countedApprovals = (
  { approvals }: Pick<Ceremony, 'approvals'>,
  { isRequired, agreed }: CodeTerms,
): ReadonlyMap<DeviceId, Approval> =>
  isRequired
    ? new Map([...approvals].filter(([, { bundle }]) => !isForeignCode(bundle, agreed)))
    : approvals;
