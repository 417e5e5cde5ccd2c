import { transitionChecks as checks } from '../../../src/core/authority/transition.js';
import type { AccountId } from '../../../src/core/base/brands.js';
import type { RosterCompletion } from '../../../src/core/authority/roster-completion.js';
import type { RosterRecord } from '../../../src/core/authority/roster.js';

export * from '../../../src/core/authority/transition.js';

interface Asked {
  readonly account: AccountId | null;
  readonly record: RosterRecord | null;
  readonly made: ReturnType<typeof checks>;
}

const askedByCompletion = new WeakMap<RosterCompletion, Asked>();

/** The transitionChecks of the app, asked once for the same objects in memory. */
export const transitionChecks: typeof checks = (completion, predecessor) => {
  const held = askedByCompletion.get(completion);
  const { account = null, record = null } = predecessor ?? {};
  if (held?.account === account && held.record === record) return held.made;
  const made = checks(completion, predecessor);
  askedByCompletion.set(completion, { account, record, made });
  return made;
};
