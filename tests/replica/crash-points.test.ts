import { beforeAll, describe, expect, test } from 'vitest';
import type { MemoryDisk } from '../../src/adapters/memory/memory-store.js';
import type { Done, Replica } from '../../src/replica/commands.js';
import { type Fault, type FaultMode, copyOfDisk, createFault } from './dying-store.js';
import { type Household, createHousehold, pair } from './household.js';
import { areEqual, draftOf, titlesOf } from './with-liar.js';

/** So many commits one device makes in a scenario at most; more would go untried. */
const COMMITS_MAX = 60;

/** Two devices in the middle of their day, one of which is going to fail. */
interface Day {
  readonly home: Household;
  readonly fault: Fault;
  readonly at: (name: string) => Replica;
  /** Runs a command; restarts the device if it died over it. True when it was acknowledged. */
  readonly attempt: (
    name: string,
    command: (replica: Replica) => Done<unknown>,
  ) => Promise<boolean>;
  readonly restartTheDead: () => Promise<void>;
}

const startDay = async (
  disks: ReadonlyMap<string, MemoryDisk>,
  fault: Fault,
  names: readonly string[],
): Promise<Day> => {
  const home = createHousehold({ disks, wrap: fault.wrap });
  const replicas = new Map<string, Replica>();
  const start = async (name: string): Promise<void> => {
    let replica: Replica | null = null;
    void home.start(name).then((each) => (replica = each));
    await home.until('it starts or dies', () => replica !== null || fault.isDead());
    if (replica !== null) replicas.set(name, replica);
    else await restartTheDead();
  };
  const restartTheDead = async (): Promise<void> => {
    if (!fault.isDead()) return;
    fault.revive();
    home.crash(fault.device);
    replicas.set(fault.device, await home.start(fault.device));
  };
  for (const name of names) await start(name);
  const at = (name: string): Replica => {
    const replica = replicas.get(name);
    if (replica === undefined) throw new Error(`${name} is not there`);
    return replica;
  };
  return {
    ...{ home, fault, at, restartTheDead },
    attempt: async (name, command) => {
      let outcome: boolean | null = null;
      void command(at(name)).then((done) => (outcome = done.ok));
      await home.until('answered or dead', () => outcome !== null || fault.isDead());
      await restartTheDead();
      return outcome ?? false;
    },
  };
};

/** Tries every commit of a scenario in both modes, until it ends before the fault comes. */
const atEveryCommit = async (
  device: string,
  run: (fault: Fault) => Promise<void>,
): Promise<number> => {
  for (let commit = 0; commit < COMMITS_MAX; commit += 1) {
    for (const mode of ['fails', 'dies'] satisfies FaultMode[]) {
      const fault = createFault(device, commit, mode);
      try {
        await run(fault);
      } catch (thrown) {
        throw new Error(`commit ${commit} of ${device} ${mode}: ${String(thrown)}`, {
          cause: thrown,
        });
      }
      if (!fault.hasStruck()) return commit;
    }
  }
  return COMMITS_MAX;
};

const noOneEquivocates = (replica: Replica): boolean =>
  !replica.view().problems.some(({ kind }) => kind === 'equivocation' || kind === 'digest-alarm');

describe('every commit of an agreed snapshot, on both devices', () => {
  let disks: ReadonlyMap<string, MemoryDisk>;
  beforeAll(async () => {
    const home = createHousehold();
    const alice = await home.start('alice');
    const bob = await home.start('bob');
    await alice.account.create('Alice phone');
    await pair(home, alice, bob, 'Bob phone');
    await bob.records.create(draftOf('old'));
    await home.until('in step', () => areEqual(alice, bob) && titlesOf(alice).length === 1);
    for (const name of ['alice', 'bob']) await home.stop(name);
    disks = new Map(['alice', 'bob'].map((name) => [name, home.disk(name)]));
  });

  const agreeOn = async (day: Day): Promise<void> => {
    const { home, at } = day;
    const isHeld = () => ['alice', 'bob'].every((name) => at(name).view().snapshots[0]?.isHeld);
    for (let turn = 0; turn < 20 && !isHeld(); turn += 1) {
      const isOpen = at('alice')
        .view()
        .decisions.some((each) => each.stage === 'open');
      const hasNone = at('alice').view().snapshots.length === 0;
      if (!isOpen && hasNone) await day.attempt('alice', (each) => each.snapshots.propose(''));
      for (const name of ['alice', 'bob']) {
        const asked = at(name)
          .view()
          .decisions.find((each) => each.needsMe);
        if (asked?.approveBlocker !== null || asked === undefined) continue;
        await day.attempt(name, (each) => each.decisions.approve(asked.id, ''));
      }
      await home.pass(1000);
      await day.restartTheDead();
    }
    expect(isHeld()).toBe(true);
  };

  const runDay = async (fault: Fault): Promise<void> => {
    const copies = new Map([...disks].map(([name, disk]) => [name, copyOfDisk(disk)]));
    const day = await startDay(copies, fault, ['alice', 'bob']);
    const { home, at } = day;
    const said: string[] = [];
    const write = async (title: string): Promise<void> => {
      const isSaid = await day.attempt(fault.device, (each) => each.records.create(draftOf(title)));
      if (isSaid) said.push(title);
    };
    await write('edit');
    await day.attempt('alice', (each) => each.snapshots.propose(''));
    await home.pass(1000);
    await day.restartTheDead();
    await write('queued 1');
    await write('queued 2');
    await agreeOn(day);
    await write('afterwards');
    await home.pass(1000);
    await day.restartTheDead();
    await home.until('both hold the same', () => areEqual(at('alice'), at('bob')));
    await home.until('no queue is left', () =>
      ['alice', 'bob'].every((name) => at(name).view().journal.queuedEdits === 0),
    );
    await home.until('still the same', () => areEqual(at('alice'), at('bob')));
    await write('last');
    if (at(fault.device).view().problems.length > 0) await write('once more');
    await home.until('and once more', () => areEqual(at('alice'), at('bob')));
    const titles = titlesOf(at('bob'));
    expect(titles).toEqual(expect.arrayContaining(['old', ...said]));
    expect(new Set(titles).size).toBe(titles.length);
    expect([at('alice'), at('bob')].every(noOneEquivocates)).toBe(true);
    expect(at(fault.device).view().problems).toEqual([]);
    expect(at('alice').view().fence).toBeNull();
  };

  test('[F5, F9, S2, S5] the proposer fails or dies at any of them: nothing acknowledged is lost', async () => {
    expect(await atEveryCommit('alice', runDay)).toBeGreaterThan(6);
  }, 120_000);

  test('[F5, F9, C10, S5] the approver fails or dies at any of them: one answer, nothing lost', async () => {
    expect(await atEveryCommit('bob', runDay)).toBeGreaterThan(6);
  }, 120_000);
});
