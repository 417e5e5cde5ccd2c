import { FOLD_VERSION } from '../../core/journal/fold-version.js';
import type { Inspection } from '../commands.js';
import type { View } from '../view.js';

/** What a device shows that belongs to no account. */
export const EMPTY_VIEW: View = {
  stage: 'empty',
  activity: [],
  pairing: { kind: 'idle' },
  formerly: null,
  problems: [],
  storage: { isPersisted: null, usedBytes: null, quotaBytes: null },
  account: null,
  sync: {
    kind: 'alone',
    inStepCount: 1,
    deviceCount: 1,
    connectedCount: 0,
    rendezvous: 'connecting',
  },
  devices: [],
  newcomers: [],
  decisions: [],
  records: [],
  recordCount: 0,
  strandedEdits: [],
  peers: [],
  fence: null,
  snapshots: [],
  format: { version: 1, reads: FOLD_VERSION, raisesTo: null, blocker: null, behind: [] },
  journal: { facts: 0, bytes: 0, digest: null, queuedEdits: 0, undecidedFacts: 0 },
  pruning: {
    waits: [],
    leases: [],
    awaitedFrom: [],
    durable: [],
    epochsSince: 0,
    isOverdue: false,
  },
  removed: null,
  forks: [],
  merging: null,
  recovery: null,
  blobs: {
    policy: 'recent',
    hereCount: 0,
    hereBytes: 0,
    missingCount: 0,
    missingBytes: 0,
    transfers: [],
  },
  leaving: { canLeave: false, snapshotIndex: null, tailFacts: 0, own: null, asked: [] },
  lockout: { oneLostDeviceLocks: false },
  upgrades: {
    ...{ running: null, canSwitch: false, cannotSwitch: 'no-loader', isLoaderChanged: false },
    ...{ loader: null, health: null },
    ...{ pending: [], past: [], history: [], required: [], fencedOut: null },
    policies: { fetch: 'manual', give: 'all', activate: 'manual', cohort: '' },
    ...{ devices: [], mayPublish: false, mayActivate: false },
    agreedCode: { isRequired: false, said: null, isForeignHere: false, mayChange: false },
    readyRule: {
      ...{ asked: null, needed: 1, least: 1, most: 1, said: null },
      ...{ mayChange: false, mayLetGo: false },
    },
  },
};

/** What a device without an account has to compare. */
export const NOTHING_HELD: Inspection = { digest: null, base: null, factSet: null, facts: 0 };
