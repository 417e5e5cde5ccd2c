import type { DeviceId, SessionId } from '../../core/base/brands.js';
import { compareBytes } from '../../core/base/hash.js';
import { factSigningBytes, parseFact } from '../../core/facts/codec.js';
import { type CheckName, UPTIME_MS } from '../../core/health/checks.js';
import type { Clock } from '../../ports/clock.js';
import type { Context } from '../context.js';
import type { OwnBundle } from '../upgrades/own-bundle.js';
import { KEYS, deleteRow, putBytes, readRow } from '../storage/rows.js';

/** Null: it is well. `isFinal`: looking again cannot change it. */
export type Finding = { readonly cause: string; readonly isFinal: boolean } | null;

/** One look at one thing. */
export interface Check {
  readonly name: CheckName;
  readonly look: () => Promise<Finding>;
}

const failing = (cause: string, isFinal = false): Finding => ({ cause, isFinal });

/** With less room than this not even a decision can be kept. */
const ROOM_BYTES_MIN = 1024 * 1024;
const PROBE_BYTES = 32;
const ROWS_LOOKED_AT = 16;
const ENDS_LOOKED_AT = 4;

/** What is looked at whenever there is code to be judged; nothing in it changes anything. */
export const standingChecks = (context: Context, own: OwnBundle): readonly Check[] => [
  { name: 'store', look: () => lookAtStore(context) },
  { name: 'room', look: () => lookAtRoom(context) },
  { name: 'journal', look: () => lookAtJournal(context) },
  { name: 'crypto', look: () => lookAtCrypto(context) },
  { name: 'code', look: async () => lookAtCode(own) },
];

/** What makes sense only once the code has run for a while. */
export const trialChecks = (
  context: Context,
  sinceMs: number,
  contradiction: () => string | null,
): readonly Check[] => [
  {
    name: 'digest',
    look: async () => {
      const found = contradiction();
      return found === null ? null : failing(found, true);
    },
  },
  { name: 'uptime', look: () => upFor(context, sinceMs) },
];

/** Opens, writes strictly, reads the same back. */
const lookAtStore = async ({ ports }: Context): Promise<Finding> => {
  const written = ports.randomness.bytes(PROBE_BYTES);
  const put = putBytes('own', KEYS.healthProbe, written);
  const kept = await ports.store.commit([put], 'strict');
  if (!kept.ok) return failing(`write: ${kept.error.kind}`);
  const read = await ports.store.get('own', KEYS.healthProbe);
  if (!read.ok) return failing(`read: ${read.error.kind}`);
  if (read.value === null || compareBytes(read.value, written) !== 0) {
    return failing('read: other bytes than were written');
  }
  const gone = await ports.store.commit([deleteRow('own', KEYS.healthProbe)], 'relaxed');
  return gone.ok ? null : failing(`delete: ${gone.error.kind}`);
};

const lookAtRoom = async ({ ports }: Context): Promise<Finding> => {
  const { used, quota } = await ports.storage.estimate();
  if (used === null || quota === null || quota - used >= ROOM_BYTES_MIN) return null;
  return failing(`${Math.max(0, quota - used)} bytes left`);
};

/** Signs with this device's key, and tells the true signature from a false one. */
const lookAtCrypto = async ({ ports, keys }: Context): Promise<Finding> => {
  if (keys === null) return null;
  const message = ports.randomness.bytes(PROBE_BYTES);
  const signature = await keys.signer.sign(message);
  const other = Uint8Array.from(message, (byte) => byte ^ 1);
  const key = keys.signer.device;
  const [isGood, isFooled] = await ports.verifier.verify([
    { key, message, signature },
    { key, message: other, signature },
  ]);
  if (isGood !== true) return failing('its own signature does not verify');
  return isFooled === false ? null : failing('a false signature verifies');
};

/** A page that another bundle gave away would judge code that it does not run. */
const lookAtCode = (own: OwnBundle): Finding => {
  const state = own.state();
  const { running = null, active = null } = state ?? {};
  if (running === null || active === null || running.manifest === active.manifest) return null;
  return failing('the page is of another bundle than the active one', true);
};

/** Rows from all over the store, and ends of sessions: chained, and signed by their author. */
const lookAtJournal = async (context: Context): Promise<Finding> => {
  const { holdings, ports } = context;
  if (holdings === null) return null;
  const keys = await ports.store.keys('facts');
  if (!keys.ok) return failing(`read: ${keys.error.kind}`);
  for (const key of spread(keys.value, ROWS_LOOKED_AT)) {
    const row = await ports.store.get('facts', key);
    if (!row.ok) return failing(`read: ${row.error.kind}`);
    // Null: pruned since its key was read.
    if (row.value !== null && !isChain(key.slice(0, 64) as SessionId, row.value)) {
      return failing(`row ${key.slice(0, 8)} does not read back`);
    }
  }
  const journal = holdings.journal();
  const ends = [...journal.sessions()].flatMap(([session, { signed }]) => {
    const tip = journal.tip(session);
    if (signed === null || tip === null || tip.seq !== signed.seq) return [];
    return [{ key: tip.author, message: factSigningBytes(tip.id), signature: signed.signature }];
  });
  const looked = spread(ends, ENDS_LOOKED_AT);
  const verdicts = await ports.verifier.verify(looked);
  const wrong = looked.find((_, index) => verdicts[index] !== true);
  return wrong === undefined ? null : failing(`a session of ${nameOf(wrong.key)} is not signed`);
};

const nameOf = (device: DeviceId): string => device.slice(0, 8);

/** At most so many of them, from the first to the last. */
const spread = <T>(items: readonly T[], count: number): readonly T[] => {
  if (items.length <= count) return items;
  const step = (items.length - 1) / (count - 1);
  return Array.from({ length: count }, (_, at) => items[Math.round(at * step)] as T);
};

const isChain = (session: SessionId, row: Uint8Array): boolean => {
  const items = readRow(row);
  if (!Array.isArray(items)) return false;
  let before: string | null = null;
  for (const item of items as readonly unknown[]) {
    const fact = item instanceof Uint8Array ? parseFact(item) : null;
    if (fact === null || !fact.ok || fact.value.envelope.session !== session) return false;
    if (before !== null && fact.value.envelope.prev !== before) return false;
    before = fact.value.id;
  }
  return true;
};

const upFor = async ({ ports: { clock } }: Context, sinceMs: number): Promise<Finding> => {
  const leftMs = sinceMs + UPTIME_MS - clock.monotonicMs();
  if (leftMs > 0) await sleep(clock, leftMs);
  return null;
};

/** Resolves after so many ms, a part of one counting as one. */
export const sleep = (clock: Clock, ms: number): Promise<void> =>
  new Promise((done) => void clock.after(Math.ceil(ms), done));
