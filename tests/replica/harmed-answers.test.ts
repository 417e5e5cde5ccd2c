import { describe, expect, test } from 'vitest';
import type { StatementHash } from '../../src/core/base/brands.js';
import type { Replica } from '../../src/replica/commands.js';
import type { DecisionView } from '../../src/replica/view.js';
import type { Household } from './household.js';
import { createPen } from './liar.js';
import { proposalOf, statementOf, subjectOf } from './lying-ceremonies.js';
import { type ThreeMembers, threeMembers } from './three-members.js';
import { areEqual, draftOf, idOf, lyingHousehold } from './with-liar.js';

const ofId = (replica: Replica, id: StatementHash): DecisionView | undefined =>
  replica.view().decisions.find((each) => each.id === id);

const proposedBy = async (replica: Replica): Promise<StatementHash> => {
  const done = await replica.snapshots.propose('');
  if (!done.ok) throw new Error(JSON.stringify(done.error));
  return done.value;
};

/** What Bob's device remembers of its answers is no longer what was written, or is not there. */
const harmAnswers = (home: Household, how: 'harmed' | 'missing'): void => {
  const rows = home.disk('bob').rowsOf('own');
  const answers = [...rows].filter(([key]) => key.startsWith('answer:'));
  if (answers.length === 0) throw new Error('Bob remembers answers');
  for (const [key, row] of answers) {
    if (how === 'harmed') rows.set(key, row.slice(0, -1));
    else rows.delete(key);
  }
};

/** No fact that Bob holds reads back, nor any share that was kept beside them. */
const harmFacts = (home: Household): void => {
  const facts = home.disk('bob').rowsOf('facts');
  for (const key of facts.keys()) facts.set(key, new Uint8Array([255]));
  const governance = home.disk('bob').rowsOf('governance');
  for (const key of governance.keys()) if (key.startsWith('share:')) governance.delete(key);
};

/** Bob said yes to a snapshot of his own that nobody has heard of, and is off. */
const withHiddenYes = async (): Promise<ThreeMembers & { readonly hidden: StatementHash }> => {
  const three = await threeMembers();
  const { home, alice, bob, carol } = three;
  home.network.partition(['alice', 'carol'], ['bob']);
  await bob.records.create(draftOf('of bob'));
  const hidden = await proposedBy(bob);
  await home.stop('bob');
  await alice.records.create(draftOf('of alice'));
  await home.until('in step', () => areEqual(alice, carol));
  return { ...three, hidden };
};

/** Alice asks for another snapshot on the same ground; what keeps Bob from a yes, with its facts. */
const rivalOf = async (home: Household, alice: Replica, bob: Replica) => {
  home.network.heal();
  const rival = await proposedBy(alice);
  await home.until('Bob is asked', () => ofId(bob, rival) !== undefined);
  await home.until(
    'Bob has its facts',
    () => ofId(bob, rival)?.approveBlocker?.kind !== 'facts-missing',
  );
  return rival;
};

