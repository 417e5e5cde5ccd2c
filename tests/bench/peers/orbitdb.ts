import {
  type Access,
  Entry,
  IPFSAccessController,
  Identities,
  type Identity,
  KeyStore,
  Log,
  type LogEntry,
  MemoryStorage,
  type Oplog,
  type Storage,
} from '@orbitdb/core';
import { contentOf, editsOf } from '../page/samples.js';
import { judgeReturn, STALE } from './engine.js';
import { type Keyed, keyedOf, recordsOfKeyed } from './keyed.js';
import { tryOrbit } from './orbitdb-tries.js';
import type { Listed, Peer, Returned, Told } from './peer.js';
import { pinnedVersion } from './pinned.js';
import { type Act, SESSIONS, type Work, workOf } from './work.js';

/** As its key-value store asks for. */
const REFERENCES = { referencesCount: 16 };

/** Writers with their keys, and a log that they alone may write to. */
export interface OrbitGround {
  readonly writers: readonly Identity[];
  readonly open: (writer: number, kept?: Kept) => Promise<OrbitCopy>;
  /** A replica of a stranger, which asks nobody whether it may write. */
  readonly openStranger: () => Promise<OrbitCopy>;
}

/** What a log keeps: entries by hash, which of them it holds, and its heads. */
export interface Kept {
  readonly entries: Storage;
  readonly heads: Storage;
  readonly index: Storage;
}

export interface OrbitCopy {
  readonly log: Oplog;
  readonly kept: Kept;
  readonly act: (act: Pick<Act, 'key' | 'deed'>) => Promise<LogEntry>;
  /** Takes in what another has, as its heads and the blocks below them. */
  readonly take: (from: OrbitCopy) => Promise<void>;
  readonly records: () => Promise<readonly string[]>;
}

const emptyKept = async (): Promise<Kept> => ({
  entries: await MemoryStorage(),
  heads: await MemoryStorage(),
  index: await MemoryStorage(),
});

/** The library without its network: a log in memory, which stores and networks are handed to. */
export const layOrbit = async (): Promise<OrbitGround> => {
  const keystore = await KeyStore({ storage: await MemoryStorage() });
  const identities = await Identities({ keystore, storage: await MemoryStorage() });
  const names = [...Array.from({ length: SESSIONS }, (_, index) => `writer ${index}`), 'stranger'];
  const all = await Promise.all(names.map((id) => identities.createIdentity({ id })));
  const writers = all.slice(0, SESSIONS);
  const write = writers.map(({ id }) => id);
  const controller = IPFSAccessController({ write, storage: await MemoryStorage() });
  const access = await controller({ identities });
  const anyone: Access = { canAppend: async () => true };
  const openStranger = async (): Promise<OrbitCopy> =>
    openCopy(all[SESSIONS] as Identity, anyone, await emptyKept());
  const open = async (writer: number, given?: Kept): Promise<OrbitCopy> =>
    openCopy(all[writer] as Identity, access, given ?? (await emptyKept()));
  return { writers, open, openStranger };
};

const openCopy = async (identity: Identity, access: Access, kept: Kept): Promise<OrbitCopy> => {
  const log = await Log(identity, {
    ...{ logId: 'records', access, entryStorage: kept.entries },
    ...{ headsStorage: kept.heads, indexStorage: kept.index },
  });
  return {
    log,
    kept,
    act: (deed) => {
      const [key, value] = keyedOf(deed);
      return log.append({ op: value === null ? 'DEL' : 'PUT', key, value }, REFERENCES);
    },
    take: async (from) => {
      await kept.entries.merge(from.kept.entries);
      for (const head of await from.log.heads()) await log.joinEntry(head);
    },
    records: async () => recordsOfKeyed(await entriesOf(log)),
  };
};

/** As its key-value store does: the newest of each key counts. */
const entriesOf = async (log: Oplog): Promise<readonly Keyed[]> => {
  const values = new Map<string, unknown>();
  for await (const { payload } of log.traverse()) {
    if (!values.has(payload.key)) values.set(payload.key, payload.op === 'PUT' ? payload : null);
  }
  return [...values].flatMap(([key, put]): Keyed[] =>
    put === null ? [] : [[key, (put as { value: unknown }).value]],
  );
};

