import {
  type MemoryDisk,
  createMemoryDisk,
  createMemoryStore,
} from '../../../src/adapters/memory/memory-store.js';
import { createMemoryVault } from '../../../src/adapters/memory/memory-keys.js';
import { createMemoryNetwork } from '../../../src/adapters/memory/memory-transport.js';
import { createBrowserClock } from '../../../src/adapters/browser-clock.js';
import { TABLES } from '../../../src/ports/store.js';
import type { Signer } from '../../../src/ports/keys.js';
import type { IncomingRun } from '../../../src/replica/journal/foreign.js';
import type { Replica } from '../../../src/replica/commands.js';
import { createReplica } from '../../../src/replica/replica.js';
import { KEYS } from '../../../src/replica/storage/rows.js';
import { meshDisks, tellingsOf } from '../../replica/mesh.js';
import { rowsOf, writeHistories } from '../page/history.js';
import {
  type MergeGround,
  createMergeGround,
  holdingsOn,
  memoryPorts,
  merge,
  runsOf,
} from '../page/merging.js';
import { contentOf, deedsOf, editsOf } from '../page/samples.js';
import type { Listed, Peer, Pruned, Told } from './peer.js';
import { returnStale } from './upkeep-return.js';
import { tryUpkeep } from './upkeep-tries.js';
import { SESSIONS, lineOf } from './work.js';

interface Held {
  readonly facts: number;
  readonly ground: MergeGround;
  readonly runs: readonly IncomingRun[];
  /** A device that holds them all, with the checkpoint that its last start left. */
  readonly disk: MemoryDisk;
}

/** Each session's first fact is that it was opened: so many more hold the same deeds. */
const prepare = async (deeds: number): Promise<Held> => {
  const facts = deeds + SESSIONS;
  const ground = await createMergeGround();
  const runs = await runsOf(ground, facts, SESSIONS);
  const disk = copyOf(ground.disk);
  await seed(disk, ground.signer, facts);
  await leaveCheckpoint(ground, disk);
  return { facts, ground, runs, disk };
};

const copyOf = (from: MemoryDisk): MemoryDisk => {
  const disk = createMemoryDisk();
  for (const table of TABLES) {
    for (const [key, value] of from.rowsOf(table)) disk.rowsOf(table).set(key, value);
  }
  return disk;
};

/** Puts histories into the store of a closed replica, as if they had been written long ago. */
const seed = async (
  disk: MemoryDisk,
  signer: Signer,
  facts: number,
  deeds = deedsOf,
): Promise<void> => {
  const holdings = await holdingsOn(disk, signer.device);
  const histories = await writeHistories(holdings, signer, facts, SESSIONS, deeds);
  await createMemoryStore(disk).commit(rowsOf(histories), 'strict');
};

/** A device alone that holds so much would tidy up by itself, and then there is less to measure. */
const openOn = ({ vault, verifier }: MergeGround, disk: MemoryDisk): Promise<Replica> =>
  createReplica(memoryPorts({ vault, verifier, disk, name: 'figures' }), {
    checkpointFacts: 100,
    snapshots: { facts: null, journalBytes: null },
  });

/** The replica writes one by itself once it has been quiet for a while. */
const leaveCheckpoint = async (ground: MergeGround, disk: MemoryDisk): Promise<void> => {
  const replica = await openOn(ground, disk);
  await until(() => disk.rowsOf('payloads').has(KEYS.checkpoint));
  await replica.close();
};

