import { memberOf } from '../../core/authority/roster.js';
import type { Row } from '../../ports/store.js';
import type { Context } from '../context.js';
import { KEYS, numberIn, putRow, readRow } from '../storage/rows.js';
import { wallNowMs } from '../loop/wall-time.js';

/**
 * What a device does that is no member any more (rule N2).
 *
 * It learns of it from the record alone, from whomever it meets. From then on it keeps what it
 * holds readable, writes nothing and looks for nobody.
 */
export interface Removal {
  /** True while this device is removed; notes when it learned of it. */
  readonly settle: () => Promise<boolean>;
  readonly load: (profile: readonly Row[]) => void;
}

export const createRemoval = (context: Context): Removal => ({
  settle: async () => {
    const { holdings } = context;
    if (holdings === null || context.pending !== null) return false;
    const { tip, isForked } = holdings.chain();
    const wasMember = holdings.chain().membersEver.has(holdings.me);
    if (isForked || !wasMember || memberOf(tip, holdings.me) !== null) return false;
    // Whoever was taken out is told so, and is not to come back as if by mishap.
    context.ports.keepsake?.forget();
    if (context.stage === 'removed') return true;
    context.stage = 'removed';
    if (context.removedMs === null) {
      context.removedMs = wallNowMs(context.ports.clock);
      context.activity.add('removed', 'warn', null, { epoch: tip.epoch });
      await context.commit([putRow('profile', KEYS.removed, { at: context.removedMs })], 'strict');
    }
    return true;
  },
  load: (profile) => {
    const row = profile.find(({ key }) => key === KEYS.removed);
    const at = row === undefined ? null : numberIn(readRow(row.value), 'at');
    if (at !== null) context.removedMs = at;
  },
});
