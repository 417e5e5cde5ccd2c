import type { CommandError, StoreError } from '../../../replica/commands.js';
import type { ApproveBlocker, ProblemView } from '../../../replica/view.js';
import { format } from './common.js';
import { leavingError } from './leaving-errors.js';
import { pairing } from './pairing-errors.js';
import { releaseFault, upgradeBlocker, upgradeError, upgradeReason } from './upgrade-errors.js';

const store: Record<StoreError['kind'], string> = {
  quota:
    'There is no room left on this device. Nothing was changed; free some space and try again.',
  lost: 'This browser has let go of the account’s data. Nothing more can be kept here.',
  newer: 'A later version of the app wrote here last. Reload the page to get it.',
  blocked: 'Another tab holds an older version open. Close it and try again.',
  failed: 'This device could not save it. Nothing was changed; try again.',
};

const blocker = (reason: ApproveBlocker): string => {
  switch (reason.kind) {
    case 'already-answered':
      return reason.answer === 'yes' ? 'You said yes.' : 'You said no.';
    case 'not-open':
      return 'This is no longer open.';
    case 'facts-missing':
      return format.plural(reason.count, {
        one: '# entry is still on its way. Then you can decide.',
        other: '# entries are still on their way. Then you can decide.',
      });
    case 'digest-differs':
      return 'This device came to another result, so it must not agree.';
    case 'put-off':
      return 'Whoever asks has asked very often, so this device takes a moment before it looks at this one.';
    case 'epoch-moved':
      return 'The devices have changed since. It has to be asked again.';
    case 'not-allowed':
      return 'This device is not one of those who decide this.';
    case 'payload-unreadable':
      return 'This version cannot read all of it. Update first.';
    case 'newer-format':
      return 'This device cannot read the new form of records yet. Update it first.';
    case 'code-unproven':
      return reason.untilMs === null
        ? 'This device is still trying out its new version.'
        : `This device may still go back to a version that could not read it, until ${format.dateTime(reason.untilMs)}.`;
    case 'answered-another':
      return 'You agreed to another one that starts at the same point; only one can count.';
    case 'answer-forgotten':
    case 'votes-forgotten':
      return 'What this device answered before can no longer be read here, so it has no say in this. The others decide; it has a say again once the list of devices has changed.';
    case 'foreign-code':
      return 'This device runs a version that your devices never agreed to, and such a yes does not count in this account. Bring it to the agreed version first.';
    case 'broke-word':
      return 'This device is shown to have broken its word between the lists, so what it says does not count here.';
    case 'envelope-unopenable':
      return 'This device could not open its own copy of the new key.';
    case 'does-more':
      return 'This change also cuts off what a device wrote, or swaps its key, and does not say so.';
    case 'undoes-snapshots':
      return 'Whoever asks for this does not know of the last snapshots, and it would undo them. It has to be asked again.';
    case 'vetoed':
      return 'Another device stopped this change.';
    case 'subject':
      return 'This change is about this very device, so it has no say in stopping it.';
    case 'upgrade-blocked':
      return reason.blocker === null
        ? 'This device has not heard of that version yet.'
        : upgradeBlocker(reason.blocker);
  }
};

const FIELDS: Readonly<Record<string, string>> = {
  title: 'title',
  text: 'text',
  label: 'label',
  labels: 'labels',
  name: 'name',
  deviceName: 'name',
  comment: 'comment',
  reason: 'reason',
  code: 'code',
};
/** What a person typed that is no recovery key, with the word to look at where one is known. */
const malformedKey = (error: Extract<CommandError, { kind: 'recovery-malformed' }>): string => {
  const { word, index } = error;
  const place = index === null ? '' : format.number(index + 1);
  switch (error.reason) {
    case 'count':
      return 'A recovery key has 24 words. Some are missing, or there are too many.';
    case 'unknown-word':
      return `Word ${place}, “${word ?? ''}”, is not one that a recovery key can have.`;
    case 'mistaken-word':
      return `Word ${place} should be another than “${word ?? ''}”. The others are right.`;
    case 'checksum':
      return 'These words do not belong together. Look for two that are swapped or misread.';
    case 'newer-version':
      return 'This file was made by a newer version. Update first.';
  }
};

