import { devicesOf } from '../../core/authority/roster.js';
import type { DeviceId, HeadId } from '../../core/base/brands.js';
import { reportOf } from '../../core/journal/device-marks.js';
import { type PassingCase, isPassedBy, whoMayHold } from '../../core/snapshots/passing.js';
import type { Holdings } from '../journal/holdings.js';

/** Standing heads that nothing builds on yet and whose payload the next snapshot waits for. */
export const awaitedHeads = (holdings: Holdings): readonly HeadId[] => {
  const lacking = holdings.tips().filter((head) => !holdings.payloadStates().has(head));
  if (lacking.length === 0) return lacking;
  const known = caseOf(holdings);
  return lacking.filter((head) => !isPassedBy(head, known));
};

/** Members that may bring the payloads of awaited heads, by their ids; sorted. */
export const awaitedFrom = (
  holdings: Holdings,
  awaited: readonly HeadId[],
): readonly DeviceId[] => {
  if (awaited.length === 0) return [];
  const known = caseOf(holdings);
  return [...new Set(awaited.flatMap((head) => whoMayHold(head, known)))].sort();
};

const caseOf = (holdings: Holdings): PassingCase => {
  const { marks } = holdings.fold().state();
  const devices = devicesOf(holdings.chain().tip).map(({ device }) => device);
  return {
    completions: holdings.completions(),
    cut: holdings.base().state.frontier,
    devices: new Set(devices),
    tookOver: new Map(
      devices.flatMap((device) => {
        const receipt = reportOf(marks, device)?.receipt ?? null;
        return receipt === null ? [] : [[device, receipt.head] as const];
      }),
    ),
  };
};
