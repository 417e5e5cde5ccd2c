import { type Words, withWords } from '../words/words.js';

/** What all screens of Updates say, with one of them. */
const withUpdates = <P>(words: Words, part: Promise<P>): Promise<P> =>
  withWords(words.later.updates, part);

/** Parts of the app that a first visit does without; each is fetched when it is first shown. */
export const loadActivity = () => import('./activity/Activity.svelte');
export const loadAwaited = (words: Words) =>
  withWords(words.later.awaited, import('./snapshots/AwaitedSnapshot.svelte'));
export const loadCaches = (words: Words) =>
  withWords(words.later.caches, import('./caches/Caches.svelte'));
export const loadCalls = () => import('./quiet/Calls.svelte');
export const loadDecision = () => import('./decision/ShownDecision.svelte');
export const loadDevices = () => import('./devices/Devices.svelte');
export const loadFenceNotice = () => import('./home/FenceNotice.svelte');
export const loadHealth = (words: Words) =>
  withWords(words.later.health, import('./health/Health.svelte'));
export const loadLeave = (words: Words) =>
  withWords(words.later.leave, import('./leave/Leave.svelte'));
export const loadLeaveNotice = (words: Words) =>
  withWords(words.later.leave, import('./leave/LeaveNotice.svelte'));
export const loadMore = () => import('./more/More.svelte');
export const loadFencedOut = (words: Words) =>
  withUpdates(words, withWords(words.later.fenced, import('./updates/FencedOut.svelte')));
export const loadPair = (words: Words) => withWords(words.later.pair, import('./pair/Pair.svelte'));
export const loadPalette = (words: Words) =>
  withWords(words.later.palette, import('./palette/Palette.svelte'));
export const loadPeers = (words: Words) =>
  withWords(words.later.peers, import('./sync/Peers.svelte'));
export const loadPublish = (words: Words) =>
  withUpdates(words, withWords(words.later.publish, import('./updates/Publish.svelte')));
export const loadQuietNotice = (words: Words) =>
  withWords(words.later.quiet, import('./quiet/QuietNotice.svelte'));
export const loadRecords = () => import('./records/Records.svelte');
export const loadRecovery = (words: Words) =>
  withWords(words.later.recovery, import('./recovery/Recovery.svelte'));
export const loadRemoved = () => import('./stage/Removed.svelte');
export const loadRoomNotice = () => import('./files/RoomNotice.svelte');
export const loadRules = (words: Words) =>
  withWords(words.later.rules, import('./rules/Rules.svelte'));
export const loadShell = () => import('../Shell.svelte');
export const loadSnapshots = () => import('./snapshots/Snapshots.svelte');
export const loadSplit = (words: Words) =>
  withWords(words.later.split, import('./split/Split.svelte'));
export const loadStorage = () => import('./files/Storage.svelte');
export const loadSync = () => import('./sync/SyncSheet.svelte');
export const loadTransfers = () => import('./files/TransferList.svelte');
export const loadTryIt = (words: Words) =>
  withWords(words.later.tryIt, import('./try-it/TryIt.svelte'));
export const loadUndone = (words: Words) =>
  withWords(words.later.undone, import('./decision/UndoneNotice.svelte'));
export const loadUnopened = (words: Words) =>
  withWords(words.later.unopened, import('./stage/Unopened.svelte'));
export const loadUpgradePrompt = (words: Words) =>
  withUpdates(words, import('./updates/UpgradePrompt.svelte'));
export const loadUpdates = (words: Words) =>
  withUpdates(words, withWords(words.later.fenced, import('./updates/Updates.svelte')));
export const loadWelcomeBack = (words: Words) =>
  withWords(words.later.back, import('./welcome/WelcomeBack.svelte'));
