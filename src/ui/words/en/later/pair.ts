import type { PairingFailure } from '../../../../replica/view.js';
import { plainName } from '../../../names.js';
import { format } from '../common.js';

/** What went wrong in pairing: a title, what it means, and what to do next. */
interface FailureWords {
  readonly title: string;
  readonly text: string;
}

const failure: Record<PairingFailure, FailureWords> = {
  'code-malformed': {
    title: 'This is not a pairing code',
    text: 'A code to type has four groups of four letters and digits. Scan it, or type the whole of it.',
  },
  'code-mistyped': {
    title: 'One character is off',
    text: 'The check digits do not match. Compare the groups one by one; there is no letter I, L, O or U in a code.',
  },
  'code-expired': {
    title: 'This code has run out',
    text: 'A code is good for ten minutes. Ask for a new one on the other device. If it is fresh, check that the clock here is right.',
  },
  'code-used': {
    title: 'This code is spent',
    text: 'It lets in one device, once, and one wrong try by anybody ends it, typed or scanned. Ask for a new one. If it was not you who used it, look at the list of devices.',
  },
  'code-wrong': {
    title: 'That was not the same code',
    text: 'The other device shows another one, or somebody stood between. Nothing was handed over, and a code is good for one try: ask for a new one.',
  },
  'code-guessed': {
    title: 'A wrong code was entered',
    text: 'Somebody tried to join with a code that was not quite this one. To be safe it is spent, and the picture to scan with it. Nobody got in: show a new one.',
  },
  'code-other-purpose': {
    title: 'This code is for something else',
    text: 'It comes from Upkeep, but does not add a device. Choose Add a device on the other screen.',
  },
  'code-newer-version': {
    title: 'The other device is newer',
    text: 'Its code comes from a later version of Upkeep. Reload this page to update, then try again.',
  },
  'other-account': {
    title: 'That is another account',
    text: 'This device already belongs to an account of its own, and keeps to it.',
  },
  'no-direct-way': {
    title: 'No direct way from here',
    text: 'This browser tells no address that another device could reach. Join both to one Wi-Fi or hotspot, or use the usual code.',
  },
  'no-connections': {
    title: 'This browser connects to no other device',
    text: 'WebRTC is missing or switched off here, as Lockdown Mode does. Allow it for this page, or open Upkeep in another browser.',
  },
  'nobody-there': {
    title: 'The other device does not answer',
    text: 'Keep its code on the screen, with Upkeep in front. Both devices need to be on the same network or online.',
  },
  'words-differ': {
    title: 'Stopped: the words differed',
    text: 'Somebody may stand between the two devices. Nothing was handed over. Try again with a new code, on a network that you trust.',
  },
  withdrawn: {
    title: 'Pairing was ended on the other side',
    text: 'Nothing was changed. Start again whenever both of you are ready.',
  },
  'peer-lied': {
    title: 'Stopped: the other side did not play by the rules',
    text: 'What it sent does not fit what it said before. Nothing was handed over. Start again with a new code.',
  },
  'connection-lost': {
    title: 'The connection broke off',
    text: 'Nothing is half done. Bring both devices close, keep Upkeep in front, and try again.',
  },
  'refused-by-members': {
    title: 'The other devices said no',
    text: 'The reason stands with the decision. Talk to whoever refused before trying again.',
  },
  lapsed: {
    title: 'Too few said yes in time',
    text: 'The question ran out before enough of the other devices had answered. Open Upkeep on them, then start again with a new code.',
  },
  superseded: {
    title: 'The devices changed meanwhile',
    text: 'Another change of the devices was agreed to first, so the question no longer fits. Nobody has said no to it: start again with a new code.',
  },
  'not-asked': {
    title: 'The others could not be asked',
    text: 'Something else that this device asked for is still open, or the code for it is not at hand. Nobody has said no: start again later, or from another of your devices.',
  },
  'store-failed': {
    title: 'This device could not keep it',
    text: 'The browser refused to write. Free some space, leave private browsing if you are in it, and try again.',
  },
};

const quote = (name: string): string => `“${plainName(name)}”`;

