import type { ReadinessView, UpgradeView, View } from '../../../replica/view.js';
import type { Dot } from '../../components/quorum.js';

const ORDER: readonly Dot[] = ['yes', 'turn', 'awaited', 'away', 'no'];

/** The dot of one device: it is ready or runs it, will not, or has not said so yet. */
export const readinessToDot = (row: ReadinessView, view: View): Dot => {
  if (row.hasRolledBack || row.verdict === 'rejected') return 'no';
  if (row.isRunning || row.verdict === 'ready') return 'yes';
  const device = view.devices.find(({ id }) => id === row.device);
  if (device?.isMe === true) return 'turn';
  return device === undefined || device.presence === 'away' ? 'away' : 'awaited';
};

/** The dots of an upgrade: ready ones first, refusals last. */
export const upgradeToDots = ({ readiness }: UpgradeView, view: View): readonly Dot[] =>
  readiness
    .map((row) => readinessToDot(row, view))
    .sort((a, b) => ORDER.indexOf(a) - ORDER.indexOf(b));
