import type {
  BlobId,
  Hash,
  HeadId,
  PayloadId,
  RosterHash,
  SessionId,
  StatementHash,
} from '../../core/base/brands.js';
import type { DeviceId } from '../../core/base/brands.js';
import {
  type CanonicalValue,
  decodeCanonical,
  encodeCanonical,
} from '../../core/base/canonical.js';
import type { Change, Table } from '../../ports/store.js';

/** Facts of one session that one row holds at most: packed rows load three times as fast. */
const FACTS_PER_ROW_MAX = 128;

const SEQ_DIGITS = 12;

/** Sorts as the numbers do. */
const padNumber = (value: number): string => String(value).padStart(SEQ_DIGITS, '0');

/** Keys of every row that the replica writes: one place, so that no two meanings share a key. */
export const KEYS = {
  facts: (session: SessionId, firstSeq: number) => `${session}:${padNumber(firstSeq)}`,
  factsFrom: (session: SessionId) => `${session}:`,
  factsTo: (session: SessionId) => `${session};`,
  signature: (session: SessionId) => session,
  roster: (hash: RosterHash) => `roster:${hash}`,
  /** Further completions of a record, from 1 on. */
  rosterAgain: (hash: RosterHash, index: number) => `roster:${hash}:${padNumber(index)}`,
  head: (id: HeadId) => `head:${id}`,
  receipt: (id: HeadId) => `receipt:${id}`,
  share: (statement: StatementHash, device: DeviceId) => `share:${statement}:${device}`,
  evidence: (session: SessionId) => `evidence:${session}`,
  /** Facts that a disputed snapshot covered here, as evidence. */
  kept: (head: HeadId, session: SessionId) => `kept:${head}:${session}`,
  /** Facts that an adopted head covers and this device would give back, by the key of their row. */
  past: (head: HeadId, row: string) => `past:${head}:${row}`,
  alarm: 'alarm',
  shown: (session: SessionId, seq: number) => `shown:${session}:${seq}`,
  envelopes: (hash: RosterHash) => `envelopes:${hash}`,
  payload: (id: PayloadId) => id,
  /** Beside the payloads: what the facts after the base were folded into. */
  checkpoint: 'checkpoint',
  answer: (statement: StatementHash) => `answer:${statement}`,
  ballot: (previous: RosterHash) => `ballot:${previous}`,
  /** This device's person said yes to a record. */
  confirmed: (record: RosterHash) => `confirmed:${record}`,
  /** When this device first saw what a grace of an upgrade runs from. */
  grace: (seen: string) => `grace:${seen}`,
  /** When this device first saw a dangerous change. */
  sight: (record: RosterHash) => `sight:${record}`,
  /** Stranded edits that were taken over or left here: up to which lamport. */
  left: (stranded: string) => `left:${stranded}`,
  fence: (statement: StatementHash) => `fence:${statement}`,
  queue: (index: number) => padNumber(index),
  /** Keys of caches that wait for a fence to fall. */
  invalidation: (index: number) => `invalidation:${padNumber(index)}`,
  activity: (index: number) => padNumber(index),
  device: 'device',
  pending: 'pending',
  removed: 'removed',
  account: 'account',
  /** A person was told who came in with this record. */
  met: (record: RosterHash) => `met:${record}`,
  session: 'session',
  lastSeen: 'last-seen',
  retired: (device: DeviceId) => `retired:${device}`,
  recovery: (device: DeviceId) => `recovery:${device}`,
  /** There were blobs here once. */
  blobs: 'blobs',
  blobIndex: (blob: BlobId) => `${blob}/index`,
  blobChunk: (blob: BlobId, chunk: number) => `${blob}/${String(chunk).padStart(6, '0')}`,
  blobFrom: (blob: BlobId) => `${blob}/`,
  blobTo: (blob: BlobId) => `${blob}0`,
  blobPolicy: 'blob-policy',
  /** What this device does about soft upgrades by itself: switches, fetches, gives them on. */
  upgradePolicy: 'upgrade-policy',
  upgradeFetch: 'upgrade-fetch',
  upgradeGive: 'upgrade-give',
  /** When its turn comes in a roll-out. */
  upgradeCohort: 'upgrade-cohort',
  /** Another loader than this code knows was found, and whether a person accepted it. */
  loaderAlarm: 'loader-alarm',
  /** How this device was before its last switch of bundles, and when it looked last. */
  healthBefore: 'health-before',
  health: 'health',
  /** Written and read back, to see that it can be. */
  healthProbe: 'health-probe',
  /** What a release holds that this device published, or checked. */
  manifest: (hash: Hash) => `manifest:${hash}`,
  /** A person wants this blob here, or let go of it. */
  blobWish: (blob: BlobId) => `blob-wish:${blob}`,
  /** The account that this device is founding with others who leave this one. */
  leaving: 'leaving',
  /** What this device's person said to another member that leaves. */
  leavingAnswer: (founding: RosterHash) => `leaving:${founding}`,
  /** The vote of the key on paper for a ballot, until it may be cast. */
  paperVote: (statement: StatementHash) => `paper:${statement}`,
} as const;

/** Everything in the governance table but `kept` and `past`: facts, looked for where needed. */
export const GOVERNANCE_RANGES: readonly { readonly from?: string; readonly to?: string }[] = [
  { to: 'kept:' },
  { from: 'kept;', to: 'past:' },
  { from: 'past;' },
];

/** Our own rows are canonical CBOR as well: what does not read back is damage. */
export const putRow = (table: Table, key: string, value: CanonicalValue): Change => ({
  kind: 'put',
  table,
  key,
  value: encodeCanonical(value),
});

export const putBytes = (table: Table, key: string, value: Uint8Array): Change => ({
  kind: 'put',
  table,
  key,
  value,
});

export const deleteRow = (table: Table, key: string): Change => ({ kind: 'delete', table, key });

/** Null for bytes that are not canonical: the caller treats the row as damaged. */
export const readRow = (bytes: Uint8Array): CanonicalValue | null => {
  const read = decodeCanonical(bytes);
  return read.ok ? read.value : null;
};

/** What a row that is a map holds; nothing of any other. */
export const fieldsIn = (value: CanonicalValue): { readonly [field: string]: CanonicalValue } => {
  const isMap = typeof value === 'object' && value !== null && !Array.isArray(value);
  return isMap ? (value as { readonly [field: string]: CanonicalValue }) : {};
};

/** Null where the row holds no number of that name. */
export const numberIn = (value: CanonicalValue, field: string): number | null => {
  const held = fieldsIn(value)[field];
  return typeof held === 'number' ? held : null;
};

/** Null where the row holds no text of that name. */
export const textIn = (value: CanonicalValue, field: string): string | null => {
  const held = fieldsIn(value)[field];
  return typeof held === 'string' ? held : null;
};

/** Rows for contiguous facts of one session, packed. */
export const factRows = (
  session: SessionId,
  firstSeq: number,
  facts: readonly { readonly bytes: Uint8Array }[],
): Change[] => {
  const rows: Change[] = [];
  for (let at = 0; at < facts.length; at += FACTS_PER_ROW_MAX) {
    const packed = facts.slice(at, at + FACTS_PER_ROW_MAX).map((fact) => fact.bytes);
    rows.push(putRow('facts', KEYS.facts(session, firstSeq + at), packed));
  }
  return rows;
};
