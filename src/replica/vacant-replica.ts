import { err } from '../core/base/result.js';
import type { Keepsake } from '../ports/keepsake.js';
import type { Done, Replica } from './commands.js';
import { EMPTY_VIEW, NOTHING_HELD } from './views/empty-view.js';
import { NO_CACHE, passedOn } from './cache/no-cache.js';
import { upgradesOf } from './upgrades/no-upgrades.js';
import type { View } from './view.js';

/**
 * The replica of a device that keeps nothing, be it that it never did or that its browser let go of
 * it, which the `keepsake` tells: there is nothing to open, nor any need to fetch
 * what opens it.
 *
 * Its first command opens the true replica, which does that command and all later ones, and gives
 * every view from then on. Where that cannot be opened the command answers `busy`, having done
 * nothing, and the next one tries again.
 */
export const createVacantReplica = (open: () => Promise<Replica>, keepsake?: Keepsake): Replica => {
  let vacant: View = { ...EMPTY_VIEW, formerly: keepsake?.read()?.name ?? null };
  const listeners = new Set<() => void>();
  let replica: Replica | null = null;
  let opening: Promise<Replica | null> | null = null;

  const changed = (): void => {
    for (const listener of [...listeners]) listener();
  };
  const opened = (): Promise<Replica | null> =>
    (opening ??= open().then(
      (found) => {
        replica = found;
        found.subscribe(changed);
        changed();
        return found;
      },
      () => (opening = null),
    ));
  const then = async <T>(command: (found: Replica) => Done<T>): Done<T> => {
    const found = await opened();
    return found === null ? err({ kind: 'busy' }) : command(found);
  };

  return {
    view: () => replica?.view() ?? vacant,
    inspect: () => replica?.inspect() ?? NOTHING_HELD,
    subscribe: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    account: {
      create: (name) => then((found) => found.account.create(name)),
      beginAnew: () => {
        if (replica !== null) return replica.account.beginAnew();
        keepsake?.forget();
        vacant = EMPTY_VIEW;
        changed();
      },
    },
    devices: {
      invite: (...said) => then((found) => found.devices.invite(...said)),
      inviteOffline: () => then((found) => found.devices.inviteOffline()),
      takeAnswer: (code) => then((found) => found.devices.takeAnswer(code)),
      join: (code, name) => then((found) => found.devices.join(code, name)),
      confirmWords: (...said) => then((found) => found.devices.confirmWords(...said)),
      cancelPairing: () => then((found) => found.devices.cancelPairing()),
      putAway: (roster) => then((found) => found.devices.putAway(roster)),
      rename: (device, name) => then((found) => found.devices.rename(device, name)),
      remove: (...said) => then((found) => found.devices.remove(...said)),
      setCapabilities: (...said) => then((found) => found.devices.setCapabilities(...said)),
      setThresholds: (thresholds) => then((found) => found.devices.setThresholds(thresholds)),
      rotateKeys: () => then((found) => found.devices.rotateKeys()),
      mergeFork: (remove) => then((found) => found.devices.mergeFork(remove)),
      addRecoveryKey: () => then((found) => found.devices.addRecoveryKey()),
      checkRecoveryKey: (answers) => then((found) => found.devices.checkRecoveryKey(answers)),
      useRecoveryKey: (...said) => then((found) => found.devices.useRecoveryKey(...said)),
      recoverAccount: (...said) => then((found) => found.devices.recoverAccount(...said)),
    },
    admin: { replace: (device) => then((found) => found.admin.replace(device)) },
    leaving: {
      start: (choice) => then((found) => found.leaving.start(choice)),
      answer: (...said) => then((found) => found.leaving.answer(...said)),
      found: () => then((found) => found.leaving.found()),
      cancel: () => then((found) => found.leaving.cancel()),
    },
    records: {
      create: (draft) => then((found) => found.records.create(draft)),
      edit: (key, draft) => then((found) => found.records.edit(key, draft)),
      setDate: (...said) => then((found) => found.records.setDate(...said)),
      remove: (key) => then((found) => found.records.remove(key)),
      history: (key) => replica?.records.history(key) ?? [],
      restoreStranded: (...said) => then((found) => found.records.restoreStranded(...said)),
      leaveStranded: (key) => then((found) => found.records.leaveStranded(key)),
    },
    files: {
      attach: (...said) => then((found) => found.files.attach(...said)),
      detach: (...said) => then((found) => found.files.detach(...said)),
      read: (blob) => then((found) => found.files.read(blob)),
      fetch: (blob) => then((found) => found.files.fetch(blob)),
      drop: (blob) => then((found) => found.files.drop(blob)),
      setPolicy: (policy) => then((found) => found.files.setPolicy(policy)),
    },
    snapshots: {
      propose: (...said) => then((found) => found.snapshots.propose(...said)),
      lease: (...said) => then((found) => found.snapshots.lease(...said)),
      release: (purpose) => then((found) => found.snapshots.release(purpose)),
    },
    cache: passedOn(
      () => replica?.cache ?? NO_CACHE,
      (...said) => then((found) => found.cache.invalidate(...said)),
    ),
    decisions: {
      approve: (...said) => then((found) => found.decisions.approve(...said)),
      refuse: (id, reason) => then((found) => found.decisions.refuse(id, reason)),
      withdraw: (id) => then((found) => found.decisions.withdraw(id)),
      veto: (id, reason) => then((found) => found.decisions.veto(id, reason)),
      complete: (id) => then((found) => found.decisions.complete(id)),
    },
    upgrades: upgradesOf(then),
    fence: { release: () => then((found) => found.fence.release()) },
    storage: { persist: async () => (await opened())?.storage.persist() ?? false },
    takeOver: () => replica?.takeOver(),
    wake: () => replica?.wake(),
    close: async () => (await opening)?.close(),
  };
};
