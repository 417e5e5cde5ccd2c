import * as A from '@automerge/automerge';
import type { Copy, Engine } from './engine.js';
import { pinnedVersion } from './pinned.js';
import { changeOf, fieldsOf, lineOfFields } from './work.js';

type Value = A.ImmutableString | true;
type Shelf = { [key: string]: { [field: string]: Value } };
type Content = { [shelf: string]: Shelf };

interface AutomergeCopy extends Copy {
  readonly doc: () => A.Doc<Content>;
  readonly replace: (doc: A.Doc<Content>) => void;
}

const MUCH_BYTES = 1_000_000;

const actorOf = (writer: number): A.ActorId => writer.toString(16).padStart(32, '0');

/** A change copies the map that it changes, so the records lie on many: a write costs the same. */
const SHELVES = Array.from({ length: 256 }, (_, index) => `records ${index}`);
const shelfOf = (key: string): string => {
  const sum = [...key].reduce((hash, letter) => (hash * 31 + letter.charCodeAt(0)) >>> 0, 0);
  return SHELVES[sum % SHELVES.length] as string;
};

/** The shelves are one change that all begin from, as the documentation advises. */
const GROUND = A.save(
  A.from<Content>(Object.fromEntries(SHELVES.map((shelf) => [shelf, {}])), { actor: actorOf(0) }),
);

/** Strings that nobody edits letter by letter, as registers hold them. */
const valueOf = (value: string | true): Value =>
  value === true ? value : new A.ImmutableString(value);

/** Automerge: one map of records, each a map of its fields. */
const open = (writer: number, saved: Uint8Array = GROUND): AutomergeCopy => {
  let doc = A.load<Content>(saved, { actor: actorOf(writer) });
  let own: Uint8Array[] = [];
  return {
    doc: () => doc,
    replace: (next) => {
      doc = next;
    },
    act: ({ key, deed }) => {
      doc = A.change(doc, { time: 0 }, (shelves) => {
        const records = shelves[shelfOf(key)] as Shelf;
        if (deed.kind === 'remove') delete records[key];
        else if (deed.kind === 'create') {
          const fields = Object.entries(fieldsOf(deed.content));
          records[key] = Object.fromEntries(fields.map(([name, of]) => [name, valueOf(of)]));
        } else {
          const record = records[key];
          const change = changeOf(deed);
          if (record !== undefined && change !== null) record[change[0]] = valueOf(change[1]);
        }
      });
      const change = A.getLastLocalChange(doc);
      if (change !== undefined) own.push(change);
    },
    drain: () => {
      const drained = own;
      own = [];
      return drained;
    },
    whole: () => concat(A.getAllChanges(doc)),
    take: (changes) => {
      const bytes = concat(changes);
      // What is much is loaded as if it had lain here, which is the faster by far.
      if (bytes.length < MUCH_BYTES) doc = A.loadIncremental(doc, bytes);
      else doc = A.load(concat([A.save(doc), bytes]), { actor: actorOf(writer) });
    },
    records: () => Object.values(doc).flatMap((shelf) => Object.values(shelf).map(lineOfFields)),
    save: () => A.save(doc),
  };
};

/** Changes and saved documents may stand one after the other. */
const concat = (parts: readonly Uint8Array[]): Uint8Array => new Uint8Array(Buffer.concat(parts));

interface Pair {
  readonly states: [A.SyncState, A.SyncState];
}
const pairs = new WeakMap<Copy, WeakMap<Copy, Pair>>();

export const automerge: Engine = {
  name: 'automerge',
  version: pinnedVersion('@automerge/automerge'),
  does: {
    signs: 'no',
    prunes: 'no: keeps every change',
    starts: 'one saved document',
  },
  open,
  tell: async (from, to) => {
    const known = pairs.get(from) ?? new WeakMap<Copy, Pair>();
    pairs.set(from, known);
    const pair = known.get(to) ?? { states: [A.initSyncState(), A.initSyncState()] };
    known.set(to, pair);
    const ends = [from, to] as [AutomergeCopy, AutomergeCopy];
    let bytes = 0;
    for (let quiet = 0, turn = 0; quiet < 2; turn = 1 - turn) {
      const [mine, other] = [ends[turn] as AutomergeCopy, ends[1 - turn] as AutomergeCopy];
      const state = pair.states[turn] as A.SyncState;
      const [next, message] = A.generateSyncMessage(mine.doc(), state);
      pair.states[turn] = next;
      quiet = message === null ? quiet + 1 : 0;
      if (message === null) continue;
      bytes += message.length;
      const received = A.receiveSyncMessage(
        other.doc(),
        pair.states[1 - turn] as A.SyncState,
        message,
      );
      other.replace(received[0]);
      pair.states[1 - turn] = received[1];
    }
    return bytes;
  },
  trimmed: null,
};
