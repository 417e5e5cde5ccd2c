import type { HeadId, SessionId } from '../../core/base/brands.js';
import { type SimDevice, replicaOf } from '../device.js';
import type { CreateChecker } from './checker.js';
import { type Heads, areNamedHere, countsStill, headsOn, standingOn } from './head-book.js';
import { bookOf, closingAt, lineageOf, removalIn } from './roster-book.js';

/**
 * 16: removal beats what the removed do besides: no key comes back, no snapshot stands by the
 * signature of a device that went before anybody named it, nor by fewer than came to be asked for
 * before anybody named it; nothing is shown that was written beyond
 * the closing frontier; and at the end who was removed knows it.
 *
 * What a standing snapshot covers is never judged again, so its cut counts beside the frontier: all
 * that the snapshots that it builds on were made of, whether they still stand or not.
 */
export const checkRemovals: CreateChecker = (scene) => {
  const lookedAt = new Map<SimDevice, string>();

  const step = (device: SimDevice): void => {
    const view = replicaOf(device)?.view();
    if (view?.account == null || view.stage !== 'member' || view.account.isForked) return;
    const standing = standingOn(device);
    const key = `${view.account.rosterHash}:${standing.size}`;
    if (lookedAt.get(device) === key) return;
    const book = bookOf(device.disk);
    const lineage = lineageOf(book, view.account.rosterHash);
    const heads = headsOn(device.disk);
    // What is named and not here may build on what is: until it comes nothing is let go of.
    if (!areNamedHere(heads, lineage)) return;
    lookedAt.set(device, key);
    for (const { id } of view.devices) {
      if (removalIn(lineage, book, id) === undefined) continue;
      scene.fail('16 who was removed stays removed', `${device.name} shows ${id.slice(0, 8)}`);
    }
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
    const cut = cutOf(headsOn(device.disk), standingOn(device));
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

const cutOf = (heads: Heads, standing: ReadonlySet<HeadId>): ReadonlyMap<SessionId, number> => {
  const cut = new Map<SessionId, number>();
  const under = new Set<HeadId>();
  const open = [...standing];
  for (let head = open.pop(); head !== undefined; head = open.pop()) {
    const completion = heads.get(head);
    if (completion === undefined || under.has(head)) continue;
    under.add(head);
    open.push(...completion.predecessors);
    for (const { session, seq } of completion.advance) {
      cut.set(session, Math.max(seq, cut.get(session) ?? -1));
    }
  }
  return cut;
};
