import { databaseNameOf, openIdbStore } from '../../../src/adapters/idb-store.js';
import { createWebCryptoVault } from '../../../src/adapters/webcrypto-keys.js';
import { type Replica, openBrowserReplica } from '../../../src/index.js';
import { openStore } from '../../../src/replica/storage/opening.js';
import { TABLES } from '../../../src/ports/store.js';
import { rowsOf, writeHistories } from './history.js';
import { contentOf } from './samples.js';

let replica: Replica | null = null;
let profile = '';
let written = 0;
/** Wall ms at which each record was first in this page's view. */
const seenMsByKey = new Map<string, number>();

const held = (): Replica => {
  if (replica === null) throw new Error('no replica is open');
  return replica;
};

/** Bytes that left this page over data channels, for as long as it lives. */
let sentBytes = 0;
const send = RTCDataChannel.prototype.send;
RTCDataChannel.prototype.send = function (this: RTCDataChannel, data: never): void {
  sentBytes += (data as ArrayBufferView).byteLength ?? (data as Blob).size ?? String(data).length;
  send.call(this, data);
};

/** Waits until the replica's view is as asked. */
const until = (isThere: () => boolean): Promise<void> =>
  new Promise((resolve) => {
    if (isThere()) return resolve();
    const stop = held().subscribe(() => {
      if (!isThere()) return;
      stop();
      resolve();
    });
  });

const open = async (name: string, rendezvousUrls: readonly string[]): Promise<number> => {
  profile = name;
  const startedMs = performance.now();
  const opened = await openBrowserReplica({ profile, rendezvousUrls });
  if (!opened.ok) throw new Error(opened.error.message);
  replica = opened.value;
  held().view();
  return performance.now() - startedMs;
};

const close = async (): Promise<void> => {
  await held().close();
  replica = null;
};

/** Puts histories into the store of a closed replica, as if they had been written long ago. */
const seed = async (factCount: number, sessionCount: number): Promise<number> => {
  const store = await openIdbStore(profile);
  const keys = await createWebCryptoVault(profile).load();
  if (!store.ok || keys === null) throw new Error('the device has a store and keys');
  const opened = await openStore(store.value, keys.signer.device);
  if (!opened.ok || opened.value.holdings === null) throw new Error('the device has an account');
  const { holdings } = opened.value;
  const histories = await writeHistories(holdings, keys.signer, factCount, sessionCount);
  const done = await store.value.commit(rowsOf(histories), 'relaxed');
  await store.value.close();
  if (!done.ok) throw new Error(`the facts are stored (${done.error.kind})`);
  const facts = histories.flatMap((history) => history.facts);
  return facts.reduce((sum, fact) => sum + fact.bytes.length, 0);
};

/** Writes one record; gives its key and how long it took until durable and in the view. */
const append = async (): Promise<{ key: string; ms: number; startedMs: number }> => {
  written += 1;
  const startedMs = Date.now();
  const began = performance.now();
  const done = await held().records.create(contentOf(1_000_000 + written));
  if (!done.ok) throw new Error(`the record is written (${done.error.kind})`);
  const view = held().view();
  const isShown = view.records.some((record) => record.key === done.value);
  if (!isShown) throw new Error('a durable record is in the view');
  return { key: done.value, ms: performance.now() - began, startedMs };
};

const appendMany = async (count: number): Promise<number[]> => {
  const times: number[] = [];
  for (let index = 0; index < count; index += 1) times.push((await append()).ms);
  return times;
};

/** The digest after each of so many new facts. */
const digests = async (count: number): Promise<number[]> => {
  held().inspect();
  const times: number[] = [];
  for (let index = 0; index < count; index += 1) {
    await append();
    const began = performance.now();
    held().inspect();
    times.push(performance.now() - began);
  }
  return times;
};

/** Proposes a snapshot in an account of one; it is complete and pruned when this returns. */
const snapshot = async (): Promise<number> => {
  const began = performance.now();
  const done = await held().snapshots.propose('');
  if (!done.ok) throw new Error(`a snapshot is proposed (${done.error.kind})`);
  const ms = performance.now() - began;
  if (held().view().snapshots[0]?.isHeld !== true) throw new Error('the snapshot stands');
  return ms;
};

/**
 * Resolves once the store holds what was folded: what every later start begins with.
 *
 * A large journal is let go of by itself; then it is the payload of that snapshot.
 */
