import type { SessionId } from '../../core/base/brands.js';
import { isKnownKind } from '../../core/facts/kinds.js';
import { replicaOf } from '../device.js';
import { heldOn } from '../faults/damage.js';
import type { LedgerEntry } from '../ledger.js';
import type { RecordView } from '../../replica/view.js';
import { type Past, isAllowed, isBeyond, pastOf } from './allowed-facts.js';
import type { CreateChecker, Scene } from './checker.js';

/**
 * 3, 5, 8: at the end every replica shows the plain fold of all facts ever written by who was
 * allowed to, whatever was pruned and however the cuts fell; and nothing that was saved is missing.
 *
 * No fold, join or judge of the product is asked: creations less removals, and for each field the
 * write with the greatest (lamport, session, seq).
 */
export const checkPlainFold: CreateChecker = (scene) => ({
  end: () => {
    const members = scene.devices.filter(
      (device) => !device.isLiar && replicaOf(device)?.view().stage === 'member',
    );
    // Rows of a harmed disk may lie there unread: what is held is asked of a disk that is sound.
    const first = members.find((device) => !device.isDamaged);
    if (first === undefined) return;
    const told = members.some((device) =>
      replicaOf(device)
        ?.view()
        .problems.some(({ kind }) => kind === 'equivocation'),
    );
    // Where one session has two branches, which of them counts is a question of its own.
    if (told || hasBranches(scene)) return;
    const past = pastOf(first);
    if (past === null) return;
    const held = heldOn([first.disk]);
    lookForLost(scene, held, past);
    const allowed = factsIn(scene, held).filter((entry) => isAllowed(past, entry.fact));
    const expected = [...plainFold(allowed)].sort();
    for (const device of members) {
      const shown = [...shownBy(replicaOf(device)?.view().records ?? [])].sort();
      const at = expected.findIndex((line, index) => line !== shown[index]);
      if (at < 0 && shown.length === expected.length) continue;
      const what = `${device.name} shows ${shown.length} of ${expected.length}`;
      const lines = `expected ${expected[at] ?? 'nothing'}, shown ${shown[at] ?? 'nothing'}`;
      scene.fail('5 the state is the fold of all facts', `${what}: ${lines}`);
    }
  },
});

/** A device that was put back to its past may have told two stories that never met. */
const hasBranches = (scene: Scene): boolean =>
  [...scene.ledger.sessions().values()].some((places) =>
    places.some((variants) => variants.length > 1),
  );

/** 3: what was durable on any honest device, and never harmed, is held at the end. */
const lookForLost = (scene: Scene, held: ReadonlyMap<SessionId, number>, past: Past): void => {
  for (const { fact, isExcused } of scene.ledger.all()) {
    const { session, seq, author } = fact.envelope;
    if (isExcused || seq <= (held.get(session) ?? -1) || isBeyond(past, fact)) continue;
    const who = scene.deviceOf(author);
    if (who === null || who.isLiar) continue;
    scene.fail('3 nothing saved is lost', `${who.name} ${session.slice(0, 8)}:${seq}`);
  }
};

const factsIn = (scene: Scene, held: ReadonlyMap<SessionId, number>): readonly LedgerEntry[] =>
  [...held].flatMap(([session, last]) => {
    const places = (scene.ledger.sessions().get(session) ?? []).slice(0, last + 1);
    const entries = places.flatMap((variants) => variants[0] ?? []);
    // An unknown kind stops its session: nothing behind it is folded.
    const stop = entries.findIndex(({ body, fact }) => body === null && isUnknown(fact));
    return stop < 0 ? entries : entries.slice(0, stop);
  });

const isUnknown = ({ envelope }: LedgerEntry['fact']): boolean => !isKnownKind(envelope.kind);

interface Field {
  readonly stamp: string;
  readonly value: string | boolean;
}

/** Lines of what stands: one for each record. */
const plainFold = (entries: readonly LedgerEntry[]): ReadonlySet<string> => {
  const created = new Set<string>();
  const removed = new Set<string>();
  const fields = new Map<string, Map<string, Field>>();
  const write = (key: string, name: string, stamp: string, value: string | boolean): void => {
    const held = fields.get(key) ?? new Map<string, Field>();
    fields.set(key, held);
    if ((held.get(name)?.stamp ?? '') < stamp) held.set(name, { stamp, value });
  };
  for (const { fact, body } of entries) {
    const { session, seq, lamport } = fact.envelope;
    if (body === null) continue;
    const stamp = [String(lamport).padStart(16, '0'), session, String(seq).padStart(9, '0')].join();
    if (body.kind === 'record.created') {
      const key = `${session}:${seq}`;
      created.add(key);
      write(key, 'title', stamp, body.title);
      write(key, 'text', stamp, body.text);
      for (const label of body.labels) write(key, `label ${label}`, stamp, true);
    } else if (body.kind === 'record.edited') {
      const key = `${body.record.session}:${body.record.seq}`;
      if (body.title !== undefined) write(key, 'title', stamp, body.title);
      if (body.text !== undefined) write(key, 'text', stamp, body.text);
      for (const label of body.add ?? []) write(key, `label ${label}`, stamp, true);
      for (const label of body.remove ?? []) write(key, `label ${label}`, stamp, false);
    } else if (body.kind === 'record.removed') {
      removed.add(`${body.record.session}:${body.record.seq}`);
    }
  }
  const standing = [...created].filter((key) => !removed.has(key));
  return new Set(standing.map((key) => lineOf(key, fields.get(key) ?? new Map())));
};

const lineOf = (key: string, fields: ReadonlyMap<string, Field>): string => {
  const labels = [...fields].flatMap(([name, field]) =>
    name.startsWith('label ') && field.value === true ? [name.slice(6)] : [],
  );
  const words = [fields.get('title')?.value, fields.get('text')?.value, labels.sort().join()];
  return JSON.stringify([key, ...words]);
};

const shownBy = (records: readonly RecordView[]): ReadonlySet<string> =>
  new Set(
    records.map(({ key, title, text, labels }) =>
      JSON.stringify([key, title, text, [...labels].sort().join()]),
    ),
  );
