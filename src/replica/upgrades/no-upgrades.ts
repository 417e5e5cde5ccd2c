import { err } from '../../core/base/result.js';
import type { Done, Replica } from '../commands.js';
import type { UpgradeCommands } from './upgrade-commands.js';

const busy = async <T>(): Done<T> => err({ kind: 'busy' });

/** What can be asked about code where nothing was opened. */
export const NO_UPGRADES: UpgradeCommands = {
  ...{ publish: busy, discover: busy, fetch: busy, cancelFetch: busy, decline: busy, veto: busy },
  ...{ revoke: busy, halt: busy, resume: busy, activate: busy, confirmHealthy: busy },
  ...{ noteHealth: busy, prove: busy, look: busy },
  ...{ rollBack: busy, setPolicies: busy, requireAgreedCode: busy, requireReady: busy },
};

/** What passes everything on to a replica that `then` opens. */
export const upgradesOf = (
  then: <T>(command: (found: Replica) => Done<T>) => Done<T>,
): UpgradeCommands => ({
  publish: (draft) => then(({ upgrades }) => upgrades.publish(draft)),
  discover: (url) => then(({ upgrades }) => upgrades.discover(url)),
  fetch: (...said) => then(({ upgrades }) => upgrades.fetch(...said)),
  cancelFetch: (upgrade) => then(({ upgrades }) => upgrades.cancelFetch(upgrade)),
  decline: (...said) => then(({ upgrades }) => upgrades.decline(...said)),
  veto: (...said) => then(({ upgrades }) => upgrades.veto(...said)),
  revoke: (...said) => then(({ upgrades }) => upgrades.revoke(...said)),
  halt: (...said) => then(({ upgrades }) => upgrades.halt(...said)),
  resume: (upgrade) => then(({ upgrades }) => upgrades.resume(upgrade)),
  activate: (upgrade) => then(({ upgrades }) => upgrades.activate(upgrade)),
  confirmHealthy: (trial) => then(({ upgrades }) => upgrades.confirmHealthy(trial)),
  noteHealth: () => then(({ upgrades }) => upgrades.noteHealth()),
  prove: () => then(({ upgrades }) => upgrades.prove()),
  look: () => then(({ upgrades }) => upgrades.look()),
  rollBack: (reason) => then(({ upgrades }) => upgrades.rollBack(reason)),
  setPolicies: (said) => then(({ upgrades }) => upgrades.setPolicies(said)),
  requireAgreedCode: (isOn) => then(({ upgrades }) => upgrades.requireAgreedCode(isOn)),
  requireReady: (devices) => then(({ upgrades }) => upgrades.requireReady(devices)),
});

/** The same commands, each in its turn. */
export const inTurn = (
  commands: UpgradeCommands,
  then: <T>(command: () => Done<T>) => Done<T>,
): UpgradeCommands => ({
  publish: (draft) => then(() => commands.publish(draft)),
  discover: commands.discover,
  fetch: (...said) => then(() => commands.fetch(...said)),
  cancelFetch: (upgrade) => then(() => commands.cancelFetch(upgrade)),
  decline: (...said) => then(() => commands.decline(...said)),
  veto: (...said) => then(() => commands.veto(...said)),
  revoke: (...said) => then(() => commands.revoke(...said)),
  halt: (...said) => then(() => commands.halt(...said)),
  resume: (upgrade) => then(() => commands.resume(upgrade)),
  activate: (upgrade) => then(() => commands.activate(upgrade)),
  confirmHealthy: (trial) => then(() => commands.confirmHealthy(trial)),
  // Others have their turn while it looks.
  noteHealth: commands.noteHealth,
  prove: commands.prove,
  look: commands.look,
  rollBack: (reason) => then(() => commands.rollBack(reason)),
  setPolicies: (said) => then(() => commands.setPolicies(said)),
  requireAgreedCode: (isOn) => then(() => commands.requireAgreedCode(isOn)),
  requireReady: (devices) => then(() => commands.requireReady(devices)),
});
