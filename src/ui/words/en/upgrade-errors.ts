import type { UpgradeError } from '../../../replica/commands.js';
import type { UpgradeBlocker } from '../../../replica/view.js';
import { format } from './common.js';

/** What keeps a version from being switched to, or made binding. */
export const upgradeBlocker = (blocker: UpgradeBlocker): string => {
  switch (blocker.kind) {
    case 'over':
      return 'This version was stopped, or a later one is in force.';
    case 'no-loader':
      return 'This browser window cannot change its version by itself. Install the app first.';
    case 'app-store':
      return 'The store that this app came from brings new versions.';
    case 'already-running':
      return 'This device runs it already.';
    case 'on-trial':
      return 'Another version is being tried on this device. Wait until it has proved itself.';
    case 'not-verified':
      return 'Its files are not on this device yet. Fetch and check them first.';
    case 'quarantined':
      return 'It failed on one of your devices, so none of them takes it again.';
    case 'halted':
      return 'Its roll-out was stopped. It goes on once that is taken back.';
    case 'not-locked-in':
      return `${format.number(blocker.have)} of ${format.number(blocker.need)} needed devices are ready.`;
    case 'grace':
      return 'It was agreed to, and waits for the agreed time to pass.';
    case 'wave':
      return 'Other devices go first. It is this one’s turn once they run it well.';
    case 'already-active':
      return 'It is binding already.';
    case 'not-allowed':
      return 'This device is not allowed to do that.';
    case 'decision-open':
      return 'Your devices are being asked already.';
    case 'forked':
      return 'The account has split in two. This has to be settled first.';
    case 'behind-fence':
      return 'The version before cannot talk to your other devices any more.';
    case 'locked-in':
      return 'Enough devices agreed to it already. Stop its roll-out instead.';
    case 'fetching':
      return 'Another version is being fetched. Wait for it, or stop it.';
  }
};

/** Why nothing came of a command about versions. */
export const upgradeError = (error: UpgradeError): string => {
  switch (error.kind) {
    case 'unknown-upgrade':
      return 'This version is not known here.';
    case 'upgrade-blocked':
      return upgradeBlocker(error.blocker);
    case 'too-many-upgrades':
      return `${format.number(error.max)} versions wait already. Take one of them back first.`;
    case 'bad-manifest':
      return 'What the host gave is not a version of this app.';
    case 'bad-release':
      return 'Your devices would refuse this version.';
    case 'bundle':
      return 'This device could not switch. It goes on with the version that it has.';
    case 'no-offer':
      return 'The host did not say what its latest version is. Try again later.';
  }
};
