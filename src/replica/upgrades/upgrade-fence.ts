import type { DeviceId } from '../../core/base/brands.js';
import { type Bar, type FencedOut, fencedOutOf } from '../../core/upgrades/binding.js';
import { rollOutOf, waveOf } from '../../core/upgrades/roll-out.js';
import type { Upgrade } from '../../core/upgrades/upgrade.js';
import type { OwnBundle } from './own-bundle.js';
import type { UpgradeReading } from './upgrade-reading.js';

/** What keeps this device out, and its way back in; null where no hard fork left it behind. */
export const fencedOutHere = (
  me: DeviceId,
  own: Pick<OwnBundle, 'state' | 'protocols'>,
  reading: UpgradeReading,
): FencedOut | null => {
  const { activations, state } = reading;
  const failed = own.state()?.quarantined ?? [];
  const barOf = (upgrade: Upgrade): Bar => {
    const { content } = upgrade.body;
    const { open } = rollOutOf(upgrade, reading) ?? { open: Infinity };
    const isHeldBack = upgrade.halted !== null || waveOf(upgrade, me) > open;
    if (isHeldBack || state.quarantined.has(content)) return 2;
    return failed.includes(content) ? 1 : 0;
  };
  return fencedOutOf(activations, state.upgrades, own.protocols(), barOf);
};

/** Whether this device comes back in by that upgrade, be a later one in force or not. */
export const isWayBack = ({ id }: Upgrade, ...here: Parameters<typeof fencedOutHere>): boolean =>
  fencedOutHere(...here)?.upgrade === id;