const fieldName = (field: string): string => FIELDS[field] ?? field;

const command = (error: CommandError): string => {
  switch (error.kind) {
    case 'unknown-upgrade':
    case 'upgrade-blocked':
    case 'too-many-upgrades':
    case 'bad-manifest':
    case 'bad-release':
    case 'bundle':
    case 'no-offer':
      return upgradeError(error);
    case 'leaving-unsupported':
    case 'leaving-open':
    case 'leaving-unknown':
    case 'leaving-answered':
    case 'leaving-lost':
    case 'leaving-blocked':
      return leavingError(error);
    case 'store':
      return store[error.error.kind];
    case 'newer-format':
      return 'The records have a newer form than this version reads. Update first.';
    case 'older-format':
      return 'The records of this account have an older form, which cannot hold that yet.';
    case 'format-newest':
      return 'The records have the newest form already.';
    case 'no-account':
      return 'There is no account on this device yet.';
    case 'has-account':
      return 'This device belongs to an account already.';
    case 'not-allowed':
      return 'This device is not allowed to do that.';
    case 'too-long':
      return `The ${fieldName(error.field)} is too long: ${format.number(error.max)} at most.`;
    case 'ill-formed':
      return `The ${fieldName(error.field)} holds characters that cannot be kept.`;
    case 'empty':
      return `The ${fieldName(error.field)} is empty.`;
    case 'floor-too-high':
      return `Cached values can be cleared up to step ${format.number(error.max)} at most.`;
    case 'unknown-record':
      return 'This record is no longer there.';
    case 'unknown-decision':
      return 'This decision is no longer there.';
    case 'blocked':
      return blocker(error.blocker);
    case 'snapshot-pending':
      return 'A snapshot is being decided already. Answer that one first.';
    case 'payload-awaited':
      return 'The last snapshot is not here yet. Open Upkeep on a device that agreed to it. If that lost its data, give it a new key; if it is gone for good, take it out.';
    case 'nothing-to-prune':
      return 'Nothing that can go has come since the last snapshot.';
    case 'too-many-proposals':
      return `${format.number(error.max)} questions are open already. Answer or withdraw one first.`;
    case 'below-threshold':
      return `${format.number(error.have)} of ${format.number(error.need)} needed yeses are here.`;
    case 'forked':
      return 'The account has split in two. This has to be settled first.';
    case 'not-forked':
      return 'There is one list of devices. Nothing has to be brought together.';
    case 'merge-not-shown':
      return 'These lists cannot be brought together: too few devices are left that kept their word.';
    case 'broke-word':
      return 'This device is shown to have broken its word between the lists. Ask for it on another device.';
    case 'too-few-left':
      return `Those who may agree are ${format.number(error.have)}, and the new list would need ${format.number(error.need)}. Take out more of those who broke their word between the lists, or who came in on one of them; they can be let in again.`;
    case 'pairing':
      return pairing[error.reason];
    case 'recovery-malformed':
      return malformedKey(error);
    case 'recovery-unknown':
      return 'This recovery key is not of this account, or was replaced by another.';
    case 'recovery-none':
      return 'The account has no recovery key yet.';
    case 'recovery-words-wrong':
      return 'These are not the words at those places. Nothing changed.';
    case 'recovery-yes-first':
      return 'Say yes on this device first. The recovery key adds its yes to that.';
    case 'recovery-needs-device':
      return 'The key is sound, but it holds no records. Add this device on one that has the account, and let the key say yes there; or restore a backup.';
    case 'busy':
      return 'Something else is still running. Try again in a moment.';
    case 'bad-threshold':
      return error.max < error.min
        ? 'Too few devices would be left that are allowed to agree.'
        : `Between ${format.number(error.min)} and ${format.number(error.max)} devices have to agree.`;
    case 'last-admin':
      return 'This device is the admin. Choose first which device takes its place.';
    case 'only-device':
      return 'This is the only device of the account, so it cannot be taken out.';
    case 'unknown-device':
      return 'This device does not belong to the account any more.';
    case 'too-large':
      return `It is ${format.bytes(error.bytes)}; a file may have ${format.bytes(error.max)} at most.`;
    case 'too-many-files':
      return `A record holds at most ${format.number(error.max)} files.`;
    case 'no-room':
      return `There is not enough room: it needs ${format.bytes(error.needBytes)}, and ${format.bytes(error.roomBytes)} are left.`;
    case 'unknown-blob':
      return 'This file hangs on no record any more.';
    case 'not-here':
      return `Only ${format.bytesLike(error.heldBytes, error.bytes)} of ${format.bytes(error.bytes)} are on this device yet.`;
    case 'no-key':
      return 'This device has no key for it yet. A device that can read it gives one, minutes after both were in step.';
    case 'unreadable':
      return 'The key that the account holds for this file does not open it.';
    case 'only-copy':
      if (error.have >= error.need) {
        return 'This device attached it. It can go once a snapshot holds that.';
      }
      return error.need === 1
        ? 'This may be the only copy. It can go once a device that keeps its storage is here and has all of it.'
        : `It can go once ${format.number(error.need)} devices that keep their storage are here and have all of it; ${format.number(error.have)} do.`;
    case 'match-wrong':
      return 'This is not the number on the other screen. Look there once more.';
    case 'already-vetoed':
      return 'You have stopped this change already.';
    case 'pruning-waits':
      return 'The last snapshot still waits to let the past go. The next one comes after it.';
    case 'too-many-leases':
      return `The past is kept for ${format.number(error.max)} reasons already. Let go of one first.`;
  }
};

