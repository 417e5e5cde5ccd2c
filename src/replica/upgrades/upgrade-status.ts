import type { DeviceId, FactId } from '../../core/base/brands.js';
import { err, ok } from '../../core/base/result.js';
import type { Done, Replica } from '../commands.js';
import type { ReadinessView, SwitchView, UpgradeStage, UpgradeView } from './upgrade-view.js';
import type { View } from '../view.js';

/** How far an upgrade came, as this device knows it (rule U11). */
export interface UpgradeStatus {
  readonly stage: UpgradeStage;
  /** Devices whose readiness counts: of a hard fork those that run it. */
  readonly ready: number;
  readonly needed: number;
  /** How many devices there are to become ready. */
  readonly of: number;
  /** Who is not ready, or said no; sorted. */
  readonly missing: readonly DeviceId[];
  /** When it locked in, else when it was published; wall ms as claimed. */
  readonly sinceMs: number;
}

const find = ({ upgrades: { pending, past } }: View, upgrade: FactId): UpgradeView | null =>
  [...pending, ...past].find(({ id }) => id === upgrade) ?? null;

/** Ready n of N, missing whom, since when. Null: no such upgrade is known here. */
export const upgradeStatus = (view: View, upgrade: FactId): UpgradeStatus | null => {
  const found = find(view, upgrade);
  if (found === null) return null;
  const { stage, ready, needed, readiness, fork, lockedInMs, publishedMs } = found;
  const counts = ({ verdict, isRunning }: ReadinessView): boolean =>
    verdict === 'ready' && (fork === 'soft' || isRunning);
  const missing = readiness.filter((row) => !counts(row)).map(({ device }) => device);
  return {
    stage,
    ready,
    needed,
    of: readiness.length,
    missing,
    sinceMs: lockedInMs ?? publishedMs,
  };
};

/** Whether this device runs it and found it good, or runs a later release. */
export const hasUpgraded = (view: View, upgrade: FactId): boolean => {
  const found = find(view, upgrade);
  const { running } = view.upgrades;
  if (found === null || running === null || running.state !== 'good') return false;
  return running.content === found.content || running.sequence > found.sequence;
};

/** Whether its files lie here, checked, or run here: this device could go along with it. */
export const isReadyForUpgrade = (view: View, upgrade: FactId): boolean => {
  const mine = find(view, upgrade)?.mine.kind;
  return mine === 'verified' || mine === 'trial' || mine === 'running';
};

/** The identity epoch in force: the fence of a hard fork is one. Null without an account. */
export const currentEpoch = (view: View): number | null => view.account?.identityEpoch ?? null;

/** Each time that this device went back, by itself or by hand; newest first. */
export const rollbackHistory = (view: View): readonly SwitchView[] =>
  view.upgrades.history.filter(({ outcome }) => outcome === 'rolled-back');

/** Back to the bundle before; the page is to load itself anew. Errors: those of `rollBack`. */
export const triggerRollback = (replica: Replica, reason: string): Done =>
  replica.upgrades.rollBack(reason);

/**
 * Takes the next step towards an upgrade that this device can take alone.
 *
 * fetching: it is fetched and checked now, call again once it is `isReadyForUpgrade`; reload: it is
 * on trial, load the page anew; upgraded: nothing is left to do. Nothing is made binding by it.
 * Errors: `unknown-upgrade`, `upgrade-blocked`, `bundle`.
 */
export const enforceUpgrade = async (
  replica: Replica,
  upgrade: FactId,
): Done<'fetching' | 'reload' | 'upgraded'> => {
  const view = replica.view();
  const found = find(view, upgrade);
  if (found === null) return err({ kind: 'unknown-upgrade' });
  if (hasUpgraded(view, upgrade)) return ok('upgraded');
  switch (found.mine.kind) {
    case 'fetching':
      return ok('fetching');
    case 'trial':
    case 'running':
      return ok('reload');
    case 'verified': {
      const done = await replica.upgrades.activate(upgrade);
      return done.ok ? ok('reload') : done;
    }
    default: {
      const begun = await replica.upgrades.fetch(upgrade);
      return begun.ok ? ok('fetching') : begun;
    }
  }
};
