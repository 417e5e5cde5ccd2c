import { isOver } from '../../../core/upgrades/upgrade.js';
import type { UpgradeView, View } from '../../../replica/view.js';

/** Names of the other devices that hold a capability, the near ones first (rules F8 and A8). */
export const namesOfAble = ({ devices }: View, capability: string): readonly string[] =>
  devices
    .filter(({ isMe, form, capabilities }) => {
      return !isMe && form !== 'paper' && capabilities.includes(capability);
    })
    .sort((a, b) => Number(a.presence === 'away') - Number(b.presence === 'away'))
    .map(({ name }) => name);

/** Whether only others may stop or take back this version, which is not over yet. */
export const isForOthers = (upgrade: UpgradeView, { upgrades }: View): boolean =>
  !upgrades.mayPublish && upgrade.fence === null && !isOver(upgrade);