interface Held {
  readonly ground: OrbitGround;
  readonly copies: readonly OrbitCopy[];
  readonly merged: OrbitCopy;
}

const write = async ({ acts }: Work): Promise<Pick<Held, 'ground' | 'copies'>> => {
  const ground = await layOrbit();
  const writers = Array.from({ length: SESSIONS }, (_, session) => ground.open(session));
  const copies = await Promise.all(writers);
  for (const { session, ...deed } of acts) await copies[session]?.act(deed);
  return { ground, copies };
};

const prepare = async (work: Work): Promise<Held> => {
  const { ground, copies } = await write(work);
  const merged = await ground.open(0);
  for (const copy of copies) await merged.take(copy);
  return { ground, copies, merged };
};

const merge = async ({ ground, copies }: Held): Promise<Listed> => {
  const fresh = await ground.open(0);
  const startedMs = performance.now();
  for (const copy of copies) await fresh.take(copy);
  const records = await fresh.records();
  return { ms: performance.now() - startedMs, records };
};

const coldStart = async ({ ground, merged }: Held): Promise<Listed> => {
  const startedMs = performance.now();
  const records = await (await ground.open(0, merged.kept)).records();
  return { ms: performance.now() - startedMs, records };
};

/** What pubsub carries is the bytes of the entry. */
const syncOne = async ({ ground, merged }: Held): Promise<Told> => {
  const other = await ground.open(1);
  await other.take(merged);
  const startedMs = performance.now();
  const deed = { kind: 'create', record: 0, content: contentOf(7) } as const;
  const { bytes } = await Entry.encode(await merged.act({ key: 'new', deed }));
  await other.kept.entries.put((await Entry.decode(bytes)).hash, bytes);
  if (!(await other.log.joinEntry(await Entry.decode(bytes)))) throw new Error('it is taken');
  return { ms: performance.now() - startedMs, bytes: bytes.length };
};

const returnStale = async (): Promise<Returned> => {
  const { open } = await layOrbit();
  const creates = workOf(STALE.facts).acts.filter(
    ({ session, deed }) => session === 0 && deed.kind === 'create',
  );
  const [home, away] = [await open(0), await open(1)];
  for (const each of creates) await home.act(each);
  await away.take(home);
  for (const { writer, deed } of STALE.deeds(creates)) {
    await (writer === 'home' ? home : away).act(deed);
  }
  await home.take(away);
  await away.take(home);
  const lists = [[...(await home.records())].sort(), [...(await away.records())].sort()];
  return judgeReturn(lists, creates.slice(0, STALE.removed), '');
};

/** OrbitDB: its log with keys and write access, in memory and without its network. */
export const createOrbit = (): Peer => {
  let held: Held | null = null;
  const prepared = (): Held => {
    if (held === null) throw new Error('prepare comes first');
    return held;
  };
  return {
    name: 'orbitdb',
    version: pinnedVersion('@orbitdb/core'),
    does: {
      signs: 'yes: secp256k1 on each entry',
      prunes: 'no: keeps every entry; a whole database can be dropped',
      starts: 'its entries from a store, not verified again',
    },
    prepare: async (work) => {
      held = await prepare(work);
    },
    merge: () => merge(prepared()),
    mergeSigned: null,
    coldStart: () => coldStart(prepared()),
    syncOne: () => syncOne(prepared()),
    prune: async (facts) => {
      const { copies } = await write(workOf(facts, editsOf));
      let bytes = 0;
      for (const { kept } of copies) {
        for await (const [, entry] of kept.entries.iterator()) bytes += entry.length;
      }
      return { ms: null, bytesBefore: bytes, bytesLeft: bytes, bytesLater: null };
    },
    staleReturn: returnStale,
    tryAttacks: tryOrbit,
  };
};
