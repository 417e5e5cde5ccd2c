import { compareEntries } from '../base/ordering.js';
import {
  type CanonicalValue,
  type TakeItem,
  asWritten,
  encodeCanonical,
} from '../base/canonical.js';
import type { SessionId } from '../base/brands.js';
import { hexToBytes } from '../base/hash.js';
import { repeatedHex } from '../base/repeated-hex.js';
import { type Result, err, ok } from '../base/result.js';
import { type Work, atOnce } from '../base/work.js';
import { type Frontier, type SessionTip, seqIn } from './frontier.js';
import { areSwept, isMarkValue } from './marks.js';
import {
  type Act,
  type Dot,
  type Fields,
  type Item,
  type ItemKey,
  type Pending,
  type Register,
  type State,
  itemKeyOf,
} from './state.js';

/**
 * Canonical values of a state's parts, frozen with state format 1.
 *
 * Every list is sorted by (session, seq) or by field name, so equal states have equal bytes. Marks
 * are written only where there are any.
 */
export const stateToCanonical = (
  state: State,
  ofItem: (item: Item) => CanonicalValue = itemToCanonical,
): CanonicalValue => ({
  acts: sortedByDot([...state.acts.values()]).map(actToCanonical),
  items: sortedByDot([...state.items.values()]).map(ofItem),
  ...(state.marks.size === 0 ? {} : { marks: fieldsToCanonical(state.marks) }),
  pending: sortedByDot([...state.pending.values()]).map(pendingToCanonical),
  sessions: frontierToCanonical(state.frontier),
});

/** Items as values that are written already. */
export type ItemSheets = (item: Item) => CanonicalValue;

/** Writes each item once, for those who need its bytes more than once: payload and leaves. */
export const createItemSheets = (): ItemSheets => {
  const sheetByItem = new Map<Item, CanonicalValue>();
  return (item) => {
    const held = sheetByItem.get(item);
    if (held !== undefined) return held;
    const sheet = asWritten(encodeCanonical(itemToCanonical(item)));
    sheetByItem.set(item, sheet);
    return sheet;
  };
};

export const frontierToCanonical = (frontier: Frontier): CanonicalValue =>
  [...frontier]
    .sort(compareEntries)
    .map(([session, tip]) => [
      hexToBytes(session),
      hexToBytes(tip.author),
      tip.seq,
      hexToBytes(tip.id),
      tip.lamport,
      tip.epoch,
    ]);

const itemToCanonical = (item: Item): CanonicalValue => [
  hexToBytes(item.dot.session),
  item.dot.seq,
  fieldsToCanonical(item.fields),
];

export const pendingToCanonical = (wait: Pending): CanonicalValue => [
  hexToBytes(wait.dot.session),
  wait.dot.seq,
  wait.isRemoved,
  fieldsToCanonical(wait.fields),
];

export const actToCanonical = (act: Act): CanonicalValue => [
  hexToBytes(act.dot.session),
  act.dot.seq,
  hexToBytes(act.author),
  act.kind,
  hexToBytes(act.roster),
  act.lamport,
  act.wallMs,
  act.body,
];

/** Sorted by name. */
export const fieldsToCanonical = (fields: Fields): CanonicalValue =>
  [...fields]
    .sort(compareEntries)
    .map(([name, at]) => [name, at.lamport, hexToBytes(at.session), at.seq, at.wallMs, at.value]);

/** Sorts by session, then by seq. */
export const sortedByDot = <T extends { readonly dot: Dot }>(entries: readonly T[]): T[] =>
  [...entries].sort((a, b) =>
    a.dot.session === b.dot.session
      ? a.dot.seq - b.dot.seq
      : a.dot.session < b.dot.session
        ? -1
        : 1,
  );

export interface StateFormError {
  readonly kind: 'malformed-state';
}

/**
 * Reads what `stateToCanonical` wrote; anything else is `malformed-state`.
 *
 * Order and repetition are not looked at here: who reads foreign bytes compares them with what the
 * state is written as.
 */
export const parseState = (value: CanonicalValue): Result<State, StateFormError> =>
  atOnce(parsingState(value));

/** So many items are read before others may have a turn. */
const ITEMS_AT_ONCE = 64;

/** Items of a state that were made while its bytes were still being read. */
export interface EarlyItems {
  readonly take: TakeItem;
  readonly items: Map<ItemKey, Item>;
}

/** Takes each item of a state as it is read. What has not the form of one is left where it was. */
export const createEarlyItems = (): EarlyItems => {
  const items = new Map<ItemKey, Item>();
  return {
    items,
    take: (key, value) => {
      const item = key === 'items' ? itemIn(value) : null;
      if (item !== null) items.set(...keyed(item));
      return item !== null;
    },
  };
};

const itemIn = (value: CanonicalValue): Item | null => {
  try {
    return parseItem(value);
  } catch (error) {
    if (!isForm(error)) throw error;
    return null;
  }
};

