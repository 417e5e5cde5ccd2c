import type { UpgradeError } from '../../../replica/commands.js';
import type { ReadinessReason, UpgradeBlocker } from '../../../replica/view.js';
import { plainName } from '../../names.js';
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
    case 'behind-format':
      return 'The version before cannot read the records of this account any more.';
    case 'behind-fence':
      return 'The version before cannot talk to your other devices any more.';
    case 'locked-in':
      return 'Enough devices agreed to it already. Stop its roll-out instead.';
    case 'fetching':
      return 'Another version is being fetched. Wait for it, or stop it.';
  }
};

const NEWER_OPENER =
  'It needs a newer form of the part that opens the app, which an earlier version has to bring.';

type Of<K extends UpgradeError['kind']> = Extract<UpgradeError, { kind: K }>;

/** Why a device did not take a version; `detail` names the file, protocol or package. */
export const upgradeReason = (reason: ReadinessReason, detail: string | null): string => {
  const named = detail === null ? '' : ` (${detail})`;
  switch (reason) {
    case 'declined':
      return 'said no';
    case 'mismatch':
      return detail === null
        ? 'A file is not what was offered.'
        : `The file ${detail} is not what was offered.`;
    case 'unreachable':
      return `The files could not be fetched${named}.`;
    case 'no-room':
      return 'There is no room for it.';
    case 'not-valid':
      return 'It is not valid now.';
    case 'older':
      return 'It is older than what runs there.';
    case 'quarantined':
      return 'It failed on one of your devices before.';
    case 'missing-feature':
      return `The browser lacks something that it needs${named}.`;
    case 'missing-protocol':
      return `It does not speak what your account needs${named}.`;
    case 'missing-dependency':
      return `It needs a part that is not there${named}.`;
    case 'newer-loader':
      return 'It comes with another part that opens the app, which has to be agreed to first.';
    case 'failed-migration':
      return 'Its data could not be carried over.';
    case 'app-store':
      return 'A store brings its versions.';
  }
};

/** Why the account or this device would refuse a release. */
export const releaseFault = (fault: Of<'bad-release'>['fault']): string => {
  switch (fault.kind) {
    case 'other-package':
      return `It is another app, ${fault.package}.`;
    case 'not-approved':
      return 'It is not the version that was offered.';
    case 'quarantined':
      return 'It failed on one of your devices before.';
    case 'two-of-one-sequence':
      return `There is another version of the number ${format.number(fault.sequence)}. One of the two is a lie.`;
    case 'older-release':
    case 'older-version':
      return 'It is older than what runs here.';
    case 'not-yet-valid':
      return `It is good only from ${format.dateTime(fault.notBefore)}.`;
    case 'expired':
      return `It was good until ${format.dateTime(fault.expires)}.`;
    case 'newer-loader':
      return NEWER_OPENER;
    case 'loader-not-hard':
      return 'It renews the part that opens the app. Only a version that every device needs, in the end, can do that.';
    case 'older-loader':
      return 'The part that opens the app is older in it than the one that your devices agreed to.';
    case 'older-fold':
      return 'It cannot read the snapshots of your account.';
    case 'missing-protocol':
      return `It does not speak ${fault.protocol}, which your account needs.`;
    case 'unknown-dependency':
    case 'missing-dependency':
      return `It needs ${fault.package}, which is not here.`;
  }
};

/** What is wrong with what a version says of itself. */
const manifestFault = (error: Of<'bad-manifest'>['error']): string => {
  switch (error.kind) {
    case 'not-canonical':
    case 'malformed':
      return 'What the website gave is not a version of this app.';
    case 'too-large':
      return 'What the website gave is far too large to be a version.';
    case 'bad-path':
      return `It names a file “${plainName(error.path)}”, where no version may have one.`;
    case 'no-entry-page':
      return 'It has no page to open.';
    case 'bad-version':
      return 'Its number is not one of a version.';
    case 'never-valid':
      return 'It ends before it begins.';
  }
};

/** Why the store of versions on this device did not do it; a file at fault is named. */
const bundleFault = (fault: Of<'bundle'>['fault']): string => {
  switch (fault.kind) {
    case 'no-loader':
      return upgradeBlocker(fault);
    case 'mismatch':
    case 'too-large':
      return `The file ${fault.path} is not what was offered. Nothing of it runs here.`;
    case 'missing':
      return `The website does not have the file ${fault.path}.`;
    case 'unreachable':
      return `The file ${fault.path} could not be fetched. What came is kept; try again.`;
    case 'no-room':
      return 'There is not enough room on this device for the new version.';
    case 'cancelled':
      return 'It was stopped. What came is kept.';
    case 'bad-manifest':
      return manifestFault(fault.error);
    case 'newer-loader':
      return NEWER_OPENER;
    case 'quarantined':
      return 'It failed here before and is not taken again.';
    case 'older-release':
      return 'It is older than what ran well here.';
    case 'two-of-one-sequence':
      return 'There is another version of that number. One of the two is a lie.';
    case 'on-trial':
      return 'Another version is being tried. Wait until it has proved itself.';
    case 'already-active':
    case 'already-installed':
      return 'This device runs it already.';
    case 'nothing-staged':
      return 'Its files are not all here. Download and check it again.';
    case 'no-such-trial':
    case 'other-bundle':
      return 'Another version is being tried by now. Load the page anew.';
    case 'nothing-to-go-back-to':
      return 'There is no version here to go back to.';
    case 'failed':
      return 'This device could not switch. It goes on with the version that it has.';
  }
};

const OFFERS: Readonly<Record<Of<'no-offer'>['fault']['kind'], string>> = {
  unreachable: 'The website could not be reached. Try again later.',
  missing: 'The website has no version to offer.',
  'too-large': 'What the website gave is far too large to be a version.',
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
      return manifestFault(error.error);
    case 'bad-release':
      return releaseFault(error.fault);
    case 'bundle':
      return bundleFault(error.fault);
    case 'no-offer':
      return OFFERS[error.fault.kind];
  }
};
