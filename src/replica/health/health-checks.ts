import type { DeviceId, SessionId } from '../../core/base/brands.js';
import { compareBytes } from '../../core/base/hash.js';
import { factSigningBytes, parseFact } from '../../core/facts/codec.js';
import { type CriticalCheck, UPTIME_MS } from '../../core/health/checks.js';
import type { Context } from '../context.js';
import type { OwnBundle } from '../upgrades/own-bundle.js';
import { type Check, type Finding, failing, sleep } from './run-checks.js';
import { KEYS, deleteRow, putBytes, readRow } from '../storage/rows.js';

/** A check of the app that a bundle is left for. */
export const critical = (name: CriticalCheck, look: Check['look']): Check => ({
  ...{ name, look, isCritical: true, policy: null },
});

/** With less room than this not even a decision can be kept. */
const ROOM_BYTES_MIN = 1024 * 1024;
const PROBE_BYTES = 32;

/** How much of the journal is read and verified again. */
export interface Extent {
  readonly rows: number;
  readonly ends: number;
}
const SAMPLES: Extent = { rows: 16, ends: 4 };
/** Signatures that are handed over at once: others have their turn in between. */
const ENDS_AT_ONCE = 32;

/** What is looked at whenever there is code to be judged; nothing in it changes anything. */
export const standingChecks = (context: Context, own: OwnBundle): readonly Check[] => [
  critical('store', () => lookAtStore(context)),
  critical('room', () => lookAtRoom(context)),
  critical('journal', () => lookAtJournal(context, SAMPLES)),
  critical('crypto', () => lookAtCrypto(context)),
  critical('code', async () => lookAtCode(own)),
];

/** What makes sense only once the code has run for a while. */
export const trialChecks = (
  context: Context,
  sinceMs: number,
  contradiction: () => string | null,
): readonly Check[] => [
  critical('digest', async () => {
    const found = contradiction();
    return found === null ? null : failing(found, true);
  }),
  critical('uptime', () => upFor(context, sinceMs)),
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

/**
 * Rows from all over the store, and ends of sessions: chained, and signed by their author.
 *
 * Reads one row at a time, so that ten thousand facts hold up nobody.
 */
export const lookAtJournal = async (
  { holdings, ports }: Context,
  { rows, ends: endsMax }: Extent,
): Promise<Finding> => {
  if (holdings === null) return null;
  const keys = await ports.store.keys('facts');
  if (!keys.ok) return failing(`read: ${keys.error.kind}`);
  for (const key of spread(keys.value, rows)) {
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
  const looked = spread(ends, endsMax);
  for (let at = 0; at < looked.length; at += ENDS_AT_ONCE) {
    const some = looked.slice(at, at + ENDS_AT_ONCE);
    const verdicts = await ports.verifier.verify(some);
    const wrong = some.find((_, index) => verdicts[index] !== true);
    if (wrong !== undefined) return failing(`a session of ${nameOf(wrong.key)} is not signed`);
    await ports.clock.pause();
  }
  return null;
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
