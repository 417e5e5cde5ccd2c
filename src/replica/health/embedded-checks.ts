import { BEFORE_POLICY, CRITICAL_CHECKS, type CheckPolicy } from '../../core/health/checks.js';
import { DEGRADING_CHECKS } from '../../core/health/wider-checks.js';
import { type Check, failing } from './run-checks.js';

/**
 * A check of whoever embeds the app, looked at with its own (rule H1).
 *
 * A critical one that fails under a bundle on trial, and did not before, takes the device back.
 */
export interface HealthCheck {
  /** 1 to 40 characters, and none of the app's own names: such a check is passed over. */
  readonly name: string;
  readonly isCritical: boolean;
  /** Null: as patient as the app's own; what only degrades is then looked at once. */
  readonly policy: CheckPolicy | null;
  /** Null: it is well; else why not, for the log. What throws is not well. */
  readonly look: () => Promise<string | null>;
}

const NAME_CHARACTERS_MAX = 40;
const OWN_NAMES: readonly string[] = [...CRITICAL_CHECKS, ...DEGRADING_CHECKS];

/** Those that are of their form, each name once. */
export const checksOf = (embedded: readonly HealthCheck[]): readonly Check[] => {
  const taken = new Set(OWN_NAMES);
  return embedded.flatMap(({ name, isCritical, policy, look }): readonly Check[] => {
    if (name === '' || name.length > NAME_CHARACTERS_MAX || taken.has(name)) return [];
    taken.add(name);
    const find: Check['look'] = async () => {
      const cause = await look();
      return cause === null ? null : failing(cause);
    };
    return [
      { name, isCritical, policy: policy ?? (isCritical ? null : BEFORE_POLICY), look: find },
    ];
  });
};