/** The same as work that can be cut; `items` holds those of its items that were made already. */
export function* parsingState(
  value: CanonicalValue,
  items = new Map<ItemKey, Item>(),
): Work<Result<State, StateFormError>> {
  try {
    const map = asMap(value);
    const frontier: Frontier = new Map(asList(map['sessions']).map(parseTip));
    for (const [index, each] of asList(map['items']).entries()) {
      if (index % ITEMS_AT_ONCE === ITEMS_AT_ONCE - 1) yield;
      items.set(...keyed(parseItem(each)));
    }
    const pending = new Map(asList(map['pending']).map((each) => keyed(parsePending(each))));
    const acts = new Map(asList(map['acts']).map((each) => keyed(parseAct(each))));
    const marks = map['marks'] === undefined ? new Map() : parseFields(map['marks']);
    const state: State = { frontier, items, pending, acts, marks };
    yield;
    return isSound(state) ? ok(state) : err({ kind: 'malformed-state' });
  } catch (error) {
    if (!isForm(error)) throw error;
    return err({ kind: 'malformed-state' });
  }
}

/** What holds for every state that facts fold into, and what joining relies on. */
const isSound = ({ frontier, items, pending, acts, marks }: State): boolean => {
  const isCovered = ({ dot }: { readonly dot: Dot }): boolean =>
    seqIn(frontier, dot.session) >= dot.seq;
  return (
    [...items.values()].every(isCovered) &&
    [...acts.values()].every(isCovered) &&
    [...marks].every(([name, mark]) => isCovered({ dot: mark }) && isMarkValue(name, mark)) &&
    areSwept(marks) &&
    [...pending.values()].every(
      (wait) => !isCovered(wait) && (!wait.isRemoved || wait.fields.size === 0),
    )
  );
};

/** Marks what only unwinds the parser and never leaves this file. */
const FORM = Symbol('malformed state');

const isForm = (error: unknown): boolean => error instanceof Error && error.cause === FORM;

const malformed = (part: string): Error => new Error(part, { cause: FORM });

const keyed = <T extends { readonly dot: Dot }>(entry: T): [ItemKey, T] => [
  itemKeyOf(entry.dot),
  entry,
];

const parseTip = (value: CanonicalValue): [SessionId, SessionTip] => {
  const [session, author, seq, id, lamport, epoch] = asList(value);
  const tip: SessionTip = {
    author: asId(author),
    seq: asInteger(seq),
    id: asId(id),
    lamport: asInteger(lamport),
    epoch: asInteger(epoch),
  };
  return [asId<SessionId>(session), tip];
};

const parseItem = (value: CanonicalValue): Item => {
  const [session, seq, fields] = asList(value);
  return { dot: { session: asId(session), seq: asInteger(seq) }, fields: parseFields(fields) };
};

const parsePending = (value: CanonicalValue): Pending => {
  const [session, seq, isRemoved, fields] = asList(value);
  if (typeof isRemoved !== 'boolean') throw malformed('pending');
  const dot = { session: asId<Dot['session']>(session), seq: asInteger(seq) };
  return { dot, isRemoved, fields: parseFields(fields) };
};

const parseAct = (value: CanonicalValue): Act => {
  const [session, seq, author, kind, roster, lamport, wallMs, body] = asList(value);
  if (typeof kind !== 'string' || !(body instanceof Uint8Array)) throw malformed('acts');
  return {
    dot: { session: asId(session), seq: asInteger(seq) },
    author: asId(author),
    kind,
    roster: asId(roster),
    lamport: asInteger(lamport),
    wallMs: asInteger(wallMs),
    body,
  };
};

const parseFields = (value: CanonicalValue | undefined): Fields => {
  const fields = new Map<string, Register>();
  for (const each of asList(value)) {
    const [name, lamport, session, seq, wallMs, held] = asList(each);
    if (typeof name !== 'string' || held === undefined) throw malformed('fields');
    fields.set(name, {
      lamport: asInteger(lamport),
      session: asId(session),
      seq: asInteger(seq),
      wallMs: asInteger(wallMs),
      value: held,
    });
  }
  return fields;
};

const asList = (value: CanonicalValue | undefined): readonly CanonicalValue[] => {
  if (!Array.isArray(value)) throw malformed('list');
  return value as readonly CanonicalValue[];
};

const asMap = (value: CanonicalValue): { readonly [key: string]: CanonicalValue } => {
  const isMap = typeof value === 'object' && value !== null && !Array.isArray(value);
  if (!isMap || value instanceof Uint8Array) throw malformed('map');
  return value as { readonly [key: string]: CanonicalValue };
};

const asInteger = (value: CanonicalValue | undefined): number => {
  if (typeof value !== 'number' || value < 0) throw malformed('integer');
  return value;
};

const asId = <T extends string>(value: CanonicalValue | undefined): T => {
  if (!(value instanceof Uint8Array) || value.length !== 32) throw malformed('id');
  return repeatedHex(value) as T;
};
