import { devicesOf, memberOf } from '../../core/authority/roster.js';
import type { DeviceId } from '../../core/base/brands.js';
import { loaderAlarmOf } from '../../core/journal/upgrade-marks.js';
import type { StoreError } from '../../ports/store.js';
import type { Context } from '../context.js';
import type { Holdings } from '../journal/holdings.js';
import type { ProblemView } from '../view.js';

/** Shows a problem, once for each kind and device. */
export const addProblem = (
  context: Context,
  kind: ProblemView['kind'],
  device: DeviceId | null = null,
): void => {
  const isShown = context.problems.some((each) => each.kind === kind && each.device === device);
  if (isShown) return;
  const sinceMs = context.ports.clock.wallMs();
  context.problems = [...context.problems, { kind, device, sinceMs }];
  context.changed();
};

/** Shows a failure of the store; one that is for good ends what this device can do. */
export const noteStoreError = (context: Context, error: StoreError): void => {
  if (error.kind === 'lost' || error.kind === 'newer') context.stage = 'lost';
  addProblem(context, STORE_PROBLEMS[error.kind]);
  context.changed();
};

/** What a failure of the store is called before a person. */
export const STORE_PROBLEMS = {
  quota: 'quota',
  lost: 'store-lost',
  newer: 'store-newer',
  blocked: 'store-blocked',
  failed: 'store-failed',
} as const satisfies Record<StoreError['kind'], ProblemView['kind']>;

/** These end with the next commit that succeeds. */
const PASSING: readonly ProblemView['kind'][] = ['quota', 'store-blocked', 'store-failed'];

/** Problems as things stand: an alarm about devices ends once the list of devices answered it. */
export const openProblems = ({ problems, holdings }: Context): readonly ProblemView[] => {
  if (holdings === null) return problems;
  const { tip, isForked } = holdings.chain();
  const standing = problems.filter(({ kind, device }) => {
    if (kind === 'forked') return isForked;
    if (kind !== 'equivocation' || device === null || isForked) return true;
    return memberOf(tip, device) !== null;
  });
  return [...standing, ...loaderAlarms(holdings)];
};

/** Members whose host put another loader in place, until their person accepts it (rule U6). */
const loaderAlarms = (holdings: Holdings): readonly ProblemView[] => {
  const { marks } = holdings.fold().state();
  return devicesOf(holdings.chain().tip).flatMap(({ device }) => {
    const alarm = loaderAlarmOf(marks, device);
    return alarm === null ? [] : { kind: 'loader-changed', device, sinceMs: alarm.atMs };
  });
};

/** A commit that succeeded shows that there is room again and that the store writes. */
export const clearStoreErrors = (context: Context): void => {
  const kept = context.problems.filter(({ kind }) => !PASSING.includes(kind));
  if (kept.length === context.problems.length) return;
  context.problems = kept;
  context.changed();
};
