import type { UpgradeView, UpgradesView } from '../../../replica/view.js';

/** Whether this person can take an upgrade one step further on this device, and nobody else can. */
export const needsPerson = (upgrade: UpgradeView): boolean => {
  switch (upgrade.mine.kind) {
    case 'none':
      return upgrade.canFetch;
    case 'refused':
      return upgrade.canFetch && upgrade.mine.reason !== 'app-store';
    case 'rolled-back':
      return upgrade.canTryAgain;
    case 'verified':
    case 'running':
      return upgrade.canActivate;
    case 'fetching':
    case 'awaited':
    case 'trial':
    case 'declined':
      return false;
  }
};

/** What brings a device back that a hard fork left behind, be it past; null where none is known. */
export const wayBack = ({ fencedOut, pending, past }: UpgradesView): UpgradeView | null =>
  [...pending, ...past].find(({ id }) => id === fencedOut?.upgrade) ?? null;

/** The upgrade that stands first: the way back, what needs the person, else what is under way. */
export const leadingUpgrade = (upgrades: UpgradesView): UpgradeView | null => {
  const open = upgrades.pending.filter((each) => !isSettled(each));
  return wayBack(upgrades) ?? open.find(needsPerson) ?? open[0] ?? null;
};

/** Runs here, is in force, and asks nothing of anybody any more. */
export const isSettled = (upgrade: UpgradeView): boolean =>
  upgrade.mine.kind === 'running' &&
  !upgrade.canActivate &&
  (upgrade.fork === 'soft' ? upgrade.stage === 'active' : upgrade.fence !== null);
