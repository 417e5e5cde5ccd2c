import { headOf, parseSnapshotCompletion } from '../../core/authority/completion.js';
import type { SnapshotCompletion } from '../../core/authority/completion.js';
import type { DeviceId, HeadId, SessionId } from '../../core/base/brands.js';
import { type SimDevice, replicaOf } from '../device.js';
import type { CreateChecker } from './checker.js';
import {
  type BookEntry,
  type RosterBook,
  bookOf,
  closingAt,
  lineageOf,
  removalIn,
} from './roster-book.js';

/**
 * 16: removal beats what the removed do besides: no key comes back, no snapshot stands by the
 * signature of a device that went before anybody named it, nothing is shown that was written beyond
 * the closing frontier; and at the end who was removed knows it.
 *
 * What a standing snapshot covers is never judged again, so its cut counts beside the frontier.
 */
export const checkRemovals: CreateChecker = (scene) => {
  const lookedAt = new Map<SimDevice, string>();

  const standingOn = (device: SimDevice): ReadonlySet<HeadId> =>
    new Set(
      (replicaOf(device)?.view().snapshots ?? []).flatMap((each) =>
        each.isStanding ? each.id : [],
      ),
    );

  const step = (device: SimDevice): void => {
    const view = replicaOf(device)?.view();
    if (view?.account == null || view.stage !== 'member' || view.account.isForked) return;
    const standing = standingOn(device);
    const key = `${view.account.rosterHash}:${standing.size}`;
    if (lookedAt.get(device) === key) return;
    lookedAt.set(device, key);
    const book = bookOf(device.disk);
    const lineage = lineageOf(book, view.account.rosterHash);
    for (const { id } of view.devices) {
      if (removalIn(lineage, book, id) === undefined) continue;
      scene.fail('16 who was removed stays removed', `${device.name} shows ${id.slice(0, 8)}`);
    }
    const heads = headsOn(device);
    for (const [head, completion] of heads) {
      if (!standing.has(head) || countsStill(completion, head, { heads, book, lineage })) continue;
      const what = `${device.name} lets ${head.slice(0, 8)} stand`;
      scene.fail('16 a retired key proves nothing new', what);
    }
  };

  const endFor = (device: SimDevice): void => {
    const view = replicaOf(device)?.view();
    if (view?.account == null || view.stage !== 'member' || view.account.isForked) return;
    const book = bookOf(device.disk);
    const lineage = lineageOf(book, view.account.rosterHash);
    const cut = cutOf(headsOn(device), standingOn(device));
    for (const { key, title } of view.records) {
      const [session, seq] = key.split(':') as [SessionId, string];
      const author = scene.ledger.at(session, 0)[0]?.fact.envelope.author;
      const removal = author === undefined ? undefined : removalIn(lineage, book, author);
      if (removal === undefined || key.startsWith('queued')) continue;
      const last = Math.max(closingAt(removal, session), cut.get(session) ?? -1);
      if (Number(seq) <= last) continue;
      scene.fail('16 removal beats what the removed write', `${device.name} shows ${title}`);
    }
    for (const other of scene.devices) {
      const isOut = removalIn(lineage, book, other.keys.signer.device) !== undefined;
      const stage = replicaOf(other)?.view().stage;
      if (!isOut || other.isLiar || stage !== 'member') continue;
      scene.fail('16 who was removed learns of it', other.name);
    }
  };

  return {
    step,
    end: () => {
      for (const device of scene.devices) if (!device.isLiar) endFor(device);
    },
  };
};

type Heads = ReadonlyMap<HeadId, SnapshotCompletion>;

const read = new WeakMap<Uint8Array, readonly [HeadId, SnapshotCompletion] | null>();

const headsOn = ({ disk }: SimDevice): Heads => {
  const heads = new Map<HeadId, SnapshotCompletion>();
  for (const [key, value] of disk.rowsOf('governance')) {
    if (!key.startsWith('head:')) continue;
    const parsed = read.has(value) ? null : parseSnapshotCompletion(value);
    if (parsed !== null) read.set(value, parsed.ok ? [headOf(parsed.value), parsed.value] : null);
    const entry = read.get(value);
    if (entry != null) heads.set(...entry);
  }
  return heads;
};

const cutOf = (heads: Heads, standing: ReadonlySet<HeadId>): ReadonlyMap<SessionId, number> => {
  const cut = new Map<SessionId, number>();
  for (const [head, { advance }] of heads) {
    if (!standing.has(head)) continue;
    for (const { session, seq } of advance) cut.set(session, Math.max(seq, cut.get(session) ?? -1));
  }
  return cut;
};

interface Past {
  readonly heads: Heads;
  readonly book: RosterBook;
  readonly lineage: readonly BookEntry[];
}

/** Whether those of its signers reach the threshold who stayed, or whose word was taken along. */
const countsStill = (
  { roster, signature: { signers } }: SnapshotCompletion,
  head: HeadId,
  { heads, book, lineage }: Past,
): boolean => {
  const record = book.get(roster)?.record;
  if (record === undefined) return true;
  const counts = (device: DeviceId): boolean => {
    const removal = removalIn(lineage, book, device);
    if (removal === undefined || removal.record.epoch <= record.epoch) return true;
    return lineage.some(
      (each) =>
        each.record.epoch >= removal.record.epoch &&
        each.record.heads.some((named) => buildsOn(heads, named, head)),
    );
  };
  const counted = record.members.filter(
    ({ device }, bit) => ((signers[bit >> 3] ?? 0) >> (bit & 7)) & 1 && counts(device),
  );
  return counted.length >= record.snapshotThreshold;
};

const buildsOn = (heads: Heads, later: HeadId, earlier: HeadId): boolean =>
  later === earlier ||
  (heads.get(later)?.predecessors ?? []).some((before) => buildsOn(heads, before, earlier));