interface ProblemWords {
  readonly title: string;
  /** Instead of the title where the device is known by name. */
  readonly titleOf?: (name: string) => string;
  readonly text: string;
}

const problem: Record<ProblemView['kind'], ProblemWords> = {
  quota: {
    title: 'No room left',
    text: 'New changes cannot be kept on this device. Free some space, or tidy up the past.',
  },
  'store-lost': {
    title: 'The data here is gone',
    text: 'The browser has let it go. Your other devices still have it: pair this one again.',
  },
  'store-newer': {
    title: 'The data here is of a later version',
    text: 'Another tab opened it with a later version of the app. Reload this page.',
  },
  'store-blocked': {
    title: 'Another tab stands in the way',
    text: 'It holds the data here open under an older version. Close it.',
  },
  'store-failed': {
    title: 'Saving failed',
    text: 'The last change may not be kept on this device. It will be tried again.',
  },
  'digest-alarm': {
    title: 'This device came to another result',
    text: 'Enough of the others agreed to a snapshot that differs from what this device holds. It was taken over, and what led to the difference is kept.',
  },
  equivocation: {
    title: 'A device told two stories',
    titleOf: (name) => `${name} told two stories`,
    text: 'It signed two different histories for the same moment. What it says is set aside from there on. Take it out unless you can explain it.',
  },
  forked: {
    title: 'The account has split in two',
    text: 'Two changes of the devices were both agreed to. Only what both allow goes on until people settle it.',
  },
  'loader-changed': {
    title: 'The part that opens the app was changed',
    titleOf: (name) => `The part that opens the app was changed on ${name}`,
    text: 'Its website changed it into one that its version does not know, so it locked itself. Ask whoever runs the website before anybody opens it again. If it may be in strange hands, take it out.',
  },
  'head-unreadable': {
    title: 'A snapshot is too new for this version',
    text: 'Reload the app to get the version that can read it.',
  },
  'payload-missing': {
    title: 'A snapshot is still on its way',
    text: 'It was agreed to elsewhere. Nothing is let go here until it has arrived.',
  },
  'no-connections': {
    title: 'This browser connects to no other device',
    text: 'WebRTC is missing or switched off here, as Lockdown Mode does. What you write stays on this device alone. Allow it for this page, or open Upkeep in another browser.',
  },
  'rendezvous-unreachable': {
    title: 'The meeting point is out of reach',
    text: 'Devices that are connected stay so; new ones are found again when it is back. Everything is kept here meanwhile.',
  },
};

/** Every failure and every reason, in words of daily life that say what to do. */
export const errors = {
  ...{ command, blocker, store, pairing, problem },
  ...{ upgradeBlocker, upgradeReason, releaseFault },
};
