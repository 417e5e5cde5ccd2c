import { reportOf } from '../../core/journal/device-marks.js';
import { type OwnReport, isNews, roundedMib } from '../../core/snapshots/report.js';
import type { Cancel } from '../../ports/clock.js';
import type { Context } from '../context.js';
import type { Fence } from '../snapshots/fence.js';
import type { Holdings } from '../journal/holdings.js';
import type { Intake } from '../journal/intake.js';
import type { Receipts } from '../snapshots/receipts.js';
import type { StorageWatch } from './storage-watch.js';

/** The browser is asked again so often, ms: room and promises change while a page stays open. */
const ASK_MS = 24 * 3_600_000;

/** Publishes how well this device keeps what it holds, when that is news (rule S11). */
export interface DeviceReports {
  /** True when it published. Behind a fence it waits, as edits do. */
  readonly settle: () => Promise<boolean>;
  readonly close: () => void;
}

export const createDeviceReports = (
  context: Context,
  intake: Intake,
  fence: Fence,
  storage: StorageWatch,
  receipts: Receipts,
): DeviceReports => {
  let timer: Cancel | null = null;

  const ownReport = (holdings: Holdings): OwnReport => {
    const told = reportOf(holdings.fold().state().marks, holdings.me);
    const { isPersisted, quotaBytes, usedBytes } = storage.view();
    const heads = holdings.base().heads.flatMap((head) => {
      const receipt = receipts.byHead.get(head);
      return receipt === undefined ? [] : { head, facts: receipt.facts, bytes: receipt.bytes };
    });
    return {
      persisted: isPersisted,
      installed: storage.isInstalled(),
      quota: roundedMib(quotaBytes),
      used: roundedMib(usedBytes),
      backup: told?.backup ?? null,
      // Of joined snapshots the last one; what was told stays told while nothing newer is here.
      receipt: heads.at(-1) ?? told?.receipt ?? null,
    };
  };

  return {
    settle: async () => {
      const { holdings } = context;
      if (holdings === null || context.stage !== 'member' || fence.isHolding()) return false;
      timer ??= context.ports.clock.after(ASK_MS, () => {
        timer = null;
        storage.read().catch(() => undefined);
      });
      const own = ownReport(holdings);
      const told = reportOf(holdings.fold().state().marks, holdings.me);
      if (!isNews(own, told, context.ports.clock.wallMs())) return false;
      return (await intake.own([{ kind: 'device.reported', ...own }])).ok;
    },
    close: () => timer?.(),
  };
};
