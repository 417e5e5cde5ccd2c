import type { BlobId, Hash } from '../../../src/core/base/brands.js';
import { sha256 } from '../../../src/core/base/hash.js';
import type { Body, BodyOf } from '../../../src/core/facts/bodies.js';
import type { Kind } from '../../../src/core/facts/kinds.js';
import { factNamed, HEAD, idNamed, nonceNamed, ROSTER, sessionNamed } from './fixtures.js';

const bytesNamed = (name: string): Uint8Array => sha256(new TextEncoder().encode(name));
const signature = new Uint8Array(64).fill(7);
const statement = idNamed<BodyOf<'roster.approved'>['statement']>('statement');
const record = { session: sessionNamed('garden'), seq: 3 };

/** Identifiers in their sorted order. */
const sorted = <T extends string>(...names: string[]): T[] => names.map(idNamed<T>).sort();
const [device1, device2] = sorted<BodyOf<'roster.proposed'>['envelopes'][number]['device']>(
  'phone',
  'tablet',
) as [never, never];
const [session1, session2] = [sessionNamed('garden'), sessionNamed('home')].sort() as [
  BodyOf<'snapshot.proposed'>['advance'][number]['session'],
  BodyOf<'snapshot.proposed'>['advance'][number]['session'],
];

const upgrade = factNamed('upgrade');
const bundle = {
  ...{ manifest: idNamed<Hash>('manifest'), content: idNamed<Hash>('content') },
  ...{ package: 'upkeep', version: '0.2.0', sequence: 7, protocols: ['upkeep/1', 'upkeep/2'] },
};