const nth = (count: number): string => `${count}${['th', 'st', 'nd', 'rd'][count] ?? 'th'}`;

/** Pairing: the code, the comparison, and the way in. */
export const pair = {
  title: 'Add a device',
  joinTitle: 'Join with a code',
  introLead: 'The new phone, tablet or laptop gets a full copy of everything here.',
  introSteps: [
    'Open Upkeep on the new device and choose Join with a code.',
    'Scan the code that this screen shows.',
    'Choose here the four words that it shows.',
  ],
  introLabel: 'How it goes',
  showCode: 'Show the code',
  notHereTitle: 'This device may not let others in',
  notHereWho: (names: readonly string[]) =>
    `Do it on ${format.choice(names)}: open Upkeep there, go to Devices, and choose Add a device.`,
  notHereGrant:
    'To let this device do it too, look for it under Devices there, and change what it may do.',
  notHereNobody: 'Nor may any other: they have to be given that right first, under Devices.',
  fullText: 'Take out one that is no longer used, then add the new one.',
  making: 'Making a code…',
  inviteFailed: 'No code could be made.',
  scanThis: 'Scan this with the new device',
  qrLabel: 'Pairing code as a QR picture; the same code stands below in letters.',
  orType: 'Or type it there',
  codeLabel: 'Pairing code',
  goodFor: (span: string) => `Good once, for ${span}.`,
  lastMinute: 'Good once, for less than a minute.',
  copyLink: 'Copy as a link',
  copied: 'Copied',
  copyFailed: 'Copying is not allowed here',
  private:
    'Show it only to your own devices. Whoever holds it can ask to join; one wrong try at the letters ends the picture too.',
  expiredTitle: 'This code has run out',
  expiredText: 'Make a new one when the other device is at hand.',
  newCode: 'New code',
  end: 'End pairing',
  offlineAsk: 'No internet here? Both devices on one Wi-Fi or hotspot can meet by two codes.',
  offlineStart: 'Pair with two codes',
  offlineTitle: 'First of two codes',
  offlineLead: 'Both devices on one Wi-Fi or hotspot, with or without internet.',
  offerQrLabel: 'First code as a QR picture.',
  offerScan: '1. Scan this with the new device: Join with a code',
  answerScan: '2. Scan the code it shows then',
  answerTitle: 'Second of two codes',
  answerLead: 'Scan this with the device that showed the first one.',
  answerQrLabel: 'Second code as a QR picture.',
  asLetters: 'No camera? As letters',
  otherLetters: 'The code of the other screen',
  connect: 'Connect',
  joinLead: 'On a device that has the account already, open Devices and choose Add a device.',
  scan: 'Scan the code',
  scanTitle: 'Scan the code',
  scanHint: 'Hold the square of the other screen inside the frame.',
  scanStop: 'Type it instead',
  scanStarting: 'Starting the camera…',
  cameraView: 'Camera picture',
  cameraFailure: {
    refused:
      'The camera is not allowed here. Allow it in the browser’s settings for this page, or type the code.',
    missing: 'This device has no camera that can be used. Type the code instead.',
    busy: 'Another app is using the camera. Close it and try again, or type the code.',
    insecure: 'The camera works only on a secure address (https). Type the code instead.',
    failed: 'The camera did not start. Type the code instead.',
  },
  photo: 'Use a photo of the code',
  photoBlank: 'No code was found in this photo. Take it straight on, with the whole square in it.',
  notACode: 'That is a QR code, but not one of Upkeep’s.',
  code: 'Code',
  codeHint: 'Four groups of four. Capitals or not, spaces or not.',
  codeCount: (have: number, need: number) => `${have} of ${need} characters`,
  codeGood: 'The code is complete.',
  slipCharacter: (group: number, place: number, meant: string | null) => ({
    title: `The ${nth(place)} character of the ${nth(group)} group looks wrong`,
    text:
      meant === null
        ? 'Compare it with the other screen.'
        : `Is it ${meant} on the other screen? If it is not, compare all four groups.`,
  }),
  slipExchanged: (group: number, place: number) => ({
    title: `Two characters look exchanged, from the ${nth(place)} of the ${nth(group)} group on`,
    text: 'Compare them with the other screen.',
  }),
  paste: 'Paste',
  pasteFailed: 'Nothing to paste, or pasting is not allowed here.',
  joinNow: 'Join',
  joining: 'Looking for it…',
  needsCode: 'Enter the code first.',
  needsName: 'Give this device a name.',
  fixCode: 'The code needs correcting.',
  memberTitle: 'This device already belongs to an account',
  memberText: 'To add another device, show a code here and enter it there.',
  seekingTitle: 'Looking for the other device',
  seekingLead: 'Keep the code open on its screen.',
  seekingLong: 'This takes longer than usual. Are both devices online, or on the same network?',
  stage: {
    code: 'Code read',
    find: 'Find the other device',
    compare: 'Compare the words',
    agree: 'The other devices agree',
    receive: 'Receive the records',
    hand: 'Hand over the records',
  },
  stageLabel: 'Pairing, step by step',
  compareTitle: 'The same on both screens?',
  compareLead: (peer: string) =>
    `${peer} shows three sets of words. Is this one of them, in this order?`,
  compareLabel: 'Words to compare',
  picturesLabel: 'Pictures to compare',
  same: 'They match',
  differ: 'They differ',
  compareWhy: 'If they match, nobody stands between the two devices.',
  chooseTitle: 'Which set does it show?',
  chooseLead: (peer: string) =>
    `Look at ${peer} and choose what it shows. A wrong choice ends the pairing.`,
  chooseLabel: 'Sets of words to choose from',
  chooseFirst: 'Choose the set that the other screen shows.',
  choose: 'This one',
  chooseNone: 'None of these',
  whoTitle: (name: string) => `Is it the ${quote(name)} that you have?`,
  whoText: 'It bears the same name. That proves nothing; you know which device it is.',
  whoSame: 'Yes: it lost its data, and takes the place of the old one',
  whoNew: 'No: it is one more device',
  whoFirst: 'Say whether it is the device that you have.',
  backAsk: 'Is it a device that was here before and lost its data?',
  backWhich: 'Choose it, and the new one takes its place: the old keys go.',
  replacedSilent: (name: string) =>
    `${quote(name)} lost its keys, so it cannot say yes any more. If too few others are left, the recovery key can.`,
  useKey: 'Use the recovery key',
  confirmedTitle: 'Now confirm on the other screen',
  confirmedLead: (peer: string) => `Waiting for ${peer} to say that they match.`,
  waitingTitle: 'Almost in',
  waitingTitleInviter: (peer: string) => `${peer} is waiting`,
  waitingLead: 'Everyone who decides is asked whether the new device may join.',
  outOfSight: {
    title: 'Waiting for their yes',
    lead: 'If enough of them say yes, this device gets in by itself.',
    asked: (names: readonly string[]) => `Asked: ${format.list(names)}.`,
    note: (peer: string, when: string) =>
      `This device has lost sight of ${peer}, and without it hears of a yes alone. Whether somebody said no, or the devices changed meanwhile, is shown on ${peer}. The question runs out ${when}.`,
    overTitle: 'No yes has come',
    overLead: (when: string) => `The question ran out ${when}.`,
    overNote:
      'If they said yes in time, this device gets in as soon as it meets one of them: open Upkeep there. Else begin again with a new code; nothing is lost by that.',
  },
  missing: 'Still to say yes',
  nobodyMissing: 'Everyone said yes. Finishing.',
  openDecision: 'See the decision',
  receivingTitle: 'Receiving your records',
  receivingLead: 'Keep both devices near and Upkeep in front.',
  received: (have: string, total: string) => `${have} of ${total}`,
  doneTitle: 'This device is in',
  doneTitleInviter: (peer: string) => `${peer} is in`,
  doneLead: 'It holds a full copy now, and has a say in what is decided.',
  doneLeadInviter: 'It holds a full copy now. Every device was told.',
  again: 'Try again',
  enterAgain: 'Enter a code',
  back: 'Not now',
  failure,
};

export type PairWords = typeof pair;
