import type { FactId } from '../../core/base/brands.js';
import { LIMITS } from '../../core/base/limits.js';
import { err, ok } from '../../core/base/result.js';
import type { Body } from '../../core/facts/bodies.js';
import { causeOf } from '../../core/health/checks.js';
import { bindingBlocker, switchBlocker } from '../../core/upgrades/switch-guard.js';
import { type Upgrade, isOver } from '../../core/upgrades/upgrade.js';
import type { Done } from '../command-error.js';
import type { Context } from '../context.js';
import type { Holdings } from '../journal/holdings.js';
import type { Intake } from '../journal/intake.js';
import { remarkOf } from '../loop/remark.js';
import type { UpgradeCommands } from './upgrade-commands.js';
import { blocked, fenceBehind, fetchBlocker, hasVetoed } from './upgrade-guards.js';
import { lacking, mayTryAgain } from './upgrade-guards.js';
import type { Publishing } from './upgrade-publishing.js';
import type { UpgradeService } from './upgrade-service.js';

/** Asks the devices to make a hard fork's bundle binding. */
export type AskBinding = (upgrade: Upgrade) => Done<unknown>;

export interface UpgradeDeedParts {
  readonly upgrades: UpgradeService;
  readonly publishing: Publishing;
  readonly askBinding: AskBinding;
  readonly rules: Pick<UpgradeCommands, 'requireAgreedCode' | 'requireReady'>;
  readonly isAsked: (holdings: Holdings, upgrade: Upgrade) => boolean;
}

