import type { ConductView, PeerView, Rung } from '../../../../replica/links/peer-view.js';
import { format } from '../common.js';

/** Shorter than a minute in ms or seconds, longer as people say it. */
const duration = (ms: number): string => {
  if (ms < 1_000) return `${format.number(Math.round(ms))}\u00a0ms`;
  if (ms < 60_000) return `${format.number(Math.round(ms / 100) / 10)}\u00a0s`;
  return format.span(ms);
};
const points = (value: number): string => `${format.number(Math.round(value))} of 100`;

const DID: Readonly<Record<ConductView['act'], string>> = {
  facts: 'Sent entries, all as they should be',
  gave: 'Gave what it was asked for',
  'kept-waiting': 'Did not give in time what it said it holds',
  'gave-wrong': 'Gave something other than it should have',
  offence: 'Sent what no honest device sends',
  flood: 'Sent far more than it may',
};

const RUNG: Readonly<Record<Rung, string>> = {
  digest: 'Comparing fingerprints',
  frontier: 'Comparing in detail',
  facts: 'Entries',
  bulk: 'Contents of snapshots',
  other: 'Everything else',
  beat: 'Signs of life',
};

/** Words of what was measured of other devices. */
export const peers = {
  title: 'Connection',
  lead: 'The other devices, as this one has come to know them since it was opened.',
  noneTitle: 'No other device yet',
  noneText: 'Add a second device, and this screen shows how the two get on.',
  goneTitle: 'Not on the list',
  goneText: 'This device does not belong to the account, or not any more.',
  invite: 'Add a device',
  list: 'Devices',
  state: (peer: PeerView): string => {
    switch (peer.state) {
      case 'never-met':
        return 'never met';
      case 'away':
        return 'away';
      case 'refused':
        return 'turned away for now';
      case 'catching-up':
        return peer.isPreferred ? 'connected, catching up' : 'connected, asked last for now';
      case 'in-step':
        return peer.isPreferred ? 'in step' : 'in step, asked last for now';
    }
  },
  lead1: (peer: PeerView, lastSeen: string | null): string => {
    const since = peer.connectedMs === null ? '' : duration(peer.connectedMs);
    switch (peer.state) {
      case 'never-met':
        return 'This device has never been connected to it.';
      case 'away':
        return lastSeen === null ? 'Away.' : `Away, last seen ${lastSeen}.`;
      case 'refused':
        return 'Turned away for now.';
      case 'catching-up':
        return `Connected for ${since}, catching up.`;
      case 'in-step':
        return `Connected for ${since}. Both hold exactly the same.`;
    }
  },
  neverTitle: 'Nothing to measure yet',
  neverText:
    'Both have to be open at the same time once, near each other or with a meeting point in reach. Until then what one writes reaches the other by way of the other devices.',
  refusedTitle: 'It was cut off',
  refusedText: (peer: PeerView): string =>
    `It sent far too much, or what no honest device sends. This device does not listen to it for another ${duration(peer.refusedMs)}. Nothing is lost: what it has comes afterwards.`,
  lowTitle: 'Asked last for now',
  lowText: (peer: PeerView): string =>
    `Others are asked before it, because of what stands below. If nothing more happens, that is over in ${duration(peer.recoversInMs)}.`,
  score: 'How well it serves',
  scoreOf: points,
  scoreHint: 'Decides whom this device asks first. It never decides what is true.',
  trust: 'Trust',
  trustNote: 'half of it; begins at 50 and goes back there with time',
  success: 'Kept its word',
  successNote: 'three tenths; of what it was asked for, how much it gave',
  load: 'Free for more',
  loadNote: 'two tenths; how little of what it was asked for is still to come',
  why: 'What raised and lowered it',
  whyNone: 'Nothing yet. Every device begins in the same place.',
  did: ({ act, times }: ConductView): string =>
    times === 1 ? DID[act] : `${DID[act]}, ${format.number(times)} times`,
  didNote: ({ trust, agoMs }: ConductView): string =>
    `${trust > 0 ? '+' : '−'}${format.number(Math.abs(trust))} trust each time · last ${duration(agoMs)} ago`,
  measured: 'Measured here',
  latency: 'Answers within',
  throughput: 'Passes',
  perSecond: (bytes: number): string => `${format.bytes(Math.round(bytes))} a second`,
  sent: 'Sent to it',
  received: 'Came from it',
  entries: 'Entries from it',
  errors: 'Faults',
  throttled: 'Slowed down',
  times: (count: number): string =>
    count === 0 ? 'never' : format.plural(count, { one: 'once', other: '# times' }),
  heard: 'Heard of',
  ago: (ms: number): string => `${duration(ms)} ago`,
  catchUps: 'Came into step',
  catchUp: (count: number, ms: number | null): string => {
    const often = format.plural(count, { one: 'once', other: '# times' });
    return ms === null ? 'not yet' : `${often}, the last time in ${duration(ms)}`;
  },
  unknown: 'not yet',
  duration,
  offers: 'What it has to give',
  offersAway: 'Known once it is connected.',
  payloads: 'Contents of snapshots',
  files: 'Files, all or in part',
  lately: 'Lately',
  toDevice: 'About this device',
  toDeviceNote: 'its name, its rights, taking it out',
  rungs: 'What passed, by purpose',
  rung: (rung: Rung): string => RUNG[rung],
  passed: (messages: number, bytes: number): string =>
    `${format.plural(messages, { one: '# message', other: '# messages' })}, ${format.bytes(bytes)}`,
  traffic: 'By kind of message: sent, received',
  tally: (sent: number, received: number): string =>
    `${format.number(sent)}, ${format.number(received)}`,
  protocols: 'Protocols',
  updates: 'Entries come as',
  updatesOf: (hasUpdates: boolean): string => (hasUpdates ? 'updates of the carrier' : 'runs'),
  threshold: 'Threshold',
  thresholdText: 'asked last below 40; forgotten when the app is closed',
};
