import { compareBy, compareText } from '../../core/base/ordering.js';
import type { AccountId, DeviceId, Hash, RosterHash } from '../../core/base/brands.js';
import { type CanonicalValue, encodeCanonical } from '../../core/base/canonical.js';
import { DOMAINS } from '../../core/base/domains.js';
import { bytesToHex, hexToBytes } from '../../core/base/hash.js';
import { brandHex } from '../../core/base/brands.js';
import { secretCommitment } from '../../core/links/rooms.js';
import { type RosterRecord, memberOf, rosterHashOf } from '../../core/authority/roster.js';
import type { Change } from '../../ports/store.js';
import type { DeviceKeys, Sealer } from '../../ports/keys.js';
import type { Context } from '../context.js';
import { KEYS, putRow, readRow } from '../storage/rows.js';

/** One member's sealed copy of an epoch's secret. */
export interface Envelope {
  readonly device: DeviceId;
  readonly envelope: Uint8Array;
}

/** What an envelope is bound to: nobody can pass one epoch's secret off as another's. */
export const envelopeContext = (account: AccountId, commitment: Hash): Uint8Array =>
  encodeCanonical([DOMAINS.envelope, hexToBytes(account), hexToBytes(commitment)]);

/**
 * The secrets of the identity epochs (rule N3): sealed in the store, opened on demand with this
 * device's key, checked against the record's commitment.
 */
export interface EpochSecrets {
  readonly secretOf: (record: RosterRecord) => Promise<Uint8Array | null>;
  /** With this device's keys, or with others that are at hand for a moment. */
  readonly open: (
    record: RosterRecord,
    envelopes: readonly Envelope[],
    keys?: DeviceKeys,
  ) => Promise<Uint8Array | null>;
  readonly envelopesOf: (roster: RosterHash) => Promise<readonly Envelope[]>;
}

export const envelopesRow = (roster: RosterHash, envelopes: readonly Envelope[]): Change =>
  putRow(
    'governance',
    KEYS.envelopes(roster),
    envelopes.map((each) => [hexToBytes(each.device), each.envelope]),
  );

/** Draws an epoch's secret and seals it to everyone who is to have it. */
export const sealSecret = async (
  sealer: Sealer,
  account: AccountId,
  members: RosterRecord['members'],
  secret: Uint8Array,
): Promise<readonly Envelope[]> => {
  const bound = envelopeContext(account, secretCommitment(secret));
  const envelopes = await Promise.all(
    members.map(async (member) => ({
      device: member.device,
      envelope: await sealer.seal(member.encryptionKey, secret, bound),
    })),
  );
  return envelopes.sort(compareBy(({ device }) => device, compareText));
};

/**
 * An epoch's secret, sealed anew to one of its members by a device that can open its own envelope:
 * whoever knows the secret can let in who missed it. Null for others, or when it cannot.
 */
export const sealTo = async (
  context: Context,
  secrets: EpochSecrets,
  record: RosterRecord,
  device: DeviceId,
): Promise<Uint8Array | null> => {
  const { holdings, keys } = context;
  const member = memberOf(record, device);
  const secret = await secrets.secretOf(record);
  if (holdings === null || keys === null || member === null || secret === null) return null;
  const bound = envelopeContext(holdings.account, record.commitment);
  return keys.sealer.seal(member.encryptionKey, secret, bound);
};

export const createEpochSecrets = (context: Context): EpochSecrets => {
  const opened = new Map<RosterHash, Uint8Array>();

  const envelopesOf = async (roster: RosterHash): Promise<readonly Envelope[]> => {
    const read = await context.ports.store.get('governance', KEYS.envelopes(roster));
    if (!read.ok || read.value === null) return [];
    const value = readRow(read.value);
    return Array.isArray(value) ? value.flatMap(envelopeFrom) : [];
  };

  const open: EpochSecrets['open'] = async (
    record,
    envelopes,
    keys = context.keys ?? undefined,
  ) => {
    const { holdings } = context;
    const account = holdings?.account ?? null;
    const own = envelopes.find((each) => each.device === keys?.signer.device);
    if (keys === undefined || account === null || own === undefined) return null;
    const bound = envelopeContext(account, record.commitment);
    const secret = await keys.sealer.open(own.envelope, bound);
    const isTrue = secret.ok && secret.value.length === 32;
    return isTrue && secretCommitment(secret.value) === record.commitment ? secret.value : null;
  };

  return {
    envelopesOf,
    open,
    secretOf: async (record) => {
      const hash = rosterHashOf(record);
      const held = opened.get(hash);
      if (held !== undefined) return held;
      const secret = await open(record, await envelopesOf(hash));
      if (secret !== null) opened.set(hash, secret);
      return secret;
    },
  };
};

const envelopeFrom = (value: CanonicalValue): Envelope[] => {
  const [device, envelope] = Array.isArray(value) ? (value as readonly CanonicalValue[]) : [];
  if (!(device instanceof Uint8Array) || !(envelope instanceof Uint8Array)) return [];
  if (device.length !== 32) return [];
  return [{ device: brandHex<DeviceId>(bytesToHex(device)), envelope }];
};
