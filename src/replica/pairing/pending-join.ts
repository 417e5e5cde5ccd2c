import type { AccountId, RosterHash } from '../../core/base/brands.js';
import type { CanonicalValue } from '../../core/base/canonical.js';
import { devicesOf, parseRosterRecord, rosterHashOf } from '../../core/authority/roster.js';
import type { Result } from '../../core/base/result.js';
import type { Change, StoreError } from '../../ports/store.js';
import type { Context, PendingJoin } from '../context.js';
import { type Envelope, envelopesRow } from '../membership/epoch-secrets.js';
import type { Holdings } from '../journal/holdings.js';
import { rosterRows } from '../membership/roster-rows.js';
import { wallNowMs } from '../loop/wall-time.js';
import { KEYS, deleteRow, putRow, readRow } from '../storage/rows.js';

/**
 * A newcomer that consented and lost sight of its inviter (rule A2).
 *
 * From its consent on it can become a member at any time, so what it needs is durable before the
 * consent leaves. It waits in the room of the epoch to come, whose secret it was given, and learns
 * there of the record that names it. A restart changes nothing.
 *
 * Nobody waits for it there before that record is in force, so a yes is all that it hears of. What
 * it knows by itself it says: by when the question has run out.
 */
export interface PendingJoins {
  readonly wait: (holdings: Holdings, pending: PendingJoin) => Promise<void>;
  /** Goes on waiting after a restart, where this device had consented; false when it had not. */
  readonly resume: (holdings: Holdings) => Promise<boolean>;
  /** Looks whether the others have decided. */
  readonly settle: () => Promise<void>;
  /** Forgets an account that this device never became a member of; an error if it cannot. */
  readonly forget: () => Promise<Result<void, StoreError>>;
}

export const createPendingJoins = (
  context: Context,
  becameMember: (holdings: Holdings) => Promise<void>,
  enterRooms: () => Promise<void>,
): PendingJoins => {
  const settle = async (): Promise<void> => {
    const { pending, holdings } = context;
    if (pending === null || holdings === null) return;
    if (!holdings.transitions().has(rosterHashOf(pending.record))) return;
    context.pending = null;
    await context.commit([deleteRow('profile', KEYS.pending)], 'strict');
    context.pairing = { kind: 'done', role: 'newcomer', peerName: pending.peerName };
    context.activity.add('joined', 'good', null, { name: pending.peerName });
    await becameMember(holdings);
  };

  const wait: PendingJoins['wait'] = async (holdings, pending) => {
    context.holdings = holdings;
    context.pending = pending;
    context.stage = 'pairing';
    const { peerName, sinceMs } = pending;
    const missing = devicesOf(holdings.chain().tip).map((member) => member.name);
    const outOfSight = { lapsesMs: sinceMs + context.timing.approvalMs };
    context.pairing = {
      ...{ kind: 'waiting', role: 'newcomer', peerName, decision: null, missing },
      outOfSight,
    };
    context.changed();
    await enterRooms();
    // The record may be in force already: only the last word of it went unheard.
    await settle();
  };

  return {
    wait,
    resume: async (holdings) => {
      const row = await context.ports.store.get('profile', KEYS.pending);
      const value = row.ok && row.value !== null ? readRow(row.value) : null;
      const pending = value === null ? null : readPending(value, wallNowMs(context.ports.clock));
      if (pending === null) return false;
      await wait(holdings, pending);
      return true;
    },
    settle,
    forget: async () => {
      context.pending = null;
      context.holdings = null;
      const { store } = context.ports;
      const rows = await store.read('governance');
      const keys = rows.ok ? rows.value.map((row) => row.key) : [];
      return context.commit(
        [
          ...[KEYS.account, KEYS.device, KEYS.pending].map((key) => deleteRow('profile', key)),
          ...keys.map((key) => deleteRow('governance', key)),
        ],
        'strict',
      );
    },
  };
};

/** What is kept of a record that this device consented to, until the others decided. */
export const pendingRow = (record: Uint8Array, peer: string, sinceMs: number): Change =>
  putRow('profile', KEYS.pending, { record, peer, since: sinceMs });

/** What a member's store begins with: the account, its records, and the epoch's secret, sealed. */
export const memberRows = (
  context: Context,
  holdings: Holdings,
  roster: RosterHash,
  envelope: Envelope,
): Change[] => [
  ...accountRows(holdings.account, context.deviceName),
  ...[...holdings.transitions().values()].flatMap(rosterRows),
  envelopesRow(roster, [envelope]),
];

/** A row that does not say since when it waits was written just now, for all that is known. */
const readPending = (value: CanonicalValue, nowMs: number): PendingJoin | null => {
  if (typeof value !== 'object' || value === null) return null;
  const { record, peer, since } = value as { readonly [key: string]: CanonicalValue };
  if (!(record instanceof Uint8Array) || typeof peer !== 'string') return null;
  const parsed = parseRosterRecord(record);
  if (!parsed.ok) return null;
  const sinceMs = typeof since === 'number' ? since : nowMs;
  return { record: parsed.value, peerName: peer, sinceMs };
};

/** What makes a store the store of an account's member. */
export const accountRows = (account: AccountId, deviceName: string) => [
  putRow('profile', KEYS.account, { id: account }),
  putRow('profile', KEYS.device, { name: deviceName }),
];