/** One sound body of every kind. */
export const SAMPLE_BODIES: { readonly [K in Kind]: BodyOf<K> } = {
  'session.opened': { kind: 'session.opened', nonce: nonceNamed('home'), head: HEAD },
  'record.created': {
    kind: 'record.created',
    title: 'Boiler',
    text: 'Serviced in May.\nNext: valve 🔧',
    labels: ['cellar', 'heating'],
  },
  'record.edited': {
    kind: 'record.edited',
    record,
    title: 'Boiler (new)',
    add: ['warm'],
    remove: ['cold'],
  },
  'record.removed': { kind: 'record.removed', record },
  'roster.proposed': {
    kind: 'roster.proposed',
    record: bytesNamed('record'),
    envelopes: [
      { device: device1, envelope: bytesNamed('envelope 1') },
      { device: device2, envelope: bytesNamed('envelope 2') },
    ],
    consents: [{ device: device2, signature }],
    comment: 'The new tablet',
    expires: 1_700_000_600_000,
    round: 2,
    promises: [bytesNamed('promise')],
  },
  'roster.promised': { kind: 'roster.promised', promise: bytesNamed('promise') },
  'roster.approved': { kind: 'roster.approved', statement, signature, comment: '', bundle: null },
  'roster.refused': { kind: 'roster.refused', statement, reason: 'not my tablet' },
  'roster.abandoned': { kind: 'roster.abandoned', statement, cause: 'withdrawn' },
  'roster.completed': { kind: 'roster.completed', completion: bytesNamed('completion') },
  'snapshot.proposed': {
    kind: 'snapshot.proposed',
    proposal: idNamed('proposal'),
    epoch: 4,
    roster: ROSTER,
    predecessors: sorted('head a', 'head b'),
    index: 9,
    advance: [
      { session: session1, seq: 12, id: factNamed('twelve') },
      { session: session2, seq: 0, id: factNamed('zero') },
    ],
    quarantine: [{ session: session1, seq: 13 }],
    lamport: 4711,
    digest: idNamed('digest'),
    payload: idNamed('payload'),
    fold: 1,
    comment: 'Monthly',
    expires: 1_700_000_600_000,
  },
  'snapshot.approved': {
    kind: 'snapshot.approved',
    statement,
    signature,
    comment: 'same here',
    bundle: idNamed('bundle'),
  },
  'snapshot.refused': {
    kind: 'snapshot.refused',
    statement,
    reason: 'differs',
    differs: ['items', 'pending'],
  },
  'snapshot.abandoned': { kind: 'snapshot.abandoned', statement, cause: 'expired' },
  'snapshot.completed': { kind: 'snapshot.completed', completion: bytesNamed('completion') },
  'equivocation.shown': { kind: 'equivocation.shown', proof: bytesNamed('proof') },
  'roster.vetoed': { kind: 'roster.vetoed', statement, reason: 'I still have it' },
  'record.attached': {
    ...{ kind: 'record.attached', record, blob: idNamed('blob'), name: 'Boiler manual.pdf' },
    ...{ type: 'application/pdf', bytes: 1_400_000 },
  },
  'record.detached': { kind: 'record.detached', record, blob: idNamed('blob') },
  'blobs.wrapped': {
    kind: 'blobs.wrapped',
    epoch: 4,
    wraps: sorted<BlobId>('blob', 'photo').map((blob) => ({ blob, wrap: new Uint8Array(40) })),
  },
  'cache.invalidated': {
    kind: 'cache.invalidated',
    keys: ['search', 'thumb:*'],
    floor: 4,
  },
  'device.reported': {
    ...{ kind: 'device.reported', persisted: true, installed: false, backup: null },
    ...{ quota: 10_240, used: 96, receipt: { head: HEAD, facts: 1063, bytes: 438_211 } },
  },
  'lease.taken': { kind: 'lease.taken', purpose: 'export', until: 1_700_000_600_000 },
  'lease.released': { kind: 'lease.released', purpose: 'export' },
  'device.bundled': {
    ...{ kind: 'device.bundled', ...bundle, fold: 1, channel: 'service-worker' },
    ...{ generation: 3, policy: 'auto', cohort: 'early' },
  },
  'upgrade.proposed': {
    ...{ kind: 'upgrade.proposed', ...bundle, requires: ['upkeep/2'], bytes: 4_812_000, files: 61 },
    ...{ notes: 'Faster lists.\nA new form of labels.', compliance: ['gdpr'], fork: 'hard' },
    urls: ['https://host.example/releases/7/', 'https://other.example/7/'],
    ...{ expires: 1_700_000_600_000, waves: [[device1], [device1, device2]], grace: 3_600_000 },
  },
  'upgrade.readied': {
    ...{ kind: 'upgrade.readied', upgrade, verdict: 'rejected', reason: 'mismatch' },
    bundle: idNamed('content before'),
  },
  'upgrade.vetoed': { kind: 'upgrade.vetoed', upgrade, reason: 'not before the holidays' },
  'upgrade.revoked': { kind: 'upgrade.revoked', upgrade, reason: 'it loses labels' },
  'upgrade.halted': { kind: 'upgrade.halted', upgrade, reason: 'a phone is slow with it' },
  'upgrade.resumed': { kind: 'upgrade.resumed', upgrade, reason: '' },
  'upgrade.switched': {
    ...{ kind: 'upgrade.switched', upgrade: null, from: idNamed('content'), cause: 'error' },
    ...{ to: idNamed('content before'), outcome: 'rolled-back', automatic: true },
  },
  'device.alarmed': { kind: 'device.alarmed', on: true, found: idNamed('loader') },
  'upgrade.declined': { kind: 'upgrade.declined', upgrade, reason: 'the list is fine as it is' },
  'upgrade.tried': {
    ...{ kind: 'upgrade.tried', upgrade, outcome: 'fits', from: 1, to: 2 },
    ...{ lossy: ['date'], duration: 212, bytes: 48_211 },
  },
  'record.dated': { kind: 'record.dated', record, date: '2028-02-29' },
  'policy.changed': { kind: 'policy.changed', name: 'agreed-code', value: 'required' },
};

export const sampleBodies = (): readonly Body[] => Object.values(SAMPLE_BODIES);
