import { activity } from './en/activity.js';
import { common, format } from './en/common.js';
import { decision } from './en/decision.js';
import { devices } from './en/devices.js';
import { errors } from './en/errors.js';
import { files } from './en/files.js';
import { home } from './en/home.js';
import { lock } from './en/lock.js';
import { membership } from './en/membership.js';
import { more, stage, sync } from './en/more.js';
import { records } from './en/records.js';
import { recovery } from './en/recovery.js';
import { snapshots } from './en/snapshots.js';
import { welcome } from './en/welcome.js';

/** English: the first language, and the shape of every other. */
export const en = {
  format,
  common,
  errors,
  stage,
  home,
  decision,
  sync,
  snapshots,
  activity,
  more,
  welcome,
  records,
  files,
  devices,
  membership,
  recovery,
  lock,
  /** What comes with screens that are opened seldom. */
  later: {
    awaited: () => import('./en/later/awaited.js').then(({ awaited }) => awaited),
    caches: () => import('./en/later/caches.js').then(({ caches }) => caches),
    back: () => import('./en/later/lost.js').then(({ back }) => back),
    fenced: () => import('./en/later/fenced.js').then(({ fenced }) => fenced),
    health: () => import('./en/later/health.js').then(({ health }) => health),
    leave: () => import('./en/later/leave.js').then(({ leave }) => leave),
    pair: () => import('./en/later/pair.js').then(({ pair }) => pair),
    palette: () => import('./en/later/palette.js').then(({ palette }) => palette),
    peers: () => import('./en/later/peers.js').then(({ peers }) => peers),
    recovery: () => import('./en/later/recovery.js').then(({ recoveryKey }) => recoveryKey),
    publish: () => import('./en/later/upgrade-publishing.js').then(({ publish }) => publish),
    quiet: () => import('./en/later/quiet.js').then(({ quiet }) => quiet),
    rules: () => import('./en/later/rules.js').then(({ rules }) => rules),
    split: () => import('./en/later/split.js').then(({ split }) => split),
    tryIt: () => import('./en/later/try-it.js').then(({ tryIt }) => tryIt),
    undone: () => import('./en/later/undone.js').then(({ undone }) => undone),
    unopened: () => import('./en/later/lost.js').then(({ unopened }) => unopened),
    updates: () => import('./en/later/updates.js').then(({ updates }) => updates),
  },
};
