import type { DeviceId } from '../../src/core/base/brands.js';
import type { Replica } from '../../src/replica/commands.js';
import type { ActivityView, DecisionView } from '../../src/replica/view.js';
import { type Household, createHousehold, pair } from './household.js';
import { type Liar, createLiar } from './liar.js';

/** Alice and Bob are honest; Mallory's keys belong to a liar. Two of three agree to snapshots. */
export interface LyingHousehold {
  readonly home: Household;
  readonly alice: Replica;
  readonly bob: Replica;
  readonly mallory: Liar;
  /** Lines of that kind on a device, newest first. */
  readonly lines: (replica: Replica, kind: string) => readonly ActivityView[];
  /** Writes something and waits until both honest devices hold just the same. */
  readonly converge: (title: string) => Promise<void>;
  /** Waits until the liar is connected to that device. */
  readonly meet: (replica: Replica) => Promise<void>;
}

export const idOf = (replica: Replica): DeviceId => {
  const me = replica.view().account?.me;
  if (me === undefined) throw new Error('the device belongs to an account');
  return me;
};

export const draftOf = (title: string) => ({ title, text: `text of ${title}`, labels: [] });

/** What that device's person could say yes to now. */
export const askedOf = (replica: Replica): DecisionView | undefined =>
  replica.view().decisions.find((each) => each.needsMe && each.approveBlocker === null);

export const titlesOf = (replica: Replica): readonly string[] =>
  replica
    .view()
    .records.map((record) => record.title)
    .sort();

/** Whether all hold the same facts on the same base and fold them to the same state. */
export const areEqual = (...replicas: readonly Replica[]): boolean =>
  new Set(replicas.map((each) => JSON.stringify(each.inspect()))).size === 1;

export const lyingHousehold = async (): Promise<LyingHousehold> => {
  const home = createHousehold();
  const alice = await home.start('alice');
  const bob = await home.start('bob');
  const honest = await home.start('mallory');
  await alice.account.create('Alice phone');
  await pair(home, alice, bob, 'Bob phone');
  await pair(home, alice, honest, 'Mallory phone', [bob]);
  await home.until('all in step', () => areEqual(alice, bob, honest));
  await honest.records.create(draftOf('before the lies'));
  await home.until('shared', () => titlesOf(alice).length === 1 && areEqual(alice, bob, honest));
  await home.stop('mallory');
  const mallory = await createLiar(home, 'mallory');
  const meet = (replica: Replica) =>
    home.until('the liar is connected', () => mallory.isLinkedTo(idOf(replica)));
  await meet(alice);
  await meet(bob);
  return {
    ...{ home, alice, bob, mallory, meet },
    lines: (replica, kind) => replica.view().activity.filter((line) => line.kind === kind),
    converge: async (title) => {
      // What a liar proposed must not stop anyone from writing for longer than a person wants.
      for (const replica of [alice, bob]) await replica.fence.release();
      const made = await alice.records.create(draftOf(title));
      if (!made.ok) throw new Error(`alice cannot write: ${made.error.kind}`);
      await home.until(`${title} on both`, () => titlesOf(bob).includes(title));
      await home.until('equal', () => areEqual(alice, bob));
    },
  };
};
