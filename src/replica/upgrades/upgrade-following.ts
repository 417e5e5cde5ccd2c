import { switchBlocker } from '../../core/upgrades/switch-guard.js';
import { type Upgrade, isOver } from '../../core/upgrades/upgrade.js';
import type { Holdings } from '../journal/holdings.js';
import type { UpgradeRoom } from './upgrade-service.js';
import { isAwaited } from './upgrade-waiting.js';

/** What was tried lately is not tried again at once. */
export interface Tries {
  readonly isDue: (upgrade: Upgrade, nowMs: number) => boolean;
  readonly note: (upgrade: Upgrade, nowMs: number) => void;
}

/**
 * What this device does about soft upgrades with nobody asking: it fetches the newest, or switches
 * to it, each as its own policy says (rules U2 and U4).
 */
export const followUpgrades = async (
  holdings: Holdings,
  { own, health, fetching, read, groundOf }: UpgradeRoom,
  tries: Tries,
  reload: (() => void) | undefined,
): Promise<void> => {
  const { fetch, activate } = own.policies();
  const reading = read(holdings);
  const { upgrades } = reading.state;
  const open = upgrades.filter((each) => each.body.fork === 'soft' && !isOver(each));
  const newest = open.reduce<Upgrade | null>(
    (best, each) => (best !== null && best.body.sequence >= each.body.sequence ? best : each),
    null,
  );
  if (newest === null) return;

  const blockerOf = (upgrade: Upgrade) => switchBlocker(upgrade, groundOf(holdings, upgrade));

  /** What a person may switch to now is not taken away for what was not agreed to yet. */
  const isKept = (): boolean => {
    const idle = own.state()?.idle?.manifest;
    const staged = upgrades.find(({ body }) => body.manifest === idle);
    const isWaiting = activate === 'manual' && newest.lockedInMs === null;
    return isWaiting && staged !== undefined && blockerOf(staged) === null;
  };

  const mayFetch = (): boolean => {
    const said = newest.readiness.get(holdings.me);
    if (said?.verdict === 'rejected' || isAwaited(said?.reason ?? null)) return false;
    return !fetching.isBusy() && tries.isDue(newest, reading.nowMs);
  };

  const blocker = blockerOf(newest);
  if (blocker === null) {
    // What would lose something is for a person to decide.
    const losing = newest.readiness.get(holdings.me)?.trial?.lossy ?? [];
    if (activate === 'manual' || losing.length > 0) return;
    await health.note();
    const tried = await own.ask((bundles) => bundles.tryStaged());
    if (tried.ok) reload?.();
  } else if (blocker.kind === 'not-verified' && fetch === 'auto' && !isKept() && mayFetch()) {
    tries.note(newest, reading.nowMs);
    fetching.start(newest);
  }
};
