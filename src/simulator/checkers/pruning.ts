import { headOf, parseSnapshotCompletion } from '../../core/authority/completion.js';
import { decodeCanonical } from '../../core/base/canonical.js';
import type { SessionId } from '../../core/base/brands.js';
import { captureState, payloadIdOf, readStoredPayload } from '../../core/snapshots/payload.js';
import type { SimDevice } from '../device.js';
import type { Commit, CreateChecker, Scene } from './checker.js';

/** How far one payload, or all that a device holds, reaches: the last seq of each session. */
type Reach = ReadonlyMap<SessionId, number>;

/**
 * 4, 5, 6: facts leave a disk only as far as a held payload reaches, whose bytes have the id and
 * whose state has the digest that a completion on this disk names; covered facts never come back.
 *
 * A payload is read when it is stored: what damage does to its row later is none of a cut's doing.
 * While a row is harmed, what it covered may come again from who holds it still.
 */
export const checkPruning: CreateChecker = (scene) => {
  const reachById = new Map<string, Reach>();
  const reachByDevice = new Map<SimDevice, { readonly key: string; readonly reach: Reach }>();

  const reachOf = ({ device, changes }: Commit): Reach => {
    const ids = new Set(device.disk.rowsOf('payloads').keys());
    for (const change of changes) {
      if (change.kind !== 'put' || change.table !== 'payloads') continue;
      ids.add(change.key);
      const isKnown = reachById.has(change.key);
      if (!isKnown) reachById.set(change.key, readReach(scene, device, change, changes));
    }
    const key = [...ids].sort().join();
    const held = reachByDevice.get(device);
    if (held?.key === key) return held.reach;
    const reach = new Map<SessionId, number>();
    for (const id of ids) {
      for (const [session, seq] of reachById.get(id) ?? []) {
        reach.set(session, Math.max(seq, reach.get(session) ?? -1));
      }
    }
    reachByDevice.set(device, { key, reach });
    return reach;
  };

  const commit = (commit: Commit): void => {
    const { device, changes } = commit;
    const rows = changes.filter((each) => each.table === 'facts');
    if (rows.length === 0) return;
    const reach = reachOf(commit);
    const starts = rows.flatMap((each) =>
      each.kind === 'put'
        ? { session: each.key.slice(0, 64) as SessionId, seq: Number(each.key.slice(65)) }
        : [],
    );
    const isWhole = !isHarmed(device);
    for (const { session, seq } of starts) {
      if (!isWhole || seq > (reach.get(session) ?? -1)) continue;
      scene.fail('4 covered facts never return', `${device.name} ${session.slice(0, 8)}:${seq}`);
    }
    for (const range of rows) {
      if (range.kind === 'delete') scene.fail('6 facts leave by pruning', device.name);
      if (range.kind !== 'delete-range') continue;
      const session = range.from.slice(0, 64) as SessionId;
      const kept = starts.flatMap((each) => (each.session === session ? each.seq : []));
      const last = Math.min(Math.min(...kept) - 1, lastSeqOf(device, session));
      if (last <= (reach.get(session) ?? -1)) continue;
      scene.fail('6 pruned as far as the cut', `${device.name} ${session.slice(0, 8)}:${last}`);
    }
  };
  return { commit };
};

const isSound = new WeakMap<Uint8Array, boolean>();

/** Whether the bytes of a payload on a disk are others than were stored. */
const isHarmed = ({ disk }: SimDevice): boolean =>
  [...disk.rowsOf('payloads')].some(([id, bytes]) => {
    const held = isSound.get(bytes) ?? payloadIdOf(bytes) === id;
    isSound.set(bytes, held);
    return !held;
  });

/** A payload counts as far as a completion on the same disk, or in the same commit, names it. */
const readReach = (
  scene: Scene,
  device: SimDevice,
  { key: id, value: bytes }: { readonly key: string; readonly value: Uint8Array },
  changes: Commit['changes'],
): Reach => {
  const rows = [...device.disk.rowsOf('governance')];
  for (const change of changes) {
    if (change.kind === 'put') rows.push([change.key, change.value]);
  }
  const [completion] = rows.flatMap(([key, value]) => {
    const read = key.startsWith('head:') ? parseSnapshotCompletion(value) : null;
    return read?.ok && read.value.payload === id ? [read.value] : [];
  });
  const state = readStoredPayload(bytes);
  if (completion === undefined || !state.ok) {
    scene.fail('6 a payload has its completion', `${device.name} ${id.slice(0, 8)}`);
    return new Map();
  }
  const { digest } = captureState(state.value, completion.roster);
  if (payloadIdOf(bytes) !== id || digest !== completion.digest) {
    const what = `${device.name} ${headOf(completion).slice(0, 8)}`;
    scene.fail('5 payload bytes have the id and the digest', what);
  }
  return new Map([...state.value.frontier].map(([session, tip]) => [session, tip.seq]));
};

/** The last fact of a session that a disk holds, by the signature that closes it. */
const lastSeqOf = ({ disk }: SimDevice, session: SessionId): number => {
  const row = disk.rowsOf('signatures').get(session);
  const read = row === undefined ? null : decodeCanonical(row);
  return read?.ok && Array.isArray(read.value) ? Number(read.value[0]) : -1;
};
