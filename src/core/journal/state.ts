import type { DeviceId, RosterHash, SessionId } from '../base/brands.js';
import { encodeCanonical } from '../base/canonical.js';
import { compareBytes } from '../base/hash.js';
import { type Frontier, joinFrontiers, seqIn } from './frontier.js';
import { type Marks, joinMarks } from './marks.js';
import { type Fields, joinFields } from './registers.js';

export { type Fields, type Register, joinFields } from './registers.js';

/** Names an item by the fact that created it. */
export interface Dot {
  readonly session: SessionId;
  readonly seq: number;
}

/** `<session hex>:<seq>`. */
export type ItemKey = string;

export const itemKeyOf = (dot: Dot): ItemKey => `${dot.session}:${dot.seq}`;

export interface Item {
  readonly dot: Dot;
  readonly fields: Fields;
}

/** What is known of an item whose creation is not covered yet: it waits here for it. */
export interface Pending {
  readonly dot: Dot;
  readonly isRemoved: boolean;
  readonly fields: Fields;
}

/** A ceremony fact that outlives pruning while its predecessor is the roster in force. */
export interface Act {
  readonly dot: Dot;
  readonly author: DeviceId;
  readonly kind: string;
  readonly roster: RosterHash;
  readonly lamport: number;
  readonly wallMs: number;
  readonly body: Uint8Array;
}

/**
 * What facts fold into: a join-semilattice (rule F7).
 *
 * `frontier` says which facts are in it. An item whose creation the frontier covers and which is
 * absent is removed: no tombstones. `pending` keeps removals and edits whose item's creation the
 * frontier does not cover, because a frontier is contiguous per session, not causally closed.
 */
export interface State {
  readonly frontier: Frontier;
  readonly items: ReadonlyMap<ItemKey, Item>;
  readonly pending: ReadonlyMap<ItemKey, Pending>;
  readonly acts: ReadonlyMap<ItemKey, Act>;
  readonly marks: Marks;
}

export const EMPTY_STATE: State = {
  frontier: new Map(),
  items: new Map(),
  pending: new Map(),
  acts: new Map(),
  marks: new Map(),
};

/**
 * The join of two states: commutative, associative, idempotent.
 *
 * An item that one side lacks although its frontier covers the creation was removed there, and a
 * removal wins over every edit. What waited on one side for a creation that the other side covers
 * is applied to the item, or dropped with it.
 */
export const joinStates = (left: State, right: State): State => {
  const items = new Map<ItemKey, Item>();
  const pending = new Map<ItemKey, Pending>();
  const frontier = joinFrontiers(left.frontier, right.frontier);
  for (const [key, item] of left.items) keepItem(items, key, item, right);
  for (const [key, item] of right.items) keepItem(items, key, item, left);
  for (const side of [left, right]) {
    for (const [key, wait] of side.pending) joinPending(items, pending, frontier, key, wait);
  }
  const acts = joinActs(left.acts, right.acts);
  return { frontier, items, pending, acts, marks: joinMarks(left.marks, right.marks) };
};

/** All acts of both; where two branches of one session said something in one place, the greater. */
const joinActs = (left: State['acts'], right: State['acts']): State['acts'] => {
  const joined = new Map(left);
  for (const [key, act] of right) {
    const held = joined.get(key);
    const isLess =
      held !== undefined && held !== act && compareBytes(bytesOfAct(act), bytesOfAct(held)) <= 0;
    if (!isLess) joined.set(key, act);
  }
  return joined;
};

const bytesOfAct = ({ author, kind, roster, lamport, wallMs, body }: Act): Uint8Array =>
  encodeCanonical([author, kind, roster, lamport, wallMs, body]);

const keepItem = (items: Map<ItemKey, Item>, key: ItemKey, item: Item, other: State): void => {
  const held = items.get(key);
  if (held !== undefined) {
    items.set(key, { dot: item.dot, fields: joinFields(held.fields, item.fields) });
  } else if (other.items.has(key) || seqIn(other.frontier, item.dot.session) < item.dot.seq) {
    items.set(key, item);
  }
};

const joinPending = (
  items: Map<ItemKey, Item>,
  pending: Map<ItemKey, Pending>,
  frontier: Frontier,
  key: ItemKey,
  wait: Pending,
): void => {
  if (seqIn(frontier, wait.dot.session) < wait.dot.seq) {
    const held = pending.get(key);
    pending.set(key, held === undefined ? wait : joinWaiting(held, wait));
    return;
  }
  const item = items.get(key);
  if (item === undefined) return;
  if (wait.isRemoved) items.delete(key);
  else items.set(key, { dot: item.dot, fields: joinFields(item.fields, wait.fields) });
};

/** Once removed, edits no longer matter, so they are not kept. */
export const joinWaiting = (left: Pending, right: Pending): Pending =>
  left.isRemoved || right.isRemoved
    ? { dot: left.dot, isRemoved: true, fields: new Map() }
    : { dot: left.dot, isRemoved: false, fields: joinFields(left.fields, right.fields) };
