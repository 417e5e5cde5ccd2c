import { BEFORE_POLICY, type HealthReport, TRIAL_POLICY } from '../../core/health/checks.js';
import type { Context } from '../context.js';
import type { PeerChoice } from '../snapshots/payload-exchange.js';
import type { OwnBundle } from '../upgrades/own-bundle.js';
import type { HealthCheck } from './embedded-checks.js';
import { standingChecks, trialChecks } from './health-checks.js';
import { type Check, runChecks } from './run-checks.js';
import { wholeJournal, widerChecks } from './wider-look.js';

/** The looks that there are at a device (rule H1). */
export interface Looks {
  /** Before a switch: a person waits. */
  readonly before: () => Promise<HealthReport>;
  /** Under the bundle that runs since `sinceMs`; `contradiction` speaks against its digest. */
  readonly onTrial: (sinceMs: number, contradiction: () => string | null) => Promise<HealthReport>;
  /** Everything once, and the whole journal. */
  readonly atAll: () => Promise<HealthReport>;
}

export const createLooks = (
  context: Context,
  own: OwnBundle,
  peers: Pick<PeerChoice, 'ranked'>,
  embedded: readonly HealthCheck[],
): Looks => {
  const { clock } = context.ports;
  const standing = (): readonly Check[] => [
    ...standingChecks(context, own),
    ...widerChecks(context, own, peers, embedded),
  ];

  return {
    before: () => runChecks(clock, standing(), BEFORE_POLICY),
    onTrial: (sinceMs, contradiction) =>
      runChecks(
        clock,
        [...standing(), ...trialChecks(context, sinceMs, contradiction)],
        TRIAL_POLICY,
      ),
    atAll: () => {
      const whole = wholeJournal(context);
      const rest = standing().filter(({ name }) => name !== whole.name);
      return runChecks(clock, [...rest, whole], BEFORE_POLICY);
    },
  };
};
