import { headOf, parseSnapshotCompletion } from '../../core/authority/completion.js';
import { decodeCanonical } from '../../core/base/canonical.js';
import type { SessionId } from '../../core/base/brands.js';
import { captureState, payloadIdOf, readStoredPayload } from '../../core/snapshots/payload.js';
import type { SimDevice } from '../device.js';
import type { Commit, CreateChecker, Scene } from './checker.js';

/** How far a device's held payloads reach, by session. */
type Reach = Map<SessionId, number>;

/**
 * 4, 5, 6: facts leave a disk only as far as a held payload reaches, whose bytes have the id and
 * whose state has the digest that a completion on this disk names; covered facts never come back.
 */
export const checkPruning: CreateChecker = (scene) => {
  const reachByDevice = new Map<SimDevice, { key: string; reach: Reach }>();

  const reachOf = ({ device, changes }: Commit): Reach => {
    const rows = new Map(device.disk.rowsOf('payloads'));
    for (const change of changes) {
      if (change.kind === 'put' && change.table === 'payloads') rows.set(change.key, change.value);
    }
    const key = [...rows.keys()].sort().join();
    const held = reachByDevice.get(device);
    if (held?.key === key) return held.reach;
    const reach: Reach = new Map();
    for (const [id, bytes] of rows) addReach(scene, device, reach, id, bytes, changes);
    reachByDevice.set(device, { key, reach });
    return reach;
  };

  const commit = (commit: Commit): void => {
    const { device, changes } = commit;
    const ranges = changes.filter((each) => each.table === 'facts' && each.kind !== 'put');
    const puts = changes.filter((each) => each.table === 'facts' && each.kind === 'put');
    if (ranges.length === 0 && puts.length === 0) return;
    const reach = reachOf(commit);
    for (const put of puts) {
      const firstSeq = put.kind === 'put' ? Number(put.key.slice(65)) : 0;
      const session = put.kind === 'put' ? (put.key.slice(0, 64) as SessionId) : null;
      if (session !== null && firstSeq <= (reach.get(session) ?? -1)) {
        scene.fail('4 covered facts never return', `${device.name} ${session.slice(0, 8)}`);
      }
    }
    for (const range of ranges) {
      if (range.kind !== 'delete-range') {
        scene.fail('6 facts leave by pruning', device.name);
        continue;
      }
      const session = range.from.slice(0, 64) as SessionId;
      const kept = puts.flatMap((put) =>
        put.kind === 'put' && put.key.startsWith(session) ? Number(put.key.slice(65)) : [],
      );
      const from = Math.min(...kept, Number.MAX_SAFE_INTEGER);
      const last = Math.min(from - 1, lastSeqOf(device, session));
      if (last > (reach.get(session) ?? -1)) {
        scene.fail('6 pruned as far as the cut', `${device.name} ${session.slice(0, 8)}:${last}`);
      }
    }
  };
  return { commit };
};

/** A payload counts as far as a completion on the same disk, or in the same commit, names it. */
const addReach = (
  scene: Scene,
  device: SimDevice,
  reach: Reach,
  id: string,
  bytes: Uint8Array,
  changes: Commit['changes'],
): void => {
  const rows = [...device.disk.rowsOf('governance')];
  for (const change of changes) {
    if (change.kind === 'put' && change.table === 'governance')
      rows.push([change.key, change.value]);
  }
  const named = rows.flatMap(([key, value]) => {
    const read = key.startsWith('head:') ? parseSnapshotCompletion(value) : null;
    return read?.ok && read.value.payload === id ? [read.value] : [];
  });
  const [completion] = named;
  const state = readStoredPayload(bytes);
  if (completion === undefined || !state.ok) return;
  const again = captureState(state.value, completion.roster);
  if (payloadIdOf(bytes) !== id || again.digest !== completion.digest) {
    const what = `${device.name} ${headOf(completion).slice(0, 8)}`;
    scene.fail('5 payload bytes have the id and the digest', what);
    return;
  }
  for (const [session, tip] of state.value.frontier) {
    reach.set(session, Math.max(tip.seq, reach.get(session) ?? -1));
  }
};

/** The last fact of a session that a disk holds, by the signature that closes it. */
const lastSeqOf = ({ disk }: SimDevice, session: SessionId): number => {
  const row = disk.rowsOf('signatures').get(session);
  const read = row === undefined ? null : decodeCanonical(row);
  return read?.ok && Array.isArray(read.value) ? Number(read.value[0]) : -1;
};
