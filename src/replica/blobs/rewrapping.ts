import type { RosterHash } from '../../core/base/brands.js';
import type { Cancel } from '../../ports/clock.js';
import { backOffMs } from '../loop/back-off.js';
import type { Context } from '../context.js';

/** Wrapping the keys of files anew for the epoch in force, so that newcomers read them (S10). */
export interface Rewrapping {
  /** True when something was written. */
  readonly now: () => Promise<boolean>;
  /** The admin at once; whoever else can, once the admin had its time. */
  readonly settle: () => Promise<boolean>;
  readonly close: () => void;
}

/** Members do it one after the other, so that one alone does, as a rule. */
const TURN_MS = 15_000;

/**
 * `isDue`: some key is wrapped for an earlier epoch. `wrap`: true when something was written.
 * `settleSoon`: has `settle` called again.
 */
export const createRewrapping = (
  context: Context,
  isDue: () => boolean,
  wrap: () => Promise<boolean>,
  settleSoon: () => void,
): Rewrapping => {
  let waiting: Cancel | null = null;
  let roster: RosterHash | null = null;
  /** How often it was this device's turn since the devices changed. */
  let turns = 0;
  let isMyTurn = false;

  const wait = (rank: number): void => {
    waiting ??= context.ports.clock.after(backOffMs(turns + 1) + rank * TURN_MS, () => {
      waiting = null;
      turns += 1;
      isMyTurn = true;
      settleSoon();
    });
  };

  return {
    now: wrap,
    settle: async () => {
      const { holdings } = context;
      if (holdings === null || !isDue()) return false;
      const { tip, tipHash } = holdings.chain();
      if (tip.admin === holdings.me) return wrap();
      if (roster !== tipHash) turns = 0;
      roster = tipHash;
      if (!isMyTurn) {
        wait(tip.members.findIndex(({ device }) => device === holdings.me));
        return false;
      }
      isMyTurn = false;
      return wrap();
    },
    close: () => waiting?.(),
  };
};
