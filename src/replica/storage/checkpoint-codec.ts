import type { FactId, RosterHash } from '../../core/base/brands.js';
import type { DeviceId, SessionId } from '../../core/base/brands.js';
import {
  type CanonicalValue,
  asWritten,
  decodeCanonical,
  encodeCanonical,
} from '../../core/base/canonical.js';
import {
  type Reader,
  createReader,
  readArgument,
  readItem,
} from '../../core/base/canonical-reader.js';
import { checksumOf } from '../../core/base/checksum.js';
import { bytesToHex, hexToBytes } from '../../core/base/hash.js';
import { type Work, atOnce } from '../../core/base/work.js';
import type { LateEdit } from '../../core/journal/fold.js';
import type { SessionTip } from '../../core/journal/frontier.js';
import { type Act, type Dot, type Fields, type Item, itemKeyOf } from '../../core/journal/state.js';
import type { ItemKey, Pending, Register } from '../../core/journal/state.js';
import type { Kept } from '../journal/folding.js';
import type { Seal } from './seals.js';

/** What a fold came to, and the rows that its facts lay in. */
export interface Checkpoint {
  readonly footing: string;
  readonly seals: readonly Seal[];
  readonly kept: Kept;
}

/** Raised when these bytes change: an older checkpoint is then passed over. */
const FORMAT = 3;

/** So many items are written and read at a time, between which others may have a turn. */
const ITEMS_AT_ONCE = 200;

/**
 * The bytes of a checkpoint: canonical [checksum, body].
 *
 * Ids and names of fields stand once each, in tables at the front.
 */
export const encodeCheckpoint = (checkpoint: Checkpoint): Uint8Array =>
  atOnce(writeCheckpoint(checkpoint));

/** Encodes one as work that can be cut; what it speaks of stays as it is meanwhile. */
export function* writeCheckpoint({ footing, seals, kept }: Checkpoint): Work<Uint8Array> {
  const ids = createTable((id) => hexToBytes(id));
  const names = createTable((name) => name);
  const { state, late, snapshotActs } = kept;
  const dotOf = ({ session, seq }: Dot): CanonicalValue[] => [ids.at(session), seq];
  const fieldsOf = (fields: Fields): CanonicalValue[] =>
    [...fields].flatMap(([name, { lamport, session, seq, wallMs, value }]) => [
      ...[names.at(name), lamport, ids.at(session), seq, wallMs, value],
    ]);
  const tipOf = (tip: SessionTip): CanonicalValue[] => [
    ...[ids.at(tip.author), tip.seq, ids.at(tip.id), tip.lamport, tip.epoch],
  ];
  const actOf = (act: Act): CanonicalValue[] => [
    ...[...dotOf(act.dot), ids.at(act.author), act.kind, ids.at(act.roster)],
    ...[act.lamport, act.wallMs, act.body],
  ];
  const pieces: Uint8Array[] = [];
  for (const items of piecesOf([...state.items.values()])) {
    pieces.push(
      encodeCanonical(items.map(({ dot, fields }) => [...dotOf(dot), ...fieldsOf(fields)])),
    );
    yield;
  }
  const parts: CanonicalValue = [
    seals.map((seal) => [
      ...[ids.at(seal.session), seal.firstSeq, seal.rows, seal.count, seal.bytes, seal.sum],
      ...tipOf(seal.tip),
    ]),
    [...state.frontier].map(([session, tip]) => [ids.at(session), ...tipOf(tip)]),
    pieces,
    [...state.pending.values()].map(({ dot, isRemoved, fields }) => [
      ...[...dotOf(dot), isRemoved, ...fieldsOf(fields)],
    ]),
    [...late.values()].map(({ dot, fields }) => [...dotOf(dot), ...fieldsOf(fields)]),
    [...state.acts.values()].map(actOf),
    snapshotActs.map(actOf),
    [fieldsOf(state.marks)],
  ];
  const written = asWritten(encodeCanonical(parts));
  yield;
  const body = encodeCanonical([FORMAT, footing, ids.values(), names.values(), written]);
  yield;
  const sum = checksumOf(body);
  yield;
  return encodeCanonical([sum, body]);
}

/** Null for bytes that changed, or are of another format or footing: they are passed over. */
export const decodeCheckpoint = (bytes: Uint8Array, footing: string): Checkpoint | null =>
  atOnce(readCheckpoint(bytes, footing));

/** Decodes one as work that can be cut. */
export function* readCheckpoint(bytes: Uint8Array, footing: string): Work<Checkpoint | null> {
  const [sum, body] = listOf(bytes);
  if (!(body instanceof Uint8Array) || checksumOf(body) !== sum) return null;
  yield;
  // The sum says that the body is what was written here: only its format is looked at.
  const [format, under, idBytes, names, parts] = listOf(body);
  if (format !== FORMAT || under !== footing) return null;
  yield;
  const ids = (idBytes as readonly Uint8Array[]).map(bytesToHex);
  yield;
  return yield* readParts(footing, ids, names as readonly string[], parts as Parts);
}

type Entry = readonly CanonicalValue[];
type Parts = readonly (readonly Entry[])[];

const piecesOf = <T>(items: readonly T[]): readonly (readonly T[])[] =>
  Array.from({ length: Math.ceil(items.length / ITEMS_AT_ONCE) }, (_, at) =>
    items.slice(at * ITEMS_AT_ONCE, (at + 1) * ITEMS_AT_ONCE),
  );

