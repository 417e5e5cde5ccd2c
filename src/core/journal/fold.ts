import type { AdmittedFact } from '../facts/run.js';
import { tipOfFact } from '../facts/session.js';
import { dotOf, effectOf, type Effect } from './effects.js';
import { seqIn } from './frontier.js';
import { addMark } from './marks.js';
import {
  type Dot,
  type Fields,
  type ItemKey,
  type Pending,
  type State,
  itemKeyOf,
  joinFields,
  joinWaiting,
} from './state.js';

/**
 * What authority says of a fact.
 *
 * wait: it claims a roster that is unknown here, or is of an unknown kind, or lies in a quarantined
 * range: nothing of the session is folded from here on, and no cut passes it. refused: it folds to
 * nothing, for ever, and cuts pass it. beyond: it lies after the point at which its session was
 * closed: it folds to nothing and no cut includes it or waits for it.
 */
export type Verdict =
  | { readonly kind: 'allowed' }
  | { readonly kind: 'wait'; readonly reason: WaitReason }
  | { readonly kind: 'refused'; readonly reason: RefusedReason }
  | { readonly kind: 'beyond'; readonly reason: RefusedReason };

export type WaitReason = 'unknown-roster' | 'unknown-kind' | 'quarantined';
export type RefusedReason =
  | 'not-a-member'
  | 'lacks-capability'
  | 'after-removal'
  | 'session-closed'
  | 'bad-body'
  /** A cache floor beyond the epoch after its author's (rule K1). */
  | 'floor-too-high'
  | 'rival-roster';

export type Judge = (fact: AdmittedFact) => Verdict;

export const ALLOWED: Verdict = { kind: 'allowed' };

/** An edit of an item that the base's cut covers and the base lacks: shown, never folded. */
export interface LateEdit {
  readonly dot: Dot;
  readonly fields: Fields;
}

/**
 * A state that grows fact by fact.
 *
 * Facts of one session come in order; between sessions any order gives the same state. The maps are
 * owned by the fold: `state()` is a live reading, copied with `copyState` where it must stay.
 */
export interface Fold {
  readonly state: () => State;
  /** Folds one fact, judged by the caller as not waiting and not beyond. */
  readonly apply: (fact: AdmittedFact, verdict: Verdict) => void;
  /** Keys of items in the order in which they changed, again at each change: it only grows. */
  readonly changes: () => readonly ItemKey[];
  /** Keys of items that changed since the last call, again at each change. */
  readonly takeTouched: () => readonly ItemKey[];
  readonly lateEdits: () => ReadonlyMap<ItemKey, LateEdit>;
  /** How many facts were folded since it began: where that is the same, so is the state. */
  readonly appliedCount: () => number;
}

export const copyState = (state: State): State => ({
  frontier: new Map(state.frontier),
  items: new Map(state.items),
  pending: new Map(state.pending),
  acts: new Map(state.acts),
  marks: new Map(state.marks),
});

/**
 * Where a fold stood: what it can be taken up from again over the same base.
 *
 * Whoever takes it up goes on in its maps: who gave it keeps nothing of it.
 */
export interface Folded {
  readonly state: State;
  readonly late: ReadonlyMap<ItemKey, LateEdit>;
}

/**
 * Starts from a base, which stays as it is, or takes up where a fold over that base stood.
 */
export const createFold = (base: State, folded: Folded | null = null): Fold => {
  const ownOf = folded === null ? copyOf : takenOver;
  const start = folded?.state ?? base;
  const frontier = ownOf(start.frontier);
  const items = ownOf(start.items);
  const pending = ownOf(start.pending);
  const acts = ownOf(start.acts);
  const late = new Map(folded?.late);
  const changes: ItemKey[] = [];
  let taken = 0;
  let applied = 0;
  const marks = ownOf(start.marks);
  const state: State = { frontier, items, pending, acts, marks };

  const create = (dot: Dot, fields: Fields): void => {
    const key = itemKeyOf(dot);
    const wait = pending.size === 0 ? undefined : pending.get(key);
    if (wait !== undefined) pending.delete(key);
    if (wait?.isRemoved) return;
    const all = wait === undefined ? fields : joinFields(fields, wait.fields);
    items.set(key, { dot, fields: all });
    changes.push(key);
  };

  const change = (target: Dot, wait: Pending): void => {
    const key = itemKeyOf(target);
    const item = items.get(key);
    if (item !== undefined) {
      if (wait.isRemoved) items.delete(key);
      else items.set(key, { dot: item.dot, fields: joinFields(item.fields, wait.fields) });
      changes.push(key);
    } else if (seqIn(frontier, target.session) < target.seq) {
      const held = pending.get(key);
      pending.set(key, held === undefined ? wait : joinWaiting(held, wait));
    } else if (!wait.isRemoved && isLetGo(base, target)) {
      const held = late.get(key)?.fields ?? new Map();
      late.set(key, { dot: target, fields: joinFields(held, wait.fields) });
    }
  };

  const run = (effect: Effect): void => {
    switch (effect.kind) {
      case 'create':
        return create(effect.dot, effect.fields);
      case 'edit':
        return change(effect.target, {
          dot: effect.target,
          isRemoved: false,
          fields: effect.fields,
        });
      case 'remove':
        return change(effect.target, { dot: effect.target, isRemoved: true, fields: new Map() });
      case 'act':
        acts.set(itemKeyOf(effect.act.dot), effect.act);
        return;
      case 'mark':
        for (const [name, mark] of effect.marks) addMark(marks, name, mark);
        return;
      case 'none':
        return;
    }
  };

  const apply = (fact: AdmittedFact, verdict: Verdict): void => {
    applied += 1;
    frontier.set(fact.envelope.session, tipOfFact(fact));
    if (verdict.kind === 'allowed') run(effectOf(fact));
    // Whatever this fact was, nothing waits for it any longer: if it created no item, none comes.
    if (pending.size > 0) pending.delete(itemKeyOf(dotOf(fact)));
  };

  return {
    state: () => state,
    apply,
    changes: () => changes,
    takeTouched: () => {
      const touched = changes.slice(taken);
      taken = changes.length;
      return touched;
    },
    lateEdits: () => late,
    appliedCount: () => applied,
  };
};

const copyOf = <K, V>(held: ReadonlyMap<K, V>): Map<K, V> => new Map(held);

const takenOver = <K, V>(held: ReadonlyMap<K, V>): Map<K, V> =>
  held instanceof Map ? held : new Map(held);

/** True for an item that a snapshot removed: the base covers its creation and lacks it. */
const isLetGo = (base: State, dot: Dot): boolean =>
  seqIn(base.frontier, dot.session) >= dot.seq && !base.items.has(itemKeyOf(dot));
