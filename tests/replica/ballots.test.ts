import { describe, expect, test } from 'vitest';
import type { Replica } from '../../src/replica/commands.js';
import { type Household, createHousehold, pair } from './household.js';
import { areEqual, idOf } from './with-liar.js';
import { decisionOf, epochOf, sayYes, threeMembers } from './three-members.js';

const isNamed = (name: string, ...replicas: readonly Replica[]): boolean =>
  replicas.every((each) => each.view().devices.some((device) => device.name === name));

const answersTo = (replica: Replica): readonly string[] =>
  (decisionOf(replica)?.answers ?? []).map(({ answer }) => answer);

/** Says yes to the open change that gives this name. */
const sayYesTo = async (home: Household, voter: Replica, name: string): Promise<void> => {
  const find = () =>
    voter.view().decisions.find(({ stage, subject }) => {
      const isIt = subject.kind === 'roster' && subject.renamed[0]?.to === name;
      return stage === 'open' && isIt;
    });
  await home.until('it is asked', () => find()?.approveBlocker === null);
  const decision = find();
  const done = decision === undefined ? null : await voter.decisions.approve(decision.id, '');
  if (done?.ok !== true) throw new Error(JSON.stringify(done));
};

describe('ballots', () => {
  test('[A3] any device with the right may ask; a promise of the others is no consent', async () => {
    const { home, alice, bob, carol } = await threeMembers();
    const before = epochOf(bob) ?? 0;
    expect((await bob.devices.rename(idOf(bob), 'Bob new')).ok).toBe(true);
    await home.until('asked', () => decisionOf(carol) !== undefined);
    await home.pass(30_000);
    expect(answersTo(carol).filter((each) => each === 'yes')).toEqual(['yes']);
    expect(epochOf(alice)).toBe(before);
    await sayYes(home, carol, bob);
    await home.until('renamed', () => isNamed('Bob new', alice, bob, carol));
    await home.until('in step', () => areEqual(alice, bob, carol));
    expect(epochOf(alice)).toBe(before + 1);
  });

  test('[A3] two devices that ask at once both get their turn', async () => {
    const { home, alice, bob, carol } = await threeMembers();
    home.network.partition(['alice'], ['bob', 'carol']);
    await alice.devices.rename(idOf(alice), 'Alice new');
    await bob.devices.rename(idOf(bob), 'Bob new');
    home.network.heal();
    await sayYesTo(home, carol, 'Alice new');
    await home.pass(60_000);
    await home.until('one is done', () => isNamed('Alice new', alice, bob, carol));
    expect(bob.view().decisions.filter(({ stage }) => stage === 'open')).toEqual([]);
    expect((await bob.devices.rename(idOf(bob), 'Bob new')).ok).toBe(true);
    await sayYesTo(home, alice, 'Bob new');
    await home.until('so is the other', () => isNamed('Bob new', alice, bob, carol));
    expect(carol.view().account?.isForked).toBe(false);
  });

  test('[A3, C3] a vote for what was withdrawn binds nobody once enough devices say so', async () => {
    const home = createHousehold();
    const [alice, bob] = [await home.start('alice'), await home.start('bob')];
    await alice.account.create('Alice phone');
    await pair(home, alice, bob, 'Bob phone');
    await home.until('in step', () => areEqual(alice, bob));
    const asked = await alice.devices.rename(idOf(bob), 'First');
    if (!asked.ok) throw new Error(asked.error.kind);
    await home.until('heard', () => decisionOf(bob) !== undefined);
    home.network.partition(['alice'], ['bob']);
    await sayYes(home, bob, alice);
    await alice.decisions.withdraw(asked.value);
    home.network.heal();
    await home.until('let go', () => decisionOf(bob) === undefined);
    await alice.devices.rename(idOf(bob), 'Second');
    await sayYesTo(home, bob, 'Second');
    await home.until('renamed', () => isNamed('Second', alice, bob));
  });

  test('[A3, C4] where the proposer vanished, another device takes the change on', async () => {
    const { home, alice, bob, carol } = await threeMembers();
    await bob.devices.rename(idOf(carol), 'Carol new');
    // He opened a ballot, and goes before a single promise has reached him.
    await home.stop('bob');
    await home.until('heard', () => [alice, carol].every((each) => decisionOf(each) !== undefined));
    await sayYes(home, carol, bob);
    await home.pass(160_000);
    expect(isNamed('Carol new', alice, carol)).toBe(false);
    await sayYes(home, alice, bob);
    await home.until('without bob', () => isNamed('Carol new', alice, carol));
    expect(alice.view().account?.isForked).toBe(false);
    const again = await home.start('bob');
    await home.until('he learns of it', () => isNamed('Carol new', again));
  });

  test('[A3] a split vote freezes nobody: who lets go sets the others free', async () => {
    const { home, alice, bob, carol } = await threeMembers();
    const dave = await home.start('dave');
    await pair(home, alice, dave, 'Dave tablet', [bob, carol]);
    const all = [alice, bob, carol, dave];
    await home.until('in step', () => areEqual(...all));
    const left = await alice.devices.rename(idOf(dave), 'Left');
    if (!left.ok) throw new Error(left.error.kind);
    await sayYesTo(home, carol, 'Left');
    await bob.devices.rename(idOf(dave), 'Right');
    await sayYesTo(home, dave, 'Right');
    await home.pass(60_000);
    expect(all.filter((each) => isNamed('Left', each) || isNamed('Right', each))).toEqual([]);
    const shown = alice
      .view()
      .decisions.find(
        ({ subject }) => subject.kind === 'roster' && subject.renamed[0]?.to === 'Left',
      );
    expect((await alice.decisions.withdraw(shown?.id ?? left.value)).ok).toBe(true);
    await sayYesTo(home, alice, 'Right');
    await home.pass(120_000);
    await home.until('one is chosen', () => isNamed('Right', ...all));
    expect(all.map((each) => each.view().account?.isForked)).toEqual(all.map(() => false));
  });

  test('[A3] so many changes one device asks for at once and no more', async () => {
    const { alice, bob } = await threeMembers();
    for (let asked = 0; asked < 10; asked += 1) {
      expect((await alice.devices.rename(idOf(bob), `Bob ${asked}`)).ok).toBe(true);
    }
    expect(await alice.devices.rename(idOf(bob), 'Bob 10')).toEqual({
      ok: false,
      error: { kind: 'too-many-proposals', max: 10 },
    });
  });
});
