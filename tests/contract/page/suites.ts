import { createBrowserClock } from '../../../src/adapters/browser-clock.js';
import { createBrowserHomes } from '../../../src/adapters/browser-homes.js';
import { createBrowserRandomness } from '../../../src/adapters/browser-randomness.js';
import { startReaderWorker } from '../../../src/adapters/carrier/reader-start.js';
import {
  createWorkerReader,
  type ReaderWorker,
  overWorker,
} from '../../../src/adapters/carrier/worker-reader.js';
import { createYjsCarrierShelf } from '../../../src/adapters/carrier/yjs-carrier-shelf.js';
import { openIdbStore } from '../../../src/adapters/idb-store.js';
import { createMemoryDisk, createMemoryStore } from '../../../src/adapters/memory/memory-store.js';
import { createNobleVerifier } from '../../../src/adapters/noble-verifier.js';
import { createVerifier } from '../../../src/adapters/verifier-choice.js';
import { createWebCryptoVault } from '../../../src/adapters/webcrypto-keys.js';
import { createWebCryptoVerifier } from '../../../src/adapters/webcrypto-verifier.js';
import { createWriterLock } from '../../../src/adapters/writer-lock.js';
import type { Clock } from '../../../src/ports/clock.js';
import { bundlesContract } from '../bundles-contract.js';
import { carrierContract } from '../carrier-contract.js';
import { clockContract } from '../clock-contract.js';
import { valueOf } from '../expectation.js';
import type { ContractCase } from '../expectation.js';
import { homesContract } from '../homes-contract.js';
import { keysContract } from '../keys-contract.js';
import { randomnessContract } from '../randomness-contract.js';
import { storeContract } from '../store-contract.js';
import { verifierContract } from '../verifier-contract.js';
import { migrationContract } from '../migration-contract.js';
import { lookAround, lookingAround, realMigrations } from './migration-bench.js';
import { watchdogContract, workersIn, type WatchdogBench } from '../watchdog-contract.js';
import { writerLockContract } from '../writer-lock-contract.js';
import { realBundles } from './bundles-bench.js';

/** A contract suite with the adapter that it is run on. */
export interface Suite {
  readonly name: string;
  readonly titles: readonly string[];
  readonly run: (index: number) => Promise<void>;
}

const suite = <Bench>(
  name: string,
  cases: readonly ContractCase<Bench>[],
  makeBench: () => Bench | Promise<Bench>,
): Suite => ({
  name,
  titles: cases.map(({ title }) => title),
  run: async (index) => cases[index]?.run(await makeBench()),
});

/** A profile that no other case has used. */
const freshProfile = (): string => `case-${crypto.randomUUID()}`;

/** A browser that knows every part of WebCrypto but Ed25519 and X25519. */
const olderSubtle = (): SubtleCrypto =>
  new Proxy(crypto.subtle, {
    get: (target, name) => {
      const member: unknown = Reflect.get(target, name);
      if (typeof member !== 'function') return member;
      return (...given: readonly unknown[]): unknown =>
        given.some(isNewerAlgorithm)
          ? Promise.reject(new DOMException('unknown algorithm', 'NotSupportedError'))
          : Reflect.apply(member, target, given);
    },
  });

const isNewerAlgorithm = (given: unknown): boolean =>
  ['Ed25519', 'X25519'].some(
    (name) => given === name || (given as { readonly name?: unknown } | null)?.name === name,
  );

/** Where the page's own reader would read without a worker, the suite fails. */
const startSurely = (): ReaderWorker => {
  const worker = startReaderWorker();
  if (worker === null) throw new Error('the worker of the build does not start');
  return worker;
};

/** A bench over workers of the browser and its clock. */
const realBench = (): WatchdogBench => {
  let counts: WatchdogBench['counts'] = () => ({ started: 0, stopped: 0 });
  return {
    makeReader: (...manners) => {
      const workers = workersIn(manners, (manner) =>
        manner === 'sound' ? startSurely() : oddWorker(manner),
      );
      counts = workers.counts;
      return createWorkerReader(workers.start, createBrowserClock());
    },
    counts: () => counts(),
    pass: () => new Promise((resolve) => setTimeout(resolve)),
  };
};

const SCRIPT_BY_MANNER = {
  hangs: 'onmessage = () => { postMessage({ kind: "started" }); for (;;); };',
  silent: 'onmessage = () => { for (;;); };',
  breaks: 'onmessage = () => { postMessage({ kind: "started" }); throw new Error("broken"); };',
} as const;

const oddWorker = (manner: keyof typeof SCRIPT_BY_MANNER | 'missing'): ReaderWorker => {
  if (manner === 'missing') return overWorker(new Worker('/assets/none.js', { type: 'module' }));
  const script = new Blob([SCRIPT_BY_MANNER[manner]], { type: 'text/javascript' });
  return overWorker(new Worker(URL.createObjectURL(script)));
};

/** What a reader says is asked here, not how soon: on a busy machine 250 ms pass in no time. */
const patientClock = (): Clock => {
  const clock = createBrowserClock();
  return { ...clock, after: (ms, run) => clock.after(20 * ms, run) };
};

/** Every suite that is run in a browser; the names are the same wherever this is loaded. */
export const suites: readonly Suite[] = [
  suite('browser clock', clockContract, () => ({
    clock: createBrowserClock(),
    pass: () => undefined,
  })),
  suite('browser randomness', randomnessContract, createBrowserRandomness),
  suite('profiles of the browser', homesContract, () => {
    const profile = freshProfile().slice(0, 20);
    return { profile, homes: createBrowserHomes(profile, createBrowserClock()) };
  }),
  suite('bundles of the browser', bundlesContract, realBundles),
  suite('idb store', storeContract, () => {
    const profile = freshProfile();
    return { open: async () => valueOf(await openIdbStore(profile)) };
  }),
  suite('memory store', storeContract, () => {
    const disk = createMemoryDisk();
    return { open: async () => createMemoryStore(disk) };
  }),
  suite('Yjs carrier', carrierContract, () => {
    const profile = freshProfile();
    return async () => createYjsCarrierShelf(profile);
  }),
  suite('Yjs carrier with its worker', carrierContract, () => {
    const profile = freshProfile();
    const reader = createWorkerReader(startSurely, patientClock());
    return async () => createYjsCarrierShelf(profile, reader);
  }),
  suite('scripts of candidates in real workers', migrationContract, realMigrations),
  suite('a script of a candidate that looks around', lookingAround, () => lookAround),
  suite('reader over real workers', watchdogContract, realBench),
  suite('WebCrypto vault', keysContract, () => {
    const profile = freshProfile();
    return { open: () => createWebCryptoVault(profile) };
  }),
  suite('WebCrypto vault of a browser without Ed25519', keysContract, () => {
    const profile = freshProfile();
    return { open: () => createWebCryptoVault(profile, olderSubtle()) };
  }),
  suite('WebCrypto verifier', verifierContract, () => createWebCryptoVerifier()),
  suite('noble verifier', verifierContract, createNobleVerifier),
  suite('chosen verifier', verifierContract, () => createVerifier()),
  suite('chosen verifier of a browser without Ed25519', verifierContract, () =>
    createVerifier(olderSubtle()),
  ),
  suite('writer lock', writerLockContract, () => {
    const profile = freshProfile();
    return { openTab: () => createWriterLock(profile, createBrowserClock()) };
  }),
];
