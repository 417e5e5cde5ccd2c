import { LIMITS } from '../../core/base/limits.js';
import { err, ok } from '../../core/base/result.js';
import type { Body } from '../../core/facts/bodies.js';
import { leasesIn } from '../../core/journal/device-marks.js';
import type { SnapshotPolicy } from '../../core/snapshots/policy.js';
import type { Done, Replica } from '../commands.js';
import type { Context } from '../context.js';
import type { Intake } from '../journal/intake.js';
import { remarkOf } from '../loop/remark.js';
import { wallNowMs } from '../loop/wall-time.js';

/** A device says for so many purposes at once that it needs the past. */
const LEASES_MAX = 8;

/**
 * A device's word that it still needs older facts, and that it needs them no longer (rule S5).
 *
 * Both pass the writer fence: they are about the very pruning that it prepares.
 */
export const createLeases = (
  context: Context,
  intake: Intake,
  policy: SnapshotPolicy,
): Pick<Replica['snapshots'], 'lease' | 'release'> => {
  const say = async (body: Body): Done => {
    const done = await intake.own([body]);
    return done.ok ? ok(undefined) : err({ kind: 'store', error: done.error });
  };

  const ownPurposes = (): ReadonlyMap<string, number> => {
    const { holdings } = context;
    const all = holdings === null ? [] : leasesIn(holdings.fold().state().marks);
    const own = all.filter(({ device }) => device === holdings?.me);
    return new Map(own.map(({ purpose, untilMs }) => [purpose, untilMs]));
  };

  return {
    lease: async (purpose, untilMs) => {
      if (context.holdings === null) return err({ kind: 'no-account' });
      const max = LIMITS.purposeCharactersMax;
      if (purpose.length > max) return err({ kind: 'too-long', field: 'purpose', max });
      if (purpose === '') return err({ kind: 'empty', field: 'purpose' });
      if (remarkOf(purpose) !== purpose) return err({ kind: 'ill-formed', field: 'purpose' });
      const nowMs = wallNowMs(context.ports.clock);
      const until = Math.floor(Math.min(untilMs, nowMs + policy.leaseMs));
      if (!(until > nowMs)) return err({ kind: 'empty', field: 'until' });
      const others = [...ownPurposes()].filter(([name, end]) => name !== purpose && end > nowMs);
      if (others.length >= LEASES_MAX) return err({ kind: 'too-many-leases', max: LEASES_MAX });
      return say({ kind: 'lease.taken', purpose, until });
    },
    release: async (purpose) => {
      if (context.holdings === null) return err({ kind: 'no-account' });
      if (!ownPurposes().has(purpose)) return ok(undefined);
      return say({ kind: 'lease.released', purpose });
    },
  };
};
