import { err } from '../core/base/result.js';
import type { Done, Replica } from './commands.js';
import { EMPTY_VIEW, NOTHING_HELD } from './views/empty-view.js';
import { NO_CACHE } from './cache/no-cache.js';
import { NO_UPGRADES } from './upgrades/no-upgrades.js';
import type { ProblemView, Stage, View } from './view.js';

/**
 * A replica that opened nothing: not yet, or another tab writes, or the store cannot be had.
 *
 * It shows its stage, and every command answers `busy` without doing anything.
 */
export const createIdleReplica = (
  stage: Extract<Stage, 'opening' | 'elsewhere' | 'lost' | 'locked'>,
  takeOver: () => void,
  problems: readonly ProblemView[] = [],
): Replica => {
  const view: View = { ...EMPTY_VIEW, stage, problems };
  const busy = async <T>(): Done<T> => err({ kind: 'busy' });
  return {
    view: () => view,
    inspect: () => NOTHING_HELD,
    subscribe: () => () => undefined,
    account: { create: busy, beginAnew: () => undefined },
    devices: {
      invite: busy,
      inviteOffline: busy,
      takeAnswer: busy,
      join: busy,
      confirmWords: busy,
      cancelPairing: busy,
      putAway: busy,
      rename: busy,
      remove: busy,
      setCapabilities: busy,
      setThresholds: busy,
      rotateKeys: busy,
      mergeFork: busy,
      addRecoveryKey: busy,
      checkRecoveryKey: busy,
      useRecoveryKey: busy,
      recoverAccount: busy,
    },
    admin: { replace: busy },
    leaving: { start: busy, answer: busy, found: busy, cancel: busy },
    records: {
      create: busy,
      edit: busy,
      setDate: busy,
      remove: busy,
      history: () => [],
      restoreStranded: busy,
      leaveStranded: busy,
    },
    files: { attach: busy, detach: busy, read: busy, fetch: busy, drop: busy, setPolicy: busy },
    snapshots: { propose: busy, lease: busy, release: busy },
    decisions: { approve: busy, refuse: busy, withdraw: busy, veto: busy, complete: busy },
    fence: { release: busy },
    storage: { persist: async () => false },
    cache: NO_CACHE,
    upgrades: NO_UPGRADES,
    takeOver,
    wake: () => undefined,
    close: async () => undefined,
  };
};
