import { createBrowserClock } from '../../../src/adapters/browser-clock.js';
import { createBrowserRandomness } from '../../../src/adapters/browser-randomness.js';
import { createMemoryCarrierShelf } from '../../../src/adapters/memory/memory-carrier.js';
import { createMemoryCipher } from '../../../src/adapters/memory/memory-cipher.js';
import { createMemoryVault } from '../../../src/adapters/memory/memory-keys.js';
import {
  type MemoryDisk,
  createMemoryDisk,
  createMemoryStore,
} from '../../../src/adapters/memory/memory-store.js';
import {
  type MemoryNetwork,
  createMemoryNetwork,
} from '../../../src/adapters/memory/memory-transport.js';
import { createPaperKeys } from '../../../src/adapters/paper-keys.js';
import { createVerifier } from '../../../src/adapters/verifier-choice.js';
import type { DeviceId } from '../../../src/core/base/brands.js';
import type { KeyVault, Signer } from '../../../src/ports/keys.js';
import type { Verifier } from '../../../src/ports/verifier.js';
import { type IncomingRun, admitForeign } from '../../../src/replica/journal/foreign.js';
import type { Ports } from '../../../src/replica/context.js';
import type { Holdings } from '../../../src/replica/journal/holdings.js';
import type { LinkService } from '../../../src/replica/links/link-service.js';
import { openStore } from '../../../src/replica/storage/opening.js';
import { createReplica } from '../../../src/replica/replica.js';
import { UNCUT } from '../../../src/replica/loop/slices.js';
import type { RecordView } from '../../../src/replica/view.js';
import { createRecordViewer } from '../../../src/replica/views/view-records.js';
import { writeHistories } from './history.js';

/** An account of one device, as bytes that a fresh replica starts from. */
export interface MergeGround {
  readonly fresh: () => Promise<Holdings>;
  readonly signer: Signer;
  readonly verifier: Verifier;
  readonly vault: KeyVault;
  readonly disk: MemoryDisk;
}

/** What a replica stands on that keeps everything in memory; the rest is as in the app. */
export const memoryPorts = (
  parts: Pick<Ports, 'vault' | 'verifier'> & {
    readonly disk: MemoryDisk;
    readonly network?: MemoryNetwork;
    readonly name: string;
  },
): Ports => {
  const { vault, verifier, disk, name } = parts;
  const clock = createBrowserClock();
  const network = parts.network ?? createMemoryNetwork({ clock });
  return {
    paper: createPaperKeys(createBrowserRandomness()),
    ...{ clock, vault, verifier, store: createMemoryStore(disk), cipher: createMemoryCipher() },
    randomness: createBrowserRandomness(),
    shelf: createMemoryCarrierShelf(),
    transport: network.transport(name),
    storage: {
      isPersisted: async () => null,
      persist: async () => false,
      estimate: async () => ({ used: null, quota: null }),
    },
  };
};

export const createMergeGround = async (): Promise<MergeGround> => {
  const disk = createMemoryDisk();
  const vault = createMemoryVault('figures');
  const verifier = await createVerifier();
  const replica = await createReplica(memoryPorts({ vault, verifier, disk, name: 'figures' }));
  await replica.account.create('Figures');
  await replica.close();
  const keys = await vault.load();
  if (keys === null) throw new Error('the account has keys');
  const fresh = (): Promise<Holdings> => holdingsOn(disk, keys.signer.device);
  return { fresh, signer: keys.signer, verifier, vault, disk };
};

/** What a store of a member holds. */
export const holdingsOn = async (disk: MemoryDisk, device: DeviceId): Promise<Holdings> => {
  const opened = await openStore(createMemoryStore(disk), device);
  if (!opened.ok || opened.value.holdings === null) throw new Error('the account opens');
  return opened.value.holdings;
};

/** Runs as they come off the wire: each fact bytes of its own. */
export const runsOf = async (
  ground: MergeGround,
  factCount: number,
  sessionCount: number,
): Promise<readonly IncomingRun[]> => {
  const histories = await writeHistories(
    await ground.fresh(),
    ground.signer,
    factCount,
    sessionCount,
  );
  return histories.map(({ session, facts, signature }) => ({
    session,
    firstSeq: 0,
    facts: facts.map((fact) => fact.bytes),
    signatures: new Map([[facts.length - 1, signature]]),
  }));
};

export interface Merged {
  readonly ms: number;
  readonly holdings: Holdings;
  readonly records: readonly RecordView[];
}

const NO_LINKS = { links: () => [] } as unknown as LinkService;

/** Parses, links, verifies and folds runs into a fresh replica, and makes the view of its records. */
export const merge = async (ground: MergeGround, runs: readonly IncomingRun[]): Promise<Merged> => {
  const holdings = await ground.fresh();
  const startedMs = performance.now();
  const outcome = await admitForeign(holdings, ground.verifier, runs, UNCUT);
  holdings.addRuns(outcome.admitted);
  const records = createRecordViewer().records(holdings, NO_LINKS, []);
  const ms = performance.now() - startedMs;
  if (outcome.admitted.length !== runs.length) throw new Error('every run is admitted');
  return { ms, holdings, records };
};
