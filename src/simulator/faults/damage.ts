import type { SessionId } from '../../core/base/brands.js';
import { readStoredPayload } from '../../core/snapshots/payload.js';
import { decodeCanonical } from '../../core/base/canonical.js';
import type { SimDevice } from '../device.js';
import type { SimDisk } from '../ports/sim-disk.js';
import type { World } from '../world.js';

/**
 * relaxed: only what was promised to nobody is lost; rows: anything may be; past: the device stands
 * where it stood before, and may say again what it said since.
 */
export type Damage = 'relaxed' | 'rows' | 'past';

/**
 * Looks at a disk before it is harmed; the answer, called after, excuses the facts that no disk
 * holds any more, and notes what the device cannot be asked for.
 */
export const damageOf = (world: World, device: SimDevice, kind: Damage): (() => void) => {
  const before = heldOn([device.disk]);
  return () => {
    if (kind !== 'relaxed') device.isDamaged = true;
    if (kind === 'past') device.mayRepeat = true;
    // Of rows that were harmed nothing counts as held, although much of it may come back.
    const others = world.devices.filter(
      (each) => !each.isLiar && (each !== device || kind === 'relaxed'),
    );
    const after = heldOn(
      others.map(({ disk }) => disk),
      true,
    );
    for (const entry of world.ledger.all()) {
      const { session, seq } = entry.fact.envelope;
      if (seq <= (before.get(session) ?? -1) && seq > (after.get(session) ?? -1)) {
        entry.isExcused = true;
      }
    }
  };
};

/**
 * How far the sessions are held on any of some disks, as facts or within payloads.
 *
 * `onlySigned` leaves out rows beyond the signature of their session: they are left over from one
 * that was harmed and came again from somebody who holds less, and nobody reads them.
 */
export const heldOn = (
  disks: readonly SimDisk[],
  onlySigned = false,
): ReadonlyMap<SessionId, number> => {
  const held = new Map<SessionId, number>();
  const raise = (session: SessionId, seq: number): void => {
    if (seq > (held.get(session) ?? -1)) held.set(session, seq);
  };
  for (const disk of disks) {
    for (const [key, value] of disk.rowsOf('facts')) {
      const row = decodeCanonical(value, Number.MAX_SAFE_INTEGER);
      if (!row.ok || !Array.isArray(row.value)) continue;
      const session = key.slice(0, 64) as SessionId;
      const last = Number(key.slice(65)) + row.value.length - 1;
      raise(session, onlySigned ? Math.min(last, signedSeq(disk, session)) : last);
    }
    for (const value of disk.rowsOf('payloads').values()) {
      const state = readStoredPayload(value);
      if (!state.ok) continue;
      for (const [session, tip] of state.value.frontier) raise(session, tip.seq);
    }
  }
  return held;
};

/** The last fact of a session that is signed on a disk; -1 without a row that reads back. */
const signedSeq = (disk: SimDisk, session: SessionId): number => {
  const row = disk.rowsOf('signatures').get(session);
  const read = row === undefined ? null : decodeCanonical(row);
  return read?.ok && Array.isArray(read.value) ? Number(read.value[0]) : -1;
};
