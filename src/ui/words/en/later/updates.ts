import type { DeviceBundleView, UpgradeView } from '../../../../replica/view.js';
import { plainName } from '../../../names.js';
import { checkOf, ownCheck } from '../checks.js';
import { format } from '../common.js';
import { upgradePolicies } from './upgrade-policies.js';
import { upgradeTelling } from './upgrade-telling.js';

const names = (of: readonly string[]): string => format.list(of.map(plainName));
const devices = (count: number): string =>
  format.plural(count, { one: '# device', other: '# devices' });

/** When a device's turn comes; another name than ours is shown as it is. */
const turn = (cohort: string): string => {
  if (cohort === 'early') return 'goes first';
  if (cohort === 'late') return 'goes last';
  const name = plainName(cohort);
  return name === '' || name === 'usual' ? '' : `“${name}”`;
};

/** Words of Updates. */
export const updates = {
  publishOpen: 'Offer a version…',
  mayOffer: (names: readonly string[]) =>
    names.length === 0
      ? 'None of your devices may offer versions. Give one that right under Devices.'
      : `Only ${format.choice(names.map(plainName))} may offer versions.`,
  ...upgradeTelling,
  title: 'Updates',
  upToDate: 'Up to date',
  current: (version: string) => `Upkeep ${version} runs on this device.`,
  name: (version: string) => `Upkeep ${version}`,
  promptTitle: (version: string) => `Update to ${version}`,
  look: 'Look at it',
  meta: (upgrade: UpgradeView) =>
    [...upgrade.compliance.slice(0, 2), format.bytes(upgrade.bytes)].join(' · '),
  offered: (by: string, when: string) => `Offered by ${plainName(by)}, ${when}.`,
  noNotes: 'Nothing was written about what changes.',
  untilLockIn: (when: string) => `Runs out ${when} if too few devices are ready.`,
  wave: (mine: number, count: number, open: number) =>
    mine <= open
      ? `It is this device’s turn (group ${format.number(mine + 1)} of ${format.number(count)}).`
      : `This device is in group ${format.number(mine + 1)} of ${format.number(count)}; group ${format.number(open + 1)} goes first.`,
  waveWaits: (waiting: readonly string[]) => `Waiting for ${names(waiting)}.`,
  steps: 'How far this device is',
  step: {
    download: 'Download',
    verify: 'Verify',
    activate: 'Activate',
    confirm: 'Confirm it runs well',
    bind: 'Make it binding',
    bound: 'Binding for all',
  },
  stepNote: {
    files: (done: number, of: number) => `${format.number(done)} of ${format.number(of)} files`,
    allMatch: 'all match',
    ready: (have: number, of: number) =>
      `${format.number(have)} of ${format.number(of)} devices ready`,
    runIt: (have: number, of: number) =>
      `${format.number(have)} of ${format.number(of)} devices run it`,
    at: (when: string) => when,
    yourTurn: 'when you say so',
    others: 'others go first',
    stopped: 'stopped',
    elseBack: (version: string) => `else back to ${version}`,
    elseBackPlain: 'else back by itself',
    wentBack: (version: string) => `back to ${version}`,
    asked: 'being decided',
  },
  download: 'Download',
  again: 'Try again',
  starting: 'Starting…',
  stop: 'Stop',
  stopping: 'Stopping…',
  notNow: 'Not now…',
  afterAll: 'Take it after all',
  declined: 'This device said no to it.',
  switch: 'Switch now',
  switching: 'Switching…',
  switchHint: 'The page loads anew. If it does not run well, this device goes back by itself.',
  bind: 'Make it binding…',
  bindDialog: {
    title: (version: string) => `Make ${version} binding?`,
    fence: 'From then on every device needs this version or a later one.',
    behind: (who: readonly string[]) =>
      `${names(who)} ${who.length === 1 ? 'runs' : 'run'} an older one: everything there is kept, and it talks to the others again after updating.`,
    nobody: 'All of your devices run it already.',
    wayBack: 'There is no way back to an older version; only a later one follows.',
    send: 'Ask the others',
    sending: 'Asking…',
  },
  decision: 'See the decision',
  missing: (who: readonly string[]) => `Missing: ${format.choice(who.map(plainName))}.`,
  openOn: (name: string) => `Quickest: open Upkeep on ${plainName(name)} and check it there.`,
  ownTurn: 'Quickest: download and check it here.',
  haltedBy: (name: string, reason: string) =>
    reason === ''
      ? `${plainName(name)} stopped the roll-out.`
      : `${plainName(name)} stopped the roll-out: “${reason}”`,
  haltedTitle: 'Stopped for now',
  mismatch: 'Nothing of it runs here.',
  refusedTitle: 'Not taken',
  awaitedTitle: 'Waiting for a true copy',
  awaited: (holders: readonly string[]) =>
    holders.length === 0
      ? 'None of your other devices has it yet. This device asks again by itself.'
      : `${format.choice(holders.map(plainName))} can bring it: open Upkeep there. This device asks again by itself.`,
  wentBackTitle: 'It did not run well here',
  wentBack: (version: string | null) =>
    version === null
      ? 'This device went back to the version before, by itself. The others know of it.'
      : `This device went back to ${version}. The others know of it, and none of them takes it again.`,
  manage: 'Manage this version',
  mayManage: (names: readonly string[]) =>
    names.length === 0
      ? 'None of your devices may stop its roll-out or take it back.'
      : `Only ${format.choice(names.map(plainName))} may stop its roll-out, let it go on, or take it back.`,
  halt: 'Stop the roll-out…',
  resume: 'Go on with it',
  resuming: 'Going on…',
  veto: 'Stop it for everyone…',
  revoke: 'Take it back…',
  reasons: {
    decline: {
      title: 'Not on this device?',
      text: 'The others see that this device does not want it, and why. You can take it later.',
      send: 'Say no',
      sending: 'Saving…',
    },
    veto: {
      title: 'Stop it for everyone?',
      text: 'One device is enough to stop it before it is agreed to. Everyone sees that it was this one, and why.',
      send: 'Stop it',
      sending: 'Stopping…',
    },
    revoke: {
      title: 'Take this version back?',
      text: 'No device switches to it any more. Those that run it already go on with it until they go back or a later one comes.',
      send: 'Take it back',
      sending: 'Taking back…',
    },
    halt: {
      title: 'Stop the roll-out?',
      text: 'Devices that have not switched wait until you go on. Those that have keep it.',
      send: 'Stop it',
      sending: 'Stopping…',
    },
    rollBack: {
      title: 'Go back to the version before?',
      text: 'The page loads anew. Your records and decisions all stay; what only this version can show is hidden until a later one. This version is not taken again on any of your devices.',
      send: 'Go back',
      sending: 'Going back…',
    },
  },
  reason: 'Your reason',
  reasonHint: 'The others see it.',
  reasonEmpty: 'Say in a few words why.',
  who: 'Who is ready',
  whoCount: (have: number, need: number) =>
    have >= need
      ? `Enough: ${devices(have)} ready, ${format.number(need)} needed.`
      : `${format.number(have)} of ${format.number(need)} needed devices are ready.`,
  dot: { yes: 'ready', turn: 'your turn', awaited: 'not yet', away: 'away', no: 'not taken' },
  runs: 'What your devices run',
  runsNote: ({ version, policy, cohort }: DeviceBundleView) =>
    version === null
      ? 'has not said yet'
      : [version, policy === 'auto' ? 'switches by itself' : '', turn(cohort ?? '')]
          .filter((part) => part !== '')
          .join(', '),
  foreign: (version: string) => `${version}, which your devices did not agree to`,
  running: 'On this device',
  version: 'Version',
  health: 'State',
  healthOf: { good: 'runs well', trial: 'on trial' },
  looked: 'Last looked at',
  lookedAt: (when: string, wrong: number) =>
    wrong === 0
      ? `${when}: all well`
      : `${when}: ${format.plural(wrong, { one: '# thing is not well', other: '# things are not well' })}`,
  inUse: 'in use',
  noAnswer: (what: string) => `No answer: ${what}`,
  noAnswerText: 'That is not yet a fault. It is looked at again when the app opens.',
  check: checkOf,
  comes: 'Comes by',
  channel: { 'service-worker': 'the app’s website', 'app-store': 'an app store' },
  goBack: 'Go back…',
  goBackWhy: 'There is no version to go back to.',
  trialTitle: (version: string) => `Trying ${version}`,
  trial: 'The app checks itself. If anything that matters fails, this device goes back by itself.',
  trialLeft: (seconds: number) =>
    seconds <= 0
      ? 'The time is over; what runs next is decided at the next load.'
      : `${format.plural(seconds, { one: '# second', other: '# seconds' })} left to prove itself.`,
  cannot: {
    'no-loader': {
      title: 'This window cannot switch',
      text: 'The app runs without its own store of versions here, as in a private window or on the very first visit. Load the page again, or install the app.',
    },
    'app-store': {
      title: 'A store brings the versions',
      text: 'This app came from a store, which replaces it as a whole. Your devices see which version it runs, and count it once the store has brought it.',
    },
  },
  loaderTitle: 'The part that opens the app was changed',
  loaderText:
    'The website changed it into one that this version does not know. Do not enter a recovery key here, and ask whoever runs the website.',
  opener: {
    title: 'The part that opens the app is renewed',
    agreed: 'Your devices agreed to it with the version that brings it.',
    comes: 'It is here, and checked. It takes over once every window of the app is closed.',
    later: 'This device goes on with the one that it has, and asks again.',
    fault: {
      mismatch: 'The website gives something else in its place, of which nothing runs here.',
      unreachable: 'The website does not give it.',
      failed: 'The browser did not take it.',
    },
    brings: 'It renews the part that opens the app.',
  },
  policies: upgradePolicies,
  offlineNote:
    'No other device is near. You can check and decide here; the others hear of it later.',
  before: 'Before',
  history: 'Switches on this device',
  switched: (from: string | null, to: string | null) =>
    from === null
      ? `Began with ${to ?? 'an unknown version'}`
      : `${from} → ${to ?? 'an unknown version'}`,
  switchNote: (outcome: 'good' | 'rolled-back', isAutomatic: boolean, when: string) =>
    outcome === 'good'
      ? `${when} · runs well`
      : `${when} · went back ${isAutomatic ? 'by itself' : 'by hand'}`,
  cause: (text: string): string => {
    const [, name] = /^health (\w+) /.exec(text) ?? [];
    const own = name === undefined ? null : ownCheck(name);
    if (own !== null) return `Cause: ${own.wrong.toLowerCase()}`;
    return text === '' ? '' : `Cause: ${text}`;
  },
  howTitle: 'How a new version comes',
  how: [
    {
      title: 'It is offered',
      text: 'The admin’s device names it to all others, with every file by its own seal.',
    },
    {
      title: 'Each device checks it',
      text: 'It downloads the files, compares each one, and says that it is ready, or why not.',
    },
    {
      title: 'It is tried',
      text: 'Once enough are ready you switch. If it does not run well, the device goes back by itself.',
    },
  ],
  noOpening: 'If the app does not open any more',
  recoveryAddress: 'Its address, for the day that this screen is out of reach:',
  waiting: 'A newer version is here',
  waitingText:
    'It is complete and checked, and works offline too. The page loads anew; nothing is lost.',
  use: 'Use it now',
  moving: 'Moving to it…',
  build: 'Build',
  compare: 'Compare the build with your other devices',
  compareHint: 'Equal groups mean that both run exactly the same app.',
  detail: {
    manifest: 'Manifest',
    content: 'Content root',
    sequence: 'Release',
    protocols: 'Protocols',
    requires: 'Made indispensable',
    opener: 'Opening part',
    urls: 'Addresses',
    stage: 'Stage',
    fence: 'Fence epoch',
  },
};
