import { expect } from 'vitest';
import type { MemoryDisk } from '../../src/adapters/memory/memory-store.js';
import type { Done, Replica } from '../../src/replica/commands.js';
import {
  FAULT_MODES,
  type Fault,
  type FaultMode,
  copyOfDisk,
  createFault,
} from './dying-device.js';
import { factsOn } from './kept-facts.js';
import { type Household, createHousehold } from './household.js';

/** A dangerous change waits for a second of these days, not for minutes. */
const DANGER_MS = 1_000;

/** So many calls one device makes in a scenario at most; more would go untried. */
const CALLS_MAX = 80;

/** Devices in the middle of their day, one of which is going to fail. */
export interface Day {
  readonly home: Household;
  readonly fault: Fault;
  readonly at: (name: string) => Replica;
  /** Starts a device that was not there from the beginning. */
  readonly start: (name: string) => Promise<void>;
  /**
   * Runs a command; restarts the device if it died over it, and gives the command again where the
   * fault says so. True when it was acknowledged.
   */
  readonly attempt: (
    name: string,
    command: (replica: Replica) => Done<unknown>,
  ) => Promise<boolean>;
  /** Lets time pass, and starts what died in it. */
  readonly pass: (ms: number) => Promise<void>;
  /** Lets time pass until the condition holds, starting what dies in it. */
  readonly until: (what: string, condition: () => boolean) => Promise<void>;
}

export type Disks = ReadonlyMap<string, MemoryDisk>;

/** What every device kept, once all of them are closed. */
export const disksOf = async (home: Household, names: readonly string[]): Promise<Disks> => {
  for (const name of names) await home.stop(name);
  return new Map(names.map((name) => [name, home.disk(name)]));
};

/** The same past once more: what happens next leaves the first as it is. */
export const copyOfDisks = (disks: Disks): Disks =>
  new Map([...disks].map(([name, disk]) => [name, copyOfDisk(disk)]));

export const startDay = async (
  disks: Disks,
  fault: Fault,
  names: readonly string[],
): Promise<Day> => {
  const home = createHousehold({
    ...{ disks: copyOfDisks(disks), wrap: fault.wrap },
    timing: { dangerMs: DANGER_MS },
  });
  const replicas = new Map<string, Replica>();
  const isDead = (name: string): boolean => name === fault.device && fault.isDead();
  fault.onDeath(() => home.crash(fault.device));
  const start = async (name: string): Promise<void> => {
    let replica: Replica | null = null;
    void home.start(name).then((each) => (replica = each));
    await home.until('it starts or dies', () => replica !== null || isDead(name));
    if (replica !== null) replicas.set(name, replica);
    await restartTheDead();
  };
  const restartTheDead = async (): Promise<void> => {
    if (!fault.isDead()) return;
    fault.revive();
    replicas.set(fault.device, await home.start(fault.device));
  };
  for (const name of names) await start(name);
  const at = (name: string): Replica => {
    const replica = replicas.get(name);
    if (replica === undefined) throw new Error(`${name} is not there`);
    return replica;
  };
  const run = async (
    name: string,
    command: (replica: Replica) => Done<unknown>,
  ): Promise<boolean> => {
    let outcome: boolean | null = null;
    void command(at(name)).then((done) => (outcome = done.ok));
    await home.until('answered or dead', () => outcome !== null || isDead(name));
    return outcome ?? false;
  };
  const pass = async (ms: number): Promise<void> => {
    for (let passed = 0; passed < ms; passed += 250) {
      await home.pass(250);
      await restartTheDead();
    }
  };
  return {
    ...{ home, fault, at, start, pass },
    attempt: async (name, command) => {
      const isAcknowledged = await run(name, command);
      if (!fault.isDead()) return isAcknowledged;
      await restartTheDead();
      return fault.mode === 'repeated' && name === fault.device ? run(name, command) : false;
    },
    until: async (what, condition) => {
      for (let turn = 0; turn < 240 && !condition(); turn += 1) await pass(250);
      if (!condition()) throw new Error(`it never came to: ${what}`);
    },
  };
};

/** For a device that is told nothing by its person, so that there is nothing to repeat. */
export const UNTOLD: readonly FaultMode[] = ['fails', 'lost', 'torn'];

/** Tries every call of a device in every mode, until the scenario ends before the fault comes. */
export const atEveryCall = async (
  device: string,
  run: (fault: Fault) => Promise<void>,
  modes: readonly FaultMode[] = FAULT_MODES,
): Promise<number> => {
  const left = new Set(modes);
  for (let call = 0; call < CALLS_MAX; call += 1) {
    for (const mode of left) {
      const fault = createFault(device, call, mode);
      try {
        await run(fault);
      } catch (thrown) {
        throw new Error(`call ${call} of ${device} ${mode}: ${String(thrown)}`, { cause: thrown });
      }
      if (!fault.hasStruck()) left.delete(mode);
    }
    if (left.size === 0) return call;
  }
  throw new Error(`${device} makes more than ${CALLS_MAX} calls`);
};

/** Nobody forked the account, told two stories, folded otherwise or answered a decision twice. */
export const expectSound = ({ at, home }: Day, names: readonly string[]): void => {
  for (const name of names) {
    const { account, problems, devices } = at(name).view();
    expect(account?.isForked).toBe(false);
    const grave = problems.filter(({ kind }) => kind === 'equivocation' || kind === 'digest-alarm');
    expect(grave).toEqual([]);
    expect(devices.map((each) => each.name).sort()).toEqual(namesSeenBy(at(names[0] ?? name)));
    const answers = answersOn(home.disk(name));
    expect(new Set(answers).size).toBe(answers.length);
  }
};

const namesSeenBy = (replica: Replica): readonly string[] =>
  replica
    .view()
    .devices.map((each) => each.name)
    .sort();

/** Every answer that its author gave, as the facts on a disk tell it. */
const answersOn = (disk: MemoryDisk): readonly string[] =>
  factsOn(disk)
    .filter(({ body }) => /\.(approved|refused)$/.test(body.kind))
    .map(({ author, body }) => `${author} on ${(body as { statement: string }).statement}`);
