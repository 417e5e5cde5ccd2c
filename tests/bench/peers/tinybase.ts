import { createMergeableStore, type MergeableChanges, type MergeableContent } from 'tinybase';
import { createCustomSynchronizer, type Receive, type Synchronizer } from 'tinybase/synchronizers';
import type { Copy, Engine } from './engine.js';
import { pinnedVersion } from './pinned.js';
import { changeOf, fieldsOf, lineOfFields } from './work.js';

const TABLE = 'records';
/** How the library itself writes in JSON what is not there: a deleted cell. */
const GONE = '\uFFFC';

const textOf = (value: unknown): Uint8Array =>
  new TextEncoder().encode(
    JSON.stringify(value, (_key, each: unknown) => (each === undefined ? GONE : each)),
  );
const valueOf = (bytes: Uint8Array): unknown =>
  JSON.parse(new TextDecoder().decode(bytes), (_key, each: unknown) =>
    each === GONE ? undefined : each,
  );

type Store = ReturnType<typeof createMergeableStore>;
interface TinybaseCopy extends Copy {
  readonly store: Store;
}

/** TinyBase: a mergeable store with a table of records; its changes travel as JSON. */
const open = (writer: number, saved?: Uint8Array): TinybaseCopy => {
  const store = createMergeableStore(`writer-${writer}`);
  if (saved !== undefined) {
    store.setMergeableContent(valueOf(saved) as MergeableContent);
  }
  let own: Uint8Array[] = [];
  let isTaking = false;
  store.addDidFinishTransactionListener(() => {
    if (isTaking) return;
    own.push(textOf(store.getTransactionMergeableChanges()));
  });
  return {
    store,
    act: ({ key, deed }) => {
      if (deed.kind === 'remove') store.delRow(TABLE, key);
      else if (deed.kind === 'create') store.setRow(TABLE, key, fieldsOf(deed.content));
      else {
        const change = changeOf(deed);
        if (change !== null && store.hasRow(TABLE, key)) store.setCell(TABLE, key, ...change);
      }
    },
    drain: () => {
      const drained = own;
      own = [];
      return drained;
    },
    whole: () => textOf(store.getMergeableContent()),
    take: (changes) => {
      isTaking = true;
      store.transaction(() => {
        for (const change of changes) {
          store.applyMergeableChanges(valueOf(change) as MergeableChanges);
        }
      });
      isTaking = false;
    },
    records: () => Object.values(store.getTable(TABLE)).map((record) => lineOfFields(record)),
    save: () => textOf(store.getMergeableContent()),
  };
};

interface Pair {
  bytes: number;
  toldBytes: number;
  readonly ends: readonly Synchronizer[];
}
const pairs = new WeakMap<Copy, Pair>();

/** Two synchronizers of the library with a wire between them that counts. */
const connect = async (stores: readonly Store[]): Promise<Pair> => {
  const receivers = new Map<number, Receive>();
  const pair = { bytes: 0, toldBytes: 0, ends: [] as Synchronizer[] };
  stores.forEach((store, index) => {
    const send = (_to: unknown, ...message: unknown[]): void => {
      const wire = textOf(message);
      pair.bytes += wire.length;
      const [request, kind, body] = valueOf(wire) as Parameters<Receive> extends [
        string,
        ...infer R,
      ]
        ? R
        : never;
      queueMicrotask(() => receivers.get(1 - index)?.(`${index}`, request, kind, body));
    };
    const register = (receive: Receive): void => void receivers.set(index, receive);
    pair.ends.push(createCustomSynchronizer(store, send, register, () => undefined, 5));
  });
  for (const end of pair.ends) await end.startSync();
  return pair;
};

export const tinybase: Engine = {
  name: 'tinybase',
  version: pinnedVersion('tinybase'),
  does: {
    signs: 'no',
    prunes: 'keeps no history; keeps a stamp for each deleted cell for ever',
    starts: 'its content as JSON',
  },
  open,
  tell: async (from, to) => {
    const stores = [from, to].map((each) => (each as TinybaseCopy).store);
    const pair = pairs.get(from) ?? (await connect(stores));
    pairs.set(from, pair);
    const hashes = (): Set<string> =>
      new Set(stores.map((store) => JSON.stringify(store.getMergeableContentHashes())));
    while (hashes().size > 1) await new Promise((resolve) => setImmediate(resolve));
    const bytes = pair.bytes - pair.toldBytes;
    pair.toldBytes = pair.bytes;
    return bytes;
  },
  trimmed: null,
};
