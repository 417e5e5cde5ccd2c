import { createBrowserClock } from '../../../src/adapters/browser-clock.js';
import { createBrowserRandomness } from '../../../src/adapters/browser-randomness.js';
import { createMemoryCarrierShelf } from '../../../src/adapters/memory/memory-carrier.js';
import { createMemoryCipher } from '../../../src/adapters/memory/memory-cipher.js';
import { createMemoryVault } from '../../../src/adapters/memory/memory-keys.js';
import { createMemoryDisk, createMemoryStore } from '../../../src/adapters/memory/memory-store.js';
import { createMemoryNetwork } from '../../../src/adapters/memory/memory-transport.js';
import { createPaperKeys } from '../../../src/adapters/paper-keys.js';
import { createVerifier } from '../../../src/adapters/verifier-choice.js';
import type { Signer } from '../../../src/ports/keys.js';
import type { Verifier } from '../../../src/ports/verifier.js';
import { type IncomingRun, admitForeign } from '../../../src/replica/foreign.js';
import type { Holdings } from '../../../src/replica/holdings.js';
import type { LinkService } from '../../../src/replica/link-service.js';
import { openStore } from '../../../src/replica/opening.js';
import { createReplica } from '../../../src/replica/replica.js';
import type { RecordView } from '../../../src/replica/view.js';
import { createRecordViewer } from '../../../src/replica/view-records.js';
import { writeHistories } from './history.js';

/** An account of one device, as bytes that a fresh replica starts from. */
export interface MergeGround {
  readonly fresh: () => Promise<Holdings>;
  readonly signer: Signer;
  readonly verifier: Verifier;
}

export const createMergeGround = async (): Promise<MergeGround> => {
  const clock = createBrowserClock();
  const disk = createMemoryDisk();
  const vault = createMemoryVault('figures');
  const verifier = await createVerifier();
  const replica = await createReplica({
    paper: createPaperKeys(createBrowserRandomness()),
    ...{ clock, vault, verifier, store: createMemoryStore(disk), cipher: createMemoryCipher() },
    randomness: createBrowserRandomness(),
    shelf: createMemoryCarrierShelf(),
    transport: createMemoryNetwork({ clock }).transport('figures'),
    storage: {
      isPersisted: async () => null,
      persist: async () => false,
      estimate: async () => ({ used: null, quota: null }),
    },
  });
  await replica.account.create('Figures');
  await replica.close();
  const keys = await vault.load();
  if (keys === null) throw new Error('the account has keys');
  const fresh = async (): Promise<Holdings> => {
    const opened = await openStore(createMemoryStore(disk), keys.signer.device);
    if (!opened.ok || opened.value.holdings === null) throw new Error('the account opens');
    return opened.value.holdings;
  };
  return { fresh, signer: keys.signer, verifier };
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
  const outcome = await admitForeign(holdings, ground.verifier, runs);
  holdings.addRuns(outcome.admitted);
  const records = createRecordViewer().records(holdings, NO_LINKS, []);
  const ms = performance.now() - startedMs;
  if (outcome.admitted.length !== runs.length) throw new Error('every run is admitted');
  return { ms, holdings, records };
};