const until = async (isSo: () => boolean): Promise<void> => {
  const endMs = performance.now() + 60_000;
  while (!isSo()) {
    if (performance.now() > endMs) throw new Error('it never came to that');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
};

const linesOf = (replica: Replica): readonly string[] =>
  replica.view().records.map(({ title, labels }) => lineOf(title, labels));

const coldStart = async ({ ground, disk }: Held): Promise<Listed> => {
  const startedMs = performance.now();
  const replica = await openOn(ground, disk);
  const records = linesOf(replica);
  const ms = performance.now() - startedMs;
  await replica.close();
  return { ms, records };
};

/** Two whole replicas on one network in memory; the clock is that of the machine. */
const syncOne = async ({ ground, facts }: Held): Promise<Told> => {
  const disks = await meshDisks(2);
  const names = [...disks.keys()];
  const vaults = names.map((name) => createMemoryVault(name));
  const [signer] = await Promise.all(vaults.map(async (vault) => (await vault.create()).signer));
  const [first, second] = [...disks.values()];
  if (!signer || !first || !second) throw new Error('there are two');
  await seed(first, signer, facts);
  for (const table of ['facts', 'signatures'] as const) {
    first.rowsOf(table).forEach((value, key) => second.rowsOf(table).set(key, value));
  }
  const network = createMemoryNetwork({ clock: createBrowserClock() });
  const { verifier } = ground;
  const replicas: Replica[] = [];
  for (const [index, disk] of [first, second].entries()) {
    const [vault, name] = [vaults[index], names[index]];
    if (vault === undefined || name === undefined) throw new Error('each has keys');
    replicas.push(await createReplica(memoryPorts({ vault, verifier, disk, network, name })));
  }
  const [one, other] = replicas as [Replica, Replica];
  await until(() => replicas.every((each) => each.view().sync.inStepCount === 2));
  const write = async (): Promise<number> => {
    const startedMs = performance.now();
    const made = await one.records.create(contentOf(7));
    if (!made.ok) throw new Error(made.error.kind);
    await until(() => other.view().records.some(({ key }) => key === made.value));
    return performance.now() - startedMs;
  };
  await write();
  await settled(replicas);
  const before = bytesOf(one);
  const ms = await write();
  await settled(replicas);
  const bytes = bytesOf(one) - before;
  for (const each of replicas) await each.close();
  return { ms, bytes };
};

const bytesOf = (replica: Replica): number => {
  const { bytes, heardBytes } = tellingsOf([replica]);
  return bytes + heardBytes;
};

const settled = async (replicas: readonly Replica[]): Promise<void> => {
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  await until(() => replicas.every((each) => each.view().sync.inStepCount === 2));
};

/**
 * A device alone proposes, recomputes, completes, stores and prunes.
 *
 * Its own facts lie apart as long as the snapshot might fall, so bytes are told after two more too.
 */
const prune = async (ground: MergeGround, facts: number): Promise<Pruned> => {
  const disk = copyOf(ground.disk);
  await seed(disk, ground.signer, facts + SESSIONS, editsOf);
  const bytesBefore = storedBytes(disk);
  const { ms } = await snapshotOn(ground, disk);
  const bytesLeft = storedBytes(disk);
  for (let time = 0; time < 2; time += 1) await snapshotOn(ground, disk);
  return { ms, bytesBefore, bytesLeft, bytesLater: storedBytes(disk) };
};

const snapshotOn = async (ground: MergeGround, disk: MemoryDisk): Promise<{ ms: number }> => {
  const replica = await openOn(ground, disk);
  const startedMs = performance.now();
  const done = await replica.snapshots.propose('');
  const ms = performance.now() - startedMs;
  if (!done.ok || replica.view().snapshots[0]?.isHeld !== true) throw new Error('it stands');
  await replica.records.create(contentOf(7));
  await replica.close();
  return { ms };
};

/** What cannot be made anew: the checkpoint is a cache. */
const storedBytes = (disk: MemoryDisk): number =>
  TABLES.flatMap((table) => [...disk.rowsOf(table)])
    .filter(([key]) => key !== KEYS.checkpoint)
    .reduce((sum, [, value]) => sum + value.length, 0);

/** Our own: the real replica with stores and network in memory. */
export const createUpkeep = (): Peer => {
  let held: Held | null = null;
  const prepared = (): Held => {
    if (held === null) throw new Error('prepare comes first');
    return held;
  };
  return {
    name: 'upkeep',
    version: 'this tree',
    does: {
      signs: 'yes: Ed25519 over the hash chain of a session, verified once a run',
      prunes: 'yes: when enough devices computed the same state and agreed',
      starts: 'its rows from a store, not verified again, with a checkpoint',
    },
    prepare: async ({ facts }) => {
      held = await prepare(facts);
    },
    merge: async () => {
      const { ms, records } = await merge(prepared().ground, prepared().runs);
      return { ms, records: records.map(({ title, labels }) => lineOf(title, labels)) };
    },
    mergeSigned: null,
    coldStart: () => coldStart(prepared()),
    syncOne: () => syncOne(prepared()),
    prune: (facts) => prune(prepared().ground, facts),
    staleReturn: returnStale,
    tryAttacks: tryUpkeep,
  };
};