/** What people do about upgrades; each runs in its turn. */
export const createUpgradeDeeds = (
  context: Context,
  intake: Intake,
  { upgrades, publishing, askBinding, rules, isAsked }: UpgradeDeedParts,
): UpgradeCommands => {
  const { own, fetching, waiting, health } = upgrades;

  const about = async <T = void>(
    id: FactId,
    deed: (upgrade: Upgrade, holdings: Holdings) => Done<T>,
  ): Done<T> => {
    const { holdings } = context;
    if (holdings === null) return err({ kind: 'no-account' });
    const upgrade = upgrades.read(holdings).find(id);
    return upgrade === null ? err({ kind: 'unknown-upgrade' }) : deed(upgrade, holdings);
  };

  const say = async (...bodies: readonly Body[]): Done => {
    const done = await intake.own(bodies);
    return done.ok ? ok(undefined) : err({ kind: 'store', error: done.error });
  };

  /** What only the capability lets a device say. */
  const order = (
    upgrade: FactId,
    kind: 'upgrade.revoked' | 'upgrade.halted' | 'upgrade.resumed',
    reason: string,
  ): Done =>
    about(upgrade, async (held, holdings) => {
      const refusal = lacking(holdings, 'upgrade_publish');
      if (refusal !== null) return refusal;
      if (isOver(held)) return blocked({ kind: 'over' });
      if (held.fence !== null) return blocked({ kind: 'already-active' });
      return say({ kind, upgrade, reason: remarkOf(reason) });
    });

  const switchTo = async (upgrade: Upgrade, holdings: Holdings): Done<{ reload: boolean }> => {
    const blocker = switchBlocker(upgrade, upgrades.groundOf(holdings, upgrade));
    if (blocker !== null) return blocked(blocker);
    await health.note();
    const tried = await own.ask((bundles) => bundles.tryStaged());
    return tried.ok ? ok({ reload: true }) : tried;
  };

  const bind = async (upgrade: Upgrade, holdings: Holdings): Done<{ reload: boolean }> => {
    const chain = holdings.chain();
    const blocker = bindingBlocker(upgrade, {
      devices: upgrades.read(holdings).devices,
      mayActivate: lacking(holdings, 'upgrade_activate') === null,
      isForked: chain.isForked,
      isAsked: isAsked(holdings, upgrade),
    });
    if (blocker !== null) return blocked(blocker);
    const asked = await askBinding(upgrade);
    return asked.ok ? ok({ reload: false }) : asked;
  };

  const goBack = async (reason: string, cause: 'person' | 'health'): Done => {
    const { holdings } = context;
    const fence = holdings === null ? null : fenceBehind(holdings, upgrades);
    if (fence !== null) return blocked(fence);
    return own.ask((bundles) => bundles.rollBack(remarkOf(reason), cause));
  };

  return {
    ...rules,
    publish: publishing.publish,
    discover: publishing.discover,
    fetch: (id, isAgain = false) =>
      about(id, async (upgrade, holdings) => {
        if (isAgain && mayTryAgain(upgrade, upgrades, holdings)) {
          const freed = await own.ask((bundles) => bundles.readmit(upgrade.body.content));
          if (!freed.ok) return freed;
        }
        const reason = fetchBlocker(upgrade, upgrades, holdings);
        if (reason !== null) return blocked(reason);
        return fetching.start(upgrade) ? ok(undefined) : blocked({ kind: 'fetching' });
      }),
    cancelFetch: (id) =>
      about(id, async () => {
        waiting.forget(id);
        return ok(fetching.cancel(id));
      }),
    decline: (id, words) =>
      about(id, async (upgrade) => {
        if (isOver(upgrade)) return blocked({ kind: 'over' });
        fetching.cancel(id);
        const bundle = own.state()?.active?.content ?? null;
        if (bundle === upgrade.body.content) return blocked({ kind: 'already-running' });
        const verdict = 'rejected';
        const reason = remarkOf(words);
        return say(
          { kind: 'upgrade.readied', upgrade: id, verdict, reason: 'declined', bundle },
          ...(reason === '' ? [] : [{ kind: 'upgrade.declined', upgrade: id, reason } as const]),
        );
      }),
    veto: (id, reason) =>
      about(id, async (upgrade, holdings) => {
        if (upgrade.lockedInMs !== null) return blocked({ kind: 'locked-in' });
        if (isOver(upgrade)) return blocked({ kind: 'over' });
        if (hasVetoed(upgrades, holdings, upgrade)) return err({ kind: 'already-vetoed' });
        return say({ kind: 'upgrade.vetoed', upgrade: id, reason: remarkOf(reason) });
      }),
    revoke: (id, reason) => order(id, 'upgrade.revoked', reason),
    halt: (id, reason) => order(id, 'upgrade.halted', reason),
    resume: (id) => order(id, 'upgrade.resumed', ''),
    activate: (id) =>
      about(id, async (upgrade, holdings) => {
        const isRunning = own.state()?.active?.content === upgrade.body.content;
        const isBinding = upgrade.body.fork === 'hard' && (isRunning || upgrade.fence !== null);
        const wantsBinding = isBinding && upgrade.fence === null;
        return wantsBinding ? bind(upgrade, holdings) : switchTo(upgrade, holdings);
      }),
    confirmHealthy: (trial) => own.ask((bundles) => bundles.confirm(trial)),
    noteHealth: async () => ok(await health.note()),
    look: async () => {
      const report = await health.look();
      return report === null ? err({ kind: 'busy' }) : ok(report);
    },
    prove: async () => {
      const [blamed] = await health.prove();
      if (blamed !== undefined) {
        const back = await goBack(causeOf(blamed), 'health');
        return back.ok ? ok({ reload: true }) : back;
      }
      const trial = own.state()?.running?.trial ?? null;
      if (trial === null || own.state()?.trial?.number !== trial) return ok({ reload: false });
      const confirmed = await own.ask((bundles) => bundles.confirm(trial));
      return confirmed.ok ? ok({ reload: false }) : confirmed;
    },
    rollBack: (reason) => goBack(reason, 'person'),
    setPolicies: async (policies) => {
      const { cohort = '' } = policies;
      const max = LIMITS.purposeCharactersMax;
      if (cohort.length > max) return err({ kind: 'too-long', field: 'cohort', max });
      if (remarkOf(cohort) !== cohort) return err({ kind: 'ill-formed', field: 'cohort' });
      return (await own.setPolicies(policies)) ? ok(undefined) : err({ kind: 'busy' });
    },
  };
};
