import {
  type SnapshotCompletion,
  headOf,
  parseSnapshotCompletion,
} from '../../core/authority/completion.js';
import { decodeCanonical } from '../../core/base/canonical.js';
import type { SessionId } from '../../core/base/brands.js';
import { captureState, payloadIdOf, readStoredPayload } from '../../core/snapshots/payload.js';
import type { SimDevice } from '../device.js';
import type { Commit, CreateChecker, Scene } from './checker.js';
import { mayHaveFallen } from './head-book.js';

/** How far one payload, or all that a device holds, reaches: the last seq of each session. */
type Reach = ReadonlyMap<SessionId, number>;

/** What a held payload covers, and by which completion. */
interface Cover {
  readonly completion: SnapshotCompletion | null;
  readonly reach: Reach;
}

/**
 * 4, 5, 6: facts leave a disk only as far as a held payload reaches, whose bytes have the id and
 * whose state has the digest that a completion on this disk names; covered facts never come back.
 *
 * A payload is read when it is stored: what damage does to its row later is none of a cut's doing.
 * While a row is harmed, what it covered may come again from who holds it still. A snapshot that
 * falls covers nothing.
 */
export const checkPruning: CreateChecker = (scene) => {
  const coverById = new Map<string, Cover>();
  const reachByDevice = new Map<SimDevice, { readonly key: string; readonly reach: Reach }>();

  const idsOn = ({ device, changes }: Commit): readonly string[] => {
    const ids = new Set(device.disk.rowsOf('payloads').keys());
    for (const change of changes) {
      if (change.kind !== 'put' || change.table !== 'payloads') continue;
      ids.add(change.key);
      const isKnown = coverById.has(change.key);
      if (!isKnown) coverById.set(change.key, readCover(scene, device, change, changes));
    }
    return [...ids].sort();
  };

  const reachOf = (device: SimDevice, ids: readonly string[]): Reach => {
    const key = ids.join();
    const held = reachByDevice.get(device);
    if (held?.key === key) return held.reach;
    const reach = joined(ids.map((id) => coverById.get(id)));
    reachByDevice.set(device, { key, reach });
    return reach;
  };

  const stillCovered = (device: SimDevice, ids: readonly string[]): Reach =>
    joined(
      ids.map((id) => {
        const cover = coverById.get(id);
        const { completion = null } = cover ?? {};
        return completion !== null && mayHaveFallen(device.disk, completion) ? undefined : cover;
      }),
    );

  const commit = (commit: Commit): void => {
    const { device, changes } = commit;
    const rows = changes.filter((each) => each.table === 'facts');
    if (rows.length === 0) return;
    const ids = idsOn(commit);
    const reach = reachOf(device, ids);
    const starts = rows.flatMap((each) =>
      each.kind === 'put'
        ? { session: each.key.slice(0, 64) as SessionId, seq: Number(each.key.slice(65)) }
        : [],
    );
    const isWhole = !isHarmed(device);
    for (const { session, seq } of starts) {
      if (!isWhole || seq > (reach.get(session) ?? -1)) continue;
      if (seq > (stillCovered(device, ids).get(session) ?? -1)) continue;
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

/** The furthest of all that is covered. */
const joined = (covers: readonly (Cover | undefined)[]): Reach => {
  const reach = new Map<SessionId, number>();
  for (const cover of covers) {
    for (const [session, seq] of cover?.reach ?? []) {
      reach.set(session, Math.max(seq, reach.get(session) ?? -1));
    }
  }
  return reach;
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
const readCover = (
  scene: Scene,
  device: SimDevice,
  { key: id, value: bytes }: { readonly key: string; readonly value: Uint8Array },
  changes: Commit['changes'],
): Cover => {
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
    return { completion: null, reach: new Map() };
  }
  const { digest } = captureState(state.value, completion.roster);
  if (payloadIdOf(bytes) !== id || digest !== completion.digest) {
    const what = `${device.name} ${headOf(completion).slice(0, 8)}`;
    scene.fail('5 payload bytes have the id and the digest', what);
  }
  const reach = new Map([...state.value.frontier].map(([session, tip]) => [session, tip.seq]));
  return { completion, reach };
};

/** The last fact of a session that a disk holds, by the signature that closes it. */
const lastSeqOf = ({ disk }: SimDevice, session: SessionId): number => {
  const row = disk.rowsOf('signatures').get(session);
  const read = row === undefined ? null : decodeCanonical(row);
  return read?.ok && Array.isArray(read.value) ? Number(read.value[0]) : -1;
};
