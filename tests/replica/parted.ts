import { expect } from 'vitest';
import type { RosterChange } from '../../src/core/authority/roster-plan.js';
import type { DeviceId } from '../../src/core/base/brands.js';
import type { Replica } from '../../src/replica/commands.js';
import type { Household, HouseholdOptions } from './household.js';
import { type Liar, createLiar } from './liar.js';
import { type Rival, rivalBy, tell } from './rivals.js';
import { threeMembers } from './three-members.js';
import { draftOf, idOf } from './with-liar.js';

export const isForked = (...replicas: readonly Replica[]): boolean =>
  replicas.every((each) => each.view().account?.isForked === true);
export const areOne = (...replicas: readonly Replica[]): boolean =>
  replicas.every((each) => each.view().account?.isForked === false) &&
  new Set(replicas.map((each) => each.view().account?.rosterHash)).size === 1;
export const errorOf = (kind: string, more: object = {}) => ({
  ok: false,
  error: { kind, ...more },
});
export const namesOn = (replica: Replica): readonly string[] =>
  replica
    .view()
    .devices.map(({ name }) => name)
    .sort();

/** Each of both is told of its branch alone and goes on there; then they meet. */
export const part = async (
  home: Household,
  liar: Liar,
  left: { readonly at: readonly [string, Replica]; readonly records: readonly Rival[] },
  right: { readonly at: readonly [string, Replica]; readonly records: readonly Rival[] },
): Promise<void> => {
  const both = [left, right];
  await home.until('the liar is there', () =>
    both.every(({ at: [, each] }) => liar.isLinkedTo(idOf(each))),
  );
  home.network.partition([left.at[0]], [right.at[0]]);
  for (const { at, records } of both) tell(liar, at[1], ...records);
  await home.until('each is on its branch', () =>
    both.every(({ at, records }) => at[1].view().account?.rosterHash === records.at(-1)?.hash),
  );
  for (const { at } of both) {
    expect((await at[1].records.create(draftOf(`of ${at[0]}`))).ok).toBe(true);
  }
  home.network.heal();
  await home.until('they see it', () => isForked(...both.map(({ at }) => at[1])));
};

/**
 * Three members; bob agreed to a record on alice's side and to another on carol's, which changes
 * her name where nothing else is said.
 */
export const threeParted = async (
  options: HouseholdOptions = {},
  onCarols?: RosterChange,
  newcomers: readonly string[] = [],
) => {
  const three = await threeMembers(options);
  const { home, alice, bob, carol } = three;
  const bobId = idOf(bob);
  await home.stop('bob');
  const liar = await createLiar(home, 'bob');
  const rename = (device: DeviceId, name: string) => ({ rename: [{ device, name }] });
  const one = await rivalBy(liar, 'one', rename(bobId, 'Bob one'), ['alice', 'bob']);
  const change = onCarols ?? rename(idOf(carol), 'Carol two');
  const two = await rivalBy(liar, 'two', change, ['bob', 'carol', ...newcomers]);
  await part(
    home,
    liar,
    { at: ['alice', alice], records: [one] },
    { at: ['carol', carol], records: [two] },
  );
  return { ...three, liar, bobId, one, two };
};