function* readParts(
  footing: string,
  ids: readonly string[],
  names: readonly string[],
  [seals, frontier, pieces, pending, late, acts, snapshotActs, marks]: Parts,
): Work<Checkpoint> {
  const idAt = <T extends string>(at: CanonicalValue | undefined): T => ids[at as number] as T;
  const dotAt = (entry: Entry): Dot => ({ session: idAt(entry[0]), seq: entry[1] as number });
  const fieldsFrom = (entry: Entry, from: number): Fields => {
    const fields = new Map<string, Register>();
    for (let at = from; at < entry.length; at += 6) {
      fields.set(names[entry[at] as number] as string, {
        lamport: entry[at + 1] as number,
        session: idAt<SessionId>(entry[at + 2]),
        seq: entry[at + 3] as number,
        wallMs: entry[at + 4] as number,
        value: entry[at + 5] as CanonicalValue,
      });
    }
    return fields;
  };
  const tipFrom = (entry: Entry, from: number): SessionTip => ({
    author: idAt<DeviceId>(entry[from]),
    seq: entry[from + 1] as number,
    id: idAt<FactId>(entry[from + 2]),
    lamport: entry[from + 3] as number,
    epoch: entry[from + 4] as number,
  });
  const actFrom = (entry: Entry): Act => ({
    dot: dotAt(entry),
    author: idAt<DeviceId>(entry[2]),
    kind: entry[3] as string,
    roster: idAt<RosterHash>(entry[4]),
    lamport: entry[5] as number,
    wallMs: entry[6] as number,
    body: (entry[7] as Uint8Array).slice(),
  });
  const lateFrom = (entry: Entry): LateEdit => ({
    dot: dotAt(entry),
    fields: fieldsFrom(entry, 2),
  });
  const readPending = (entry: Entry): Pending => ({
    dot: dotAt(entry),
    isRemoved: entry[2] as boolean,
    fields: fieldsFrom(entry, 3),
  });
  const items = new Map<ItemKey, Item>();
  for (const piece of (pieces ?? []) as readonly CanonicalValue[]) {
    readItems(piece as Uint8Array, ids, names, items);
    yield;
  }
  const state = {
    frontier: new Map(frontier?.map((entry) => [idAt<SessionId>(entry[0]), tipFrom(entry, 1)])),
    items,
    pending: keyed(pending ?? [], readPending),
    acts: keyed(acts ?? [], actFrom),
    marks: fieldsFrom(marks?.[0] ?? [], 0),
  };
  const lateEdits = keyed(late ?? [], lateFrom);
  return {
    footing,
    seals: (seals ?? []).map((entry) => ({
      session: idAt<SessionId>(entry[0]),
      firstSeq: entry[1] as number,
      rows: entry[2] as number,
      count: entry[3] as number,
      bytes: entry[4] as number,
      sum: entry[5] as string,
      tip: tipFrom(entry, 6),
    })),
    kept: { state, late: lateEdits, snapshotActs: (snapshotActs ?? []).map(actFrom) },
  };
}

/**
 * Items of one piece, read one value after the other: lists of them would be made for nothing.
 *
 * The checkpoint's sum says that they are what was written here, so their form is not looked at.
 */
const readItems = (
  piece: Uint8Array,
  ids: readonly string[],
  names: readonly string[],
  items: Map<ItemKey, Item>,
): void => {
  const reader = createReader(piece);
  const next = (): number => readItem(reader) as number;
  for (let left = readLength(reader); left > 0 && reader.fault === null; left -= 1) {
    const places = readLength(reader);
    const dot = { session: ids[next()] as SessionId, seq: next() };
    const fields = new Map<string, Register>();
    for (let at = 2; at < places; at += 6) {
      const name = names[next()] as string;
      const lamport = next();
      const session = ids[next()] as SessionId;
      fields.set(name, { lamport, session, seq: next(), wallMs: next(), value: readItem(reader) });
    }
    items.set(itemKeyOf(dot), { dot, fields });
  }
};

const readLength = (reader: Reader): number => {
  const start = reader.at;
  return readArgument(reader, (reader.bytes[start] as number) & 0x1f, start);
};

const keyed = <T extends { readonly dot: Dot }>(
  entries: readonly Entry[],
  read: (entry: Entry) => T,
): Map<string, T> => {
  const byKey = new Map<string, T>();
  for (const entry of entries) {
    const each = read(entry);
    byKey.set(itemKeyOf(each.dot), each);
  }
  return byKey;
};

const listOf = (bytes: Uint8Array): readonly CanonicalValue[] => {
  const read = decodeCanonical(bytes);
  return read.ok && Array.isArray(read.value) ? (read.value as readonly CanonicalValue[]) : [];
};

/** Gives each different text a number, in the order in which they come. */
const createTable = (valueOf: (text: string) => CanonicalValue) => {
  const places = new Map<string, number>();
  const values: CanonicalValue[] = [];
  return {
    at: (text: string): number => {
      const held = places.get(text);
      if (held !== undefined) return held;
      places.set(text, values.length);
      return values.push(valueOf(text)) - 1;
    },
    values: (): CanonicalValue => values,
  };
};
