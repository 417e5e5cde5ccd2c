import { need } from '../../core/authority/capability.js';
import { readinessNeeded, readinessRuled } from '../../core/upgrades/upgrade-state.js';
import type { DeviceId } from '../../core/base/brands.js';
import type { Holdings } from '../journal/holdings.js';
import { isSetAside } from '../journal/set-aside.js';
import type { UpgradeReading } from './upgrade-reading.js';

/** How many devices have to be ready before a version is agreed to (rule U4). */
export interface ReadyRuleView {
  /** What was asked for last; null: as many as decide over the devices. */
  readonly asked: number | null;
  /** What that comes to now, with these devices. */
  readonly needed: number;
  /** As many as decide, and no fewer. */
  readonly least: number;
  /** All that can be ready: paper runs nothing. */
  readonly most: number;
  /** Who said so last; null where nobody ever did. */
  readonly said: { readonly device: DeviceId; readonly atMs: number } | null;
  /** Whether this device may change it. */
  readonly mayChange: boolean;
  /** Whether it may let go of it, so that as many as decide are enough again. */
  readonly mayLetGo: boolean;
}

/** Like every rule of the account it is let go of by whoever may change the devices as well. */
export const viewReadyRule = (
  holdings: Holdings,
  { rules, devices }: Pick<UpgradeReading, 'rules' | 'devices'>,
): ReadyRuleView => {
  const { tip } = holdings.chain();
  const last = rules.at(-1) ?? null;
  const asked = last?.devices ?? null;
  const isFree = !isSetAside(holdings, holdings.me);
  const mayChange = isFree && need('policy_change')(tip, holdings.me);
  return {
    ...{ asked, needed: readinessRuled(tip, asked), least: readinessNeeded(tip) },
    most: devices.length,
    said: last === null ? null : { device: last.author, atMs: last.atMs },
    ...{ mayChange, mayLetGo: mayChange || (isFree && need('roster_change')(tip, holdings.me)) },
  };
};
