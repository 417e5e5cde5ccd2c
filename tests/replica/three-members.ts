import type { StatementHash } from '../../src/core/base/brands.js';
import type { Replica } from '../../src/replica/commands.js';
import type { DecisionView } from '../../src/replica/view.js';
import { type Household, type HouseholdOptions, createHousehold, pair } from './household.js';
import { areEqual, draftOf } from './with-liar.js';

/** Dangerous changes wait this long in these tests; the default is five minutes. */
export const DANGER_MS = 3_000;

export interface ThreeMembers {
  readonly home: Household;
  readonly alice: Replica;
  readonly bob: Replica;
  readonly carol: Replica;
}

/** Three members in step, two of whom are enough; alice is the admin. */
export const threeMembers = async (options: HouseholdOptions = {}): Promise<ThreeMembers> => {
  const home = createHousehold({ timing: { dangerMs: DANGER_MS }, ...options });
  const [alice, bob, carol] = await Promise.all(
    ['alice', 'bob', 'carol'].map((name) => home.start(name)),
  );
  if (!alice || !bob || !carol) throw new Error('all start');
  await alice.account.create('Alice phone');
  await pair(home, alice, bob, 'Bob phone');
  await pair(home, alice, carol, 'Carol laptop', [bob]);
  await alice.records.create(draftOf('old'));
  await home.until('in step', () => areEqual(alice, bob, carol));
  return { home, alice, bob, carol };
};

export const decisionOf = (replica: Replica, id?: StatementHash): DecisionView | undefined =>
  replica
    .view()
    .decisions.find((each) =>
      id === undefined ? each.stage === 'open' && each.subject.kind === 'roster' : each.id === id,
    );

export const dangerAt = (replica: Replica) => {
  const subject = decisionOf(replica)?.subject;
  return subject?.kind === 'roster' ? subject.danger : null;
};

/** Says yes to what is open, with the number on the proposer's screen where one is asked for. */
export const sayYes = async (home: Household, voter: Replica, proposer: Replica): Promise<void> => {
  await home.until('it is asked', () => decisionOf(voter)?.approveBlocker === null);
  const decision = decisionOf(voter);
  const number = dangerAt(proposer)?.matchNumber ?? undefined;
  if (decision === undefined) throw new Error('nothing is open');
  const done = await voter.decisions.approve(decision.id, '', number);
  if (!done.ok) throw new Error(JSON.stringify(done.error));
};

export const epochOf = (replica: Replica): number | undefined =>
  replica.view().account?.identityEpoch;
