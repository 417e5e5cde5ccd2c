import { createMemoryVault } from '../../src/adapters/memory/memory-keys.js';
import { createNobleVerifier } from '../../src/adapters/noble-verifier.js';
import { bytesToHex } from '../../src/core/base/hash.js';
import type { DeviceKeys, KeyVault } from '../../src/ports/keys.js';
import type { Verifier } from '../../src/ports/verifier.js';

/** More than a file of tests works out; with more all is forgotten and worked out again. */
const ANSWERS_MAX = 50_000;

/**
 * Answers by what was asked, for as long as the process lives.
 *
 * Only what nothing but its bytes decides is remembered, so each answer is the one that would be
 * worked out: devices of one test, and days that begin alike, ask the same over and over.
 */
const remembering = <T>(): ((
  asked: readonly (string | Uint8Array)[],
  work: () => Promise<T>,
) => Promise<T>) => {
  const answers = new Map<string, T>();
  return async (asked, work) => {
    const name = asked.map((each) => (typeof each === 'string' ? each : bytesToHex(each))).join();
    const held = answers.get(name);
    if (held !== undefined) return held;
    const answer = await work();
    if (answers.size >= ANSWERS_MAX) answers.clear();
    answers.set(name, answer);
    return answer;
  };
};

const verdict = remembering<boolean>();
const signature = remembering<Uint8Array>();
const secret = remembering<Uint8Array>();
const opened = remembering<Awaited<ReturnType<DeviceKeys['sealer']['open']>>>();

/** The verifier in JavaScript; what it checked once in this process it knows. */
export const createRememberedVerifier = (): Verifier => {
  const { verify } = createNobleVerifier();
  const isGenuine = async (check: Parameters<typeof verify>[0][number]): Promise<boolean> =>
    (await verify([check]))[0] === true;
  return {
    verify: (checks) =>
      Promise.all(
        checks.map((check) =>
          verdict([check.key, check.signature, check.message], () => isGenuine(check)),
        ),
      ),
  };
};

/** The vault in memory; what its keys signed or opened once in this process they know. */
export const createRememberedVault = (seed: string): KeyVault => {
  const vault = createMemoryVault(seed);
  return {
    ...vault,
    load: async () => withMemory(await vault.load()),
    create: async () => withMemory(await vault.create()),
  };
};

const withMemory = <T extends DeviceKeys | null>(keys: T): T | DeviceKeys => {
  if (keys === null) return keys;
  const { signer, sealer } = keys;
  const { device } = signer;
  return {
    signer: {
      ...signer,
      sign: (message) => signature([device, message], () => signer.sign(message)),
    },
    sealer: {
      ...sealer,
      open: (envelope, context) =>
        opened([device, envelope, context], () => sealer.open(envelope, context)),
      pairSecret: (other) => secret([device, other], () => sealer.pairSecret(other)),
    },
  };
};