const checkpointed = async (): Promise<void> => {
  for (;;) {
    const store = await openIdbStore(profile);
    if (!store.ok) throw new Error(`the store opens (${store.error.kind})`);
    const kept = await store.value.keys('payloads');
    await store.value.close();
    if (kept.ok && kept.value.length > 0) return;
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
};

/** Bytes of values in the device's own tables and in its carriers. */
const storedBytes = async (): Promise<{ [table: string]: number }> => {
  const sums: { [table: string]: number } = {};
  for (const { name } of await indexedDB.databases()) {
    const isOwn = name === databaseNameOf(profile);
    const isCarrier = name?.startsWith(`${databaseNameOf(profile)}-carrier-`) === true;
    if (name === undefined || !(isOwn || isCarrier)) continue;
    for (const table of isOwn ? TABLES : ['updates']) {
      const key = isOwn ? table : 'carrier';
      sums[key] = (sums[key] ?? 0) + (await bytesOf(name, table));
    }
  }
  return sums;
};

const bytesOf = (name: string, table: string): Promise<number> =>
  new Promise((resolve, reject) => {
    const opening = indexedDB.open(name);
    opening.onerror = () => reject(opening.error);
    opening.onsuccess = () => {
      const database = opening.result;
      const reading = database.transaction(table).objectStore(table).getAll();
      reading.onerror = () => reject(reading.error);
      reading.onsuccess = () => {
        database.close();
        const rows = reading.result as Uint8Array[];
        resolve(rows.reduce((sum, row) => sum + row.byteLength, 0));
      };
    };
  });

const watch = (): void => {
  const note = (): void => {
    for (const { key } of held().view().records) {
      if (!seenMsByKey.has(key)) seenMsByKey.set(key, Date.now());
    }
  };
  note();
  held().subscribe(note);
};

/** What the tools of this folder do with one device. */
export const device = {
  open,
  close,
  seed,
  append,
  appendMany,
  digests,
  snapshot,
  checkpointed,
  storedBytes,
  watch,
  create: async (): Promise<void> => {
    const done = await held().account.create('Figures');
    if (!done.ok) throw new Error(done.error.kind);
  },
  invite: async (): Promise<string> => {
    await held().devices.invite();
    const { pairing } = held().view();
    if (pairing.kind !== 'inviting') throw new Error('a code is shown');
    return pairing.uri;
  },
  join: async (uri: string): Promise<void> => {
    const done = await held().devices.join(uri, 'Second');
    if (!done.ok) throw new Error(done.error.kind);
  },
  confirm: async (): Promise<void> => {
    await until(() => held().view().pairing.kind === 'comparing');
    await held().devices.confirmWords(true);
  },
  joined: (): Promise<void> => until(() => held().view().stage === 'member'),
  connected: (): Promise<void> => until(() => held().view().sync.connectedCount > 0),
  inStep: (): Promise<void> => until(() => held().view().sync.kind === 'in-step'),
  /** Resolves with the wall ms at which so many facts were held. */
  holds: async (facts: number): Promise<number> => {
    await until(() => held().view().journal.facts >= facts);
    return Date.now();
  },
  shows: async (key: string): Promise<number> => {
    await until(() =>
      held()
        .view()
        .records.some((record) => record.key === key),
    );
    return seenMsByKey.get(key) ?? Date.now();
  },
  /** Hangs a file on a new record; gives the wall ms at which it was durable here. */
  attach: async (bytes: number): Promise<number> => {
    const { key } = await append();
    const content = new Uint8Array(bytes);
    for (let at = 0; at < bytes; at += 65_536) {
      crypto.getRandomValues(content.subarray(at, Math.min(bytes, at + 65_536)));
    }
    const file = { name: 'file', type: 'application/octet-stream', bytes: content };
    const done = await held().files.attach(key, file);
    if (!done.ok) throw new Error(done.error.kind);
    return Date.now();
  },
  /** Resolves with the wall ms at which so many bytes of files more were here than now. */
  gains: async (bytes: number): Promise<number> => {
    const before = held().view().blobs.hereBytes;
    await until(() => held().view().blobs.hereBytes >= before + bytes);
    return Date.now();
  },
  facts: (): number => held().view().journal.facts,
  records: (): number => held().view().records.length,
  sentBytes: (): number => sentBytes,
};