describe('what a device remembers of its answers is harmed', () => {
  for (const how of ['harmed', 'missing'] as const) {
    test(`[S12, F9] its own facts say what it said yes to, where the row is ${how}`, async () => {
      const { home, alice, hidden } = await withHiddenYes();
      harmAnswers(home, how);
      const bob = await home.start('bob');
      expect(ofId(bob, hidden)?.approveBlocker).toEqual({
        kind: 'already-answered',
        answer: 'yes',
      });
      const rival = await rivalOf(home, alice, bob);
      expect(ofId(bob, rival)?.approveBlocker).toEqual({ kind: 'answered-another' });
      expect(await bob.decisions.approve(rival, '')).toMatchObject({ ok: false });
      expect((await bob.decisions.refuse(rival, 'not this one')).ok).toBe(true);
    });
  }

  test('[S12, F9] a yes to what it does not hold any more is told by its facts alone', async () => {
    const { home, bob, mallory } = await lyingHousehold();
    const subject = subjectOf(mallory);
    const asked = statementOf(subject);
    const pen = createPen(mallory, 'asks and says no yes');
    pen.write(proposalOf(subject, home.clock.wallMs() + 3_600_000));
    mallory.to(idOf(bob)).say({ kind: 'runs', runs: [await pen.run()] });
    await home.until('Bob may say yes', () => ofId(bob, asked)?.approveBlocker === null);
    home.network.partition(['alice', 'mallory the liar'], ['bob']);
    expect((await bob.decisions.approve(asked, '')).ok).toBe(true);
    await home.stop('bob');
    harmAnswers(home, 'harmed');
    const session = Buffer.from(home.disk('bob').rowsOf('profile').get('session') ?? []);
    const facts = home.disk('bob').rowsOf('facts');
    for (const key of facts.keys()) {
      if (!session.includes(key.slice(0, 64))) facts.set(key, new Uint8Array([255]));
    }
    const back = await home.start('bob');
    expect(ofId(back, asked)).toBeUndefined();
    await back.records.create(draftOf('so that there is something'));
    expect(await back.snapshots.propose('')).toEqual({
      ok: false,
      error: { kind: 'blocked', blocker: { kind: 'answered-another' } },
    });
  });

  test('[S12, F9] where these are lost as well it says yes to no snapshot until the list changes', async () => {
    const { home, alice, carol } = await withHiddenYes();
    harmAnswers(home, 'harmed');
    harmFacts(home);
    let bob = await home.start('bob');
    await bob.records.create(draftOf('so that there is something'));
    const refused = {
      ok: false,
      error: { kind: 'blocked', blocker: { kind: 'answer-forgotten' } },
    };
    expect(await bob.snapshots.propose('')).toEqual(refused);
    const rival = await rivalOf(home, alice, bob);
    expect(ofId(bob, rival)?.approveBlocker).toEqual({ kind: 'answer-forgotten' });
    expect(await bob.decisions.approve(rival, '')).toEqual(refused);
    await home.stop('bob');
    bob = await home.start('bob');
    await home.until('Bob is asked again', () => ofId(bob, rival) !== undefined);
    expect(await bob.decisions.approve(rival, '')).toEqual(refused);
    // The others need no word of his; the next list sets him free.
    expect((await carol.decisions.approve(rival, '')).ok).toBe(true);
    await home.until('a snapshot', () => bob.view().snapshots[0]?.isHeld === true);
    await alice.devices.rename(idOf(alice), 'Alice new');
    await home.until('Carol is asked', () => asksOf(carol) !== undefined);
    const asked = asksOf(carol);
    if (asked !== undefined) await carol.decisions.approve(asked.id, '');
    await home.until('another list', () =>
      bob.view().devices.some(({ name }) => name === 'Alice new'),
    );
    await home.until('in step', () => areEqual(alice, bob, carol));
    await bob.records.create(draftOf('after that'));
    await home.until('in step', () => areEqual(alice, bob, carol));
    expect((await bob.snapshots.propose('')).ok).toBe(true);
  });

  test('[C10, F9] what it answered and cannot read any more is answered no second time', async () => {
    const { home, alice, bob, carol } = await threeMembers();
    const asked = await proposedBy(alice);
    await home.until('Bob may say yes', () => ofId(bob, asked)?.approveBlocker === null);
    home.network.partition(['alice', 'carol'], ['bob']);
    expect((await bob.decisions.refuse(asked, 'not now')).ok).toBe(true);
    await home.stop('bob');
    harmAnswers(home, 'harmed');
    harmFacts(home);
    const back = await home.start('bob');
    home.network.heal();
    await home.until('Bob hears of it', () => ofId(back, asked)?.stage === 'open');
    await home.until('in step', () => areEqual(alice, back, carol));
    const refused = {
      ok: false,
      error: { kind: 'blocked', blocker: { kind: 'answer-forgotten' } },
    };
    expect(ofId(back, asked)).toMatchObject({
      needsMe: false,
      approveBlocker: { kind: 'answer-forgotten' },
    });
    expect(await back.decisions.approve(asked, '')).toEqual(refused);
    expect(await back.decisions.refuse(asked, 'again')).toEqual(refused);
  });
});

const asksOf = (replica: Replica): DecisionView | undefined =>
  replica
    .view()
    .decisions.find(
      ({ stage, subject, approveBlocker }) =>
        stage === 'open' && subject.kind === 'roster' && approveBlocker === null,
    );
