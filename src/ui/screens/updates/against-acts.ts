import type { UpgradeView, UpgradesView } from '../../../replica/view.js';

/** What is said against an upgrade, always with a reason. */
export type AgainstAct = 'decline' | 'veto' | 'revoke' | 'halt';

/** What this device may do against it for all devices, the mildest first. */
export const againstActs = (
  upgrade: UpgradeView,
  { mayPublish }: UpgradesView,
): readonly Exclude<AgainstAct, 'decline'>[] => [
  ...(mayPublish && upgrade.canRevoke && upgrade.halted === null ? (['halt'] as const) : []),
  ...(upgrade.canVeto ? (['veto'] as const) : []),
  ...(upgrade.canRevoke ? (['revoke'] as const) : []),
];

/** Whether there is anything of the kind, going on after a stop included. */
export const canManage = (upgrade: UpgradeView, upgrades: UpgradesView): boolean =>
  againstActs(upgrade, upgrades).length > 0;
