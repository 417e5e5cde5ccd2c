import type { DeviceId } from '../../core/base/brands.js';
import type { Ceremony } from '../../core/ceremonies/ceremony.js';
import {
  type Allowance,
  type Bucket,
  fullBucket,
  owedMs,
  takeFrom,
} from '../../core/links/token-bucket.js';
import type { Context } from '../context.js';

/**
 * So many snapshots of one proposer are worked out: twice what people are asked about at once, and
 * then two a minute (rule N8). Each costs a fold of the account, and whoever takes back what it
 * asked is asked about again.
 */
const ALLOWANCE: Allowance = { perSecond: 1 / 30, burst: 20 };
const NOTHING: Bucket = { left: -1, atMs: 0 };

/** How many of other devices' proposals this device works out. */
export interface WorkAllowance {
  /**
   * Whether one more may be worked out now; where not, it is looked at again once it may. One of
   * several that propose the same is enough: nobody uses up what others are worked out by.
   */
  readonly mayWork: (asked: Pick<Ceremony, 'heldBy'>) => boolean;
  readonly noteWork: (asked: Pick<Ceremony, 'heldBy'>) => void;
}

export const createWorkAllowance = ({ ports, changed }: Context): WorkAllowance => {
  const buckets = new Map<DeviceId, Bucket>();
  let isWaiting = false;

  const take = (device: DeviceId): Bucket => {
    const nowMs = ports.clock.monotonicMs();
    return takeFrom(buckets.get(device) ?? fullBucket(ALLOWANCE, nowMs), ALLOWANCE, 1, nowMs);
  };

  /** Whoever of them has most left, and what is left then. */
  const after = ({ heldBy }: Pick<Ceremony, 'heldBy'>): readonly [DeviceId, Bucket] | undefined =>
    [...heldBy]
      .map((device) => [device, take(device)] as const)
      .sort(([, one], [, other]) => other.left - one.left)[0];

  return {
    mayWork: (asked) => {
      const waitMs = owedMs(after(asked)?.[1] ?? NOTHING, ALLOWANCE);
      if (waitMs === 0) return true;
      if (isWaiting) return false;
      isWaiting = true;
      ports.clock.after(waitMs, () => {
        isWaiting = false;
        changed();
      });
      return false;
    },
    noteWork: (asked) => {
      const taken = after(asked);
      if (taken !== undefined) buckets.set(...taken);
    },
  };
};
