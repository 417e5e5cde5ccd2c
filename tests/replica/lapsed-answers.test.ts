import { describe, expect, test } from 'vitest';
import type { StatementHash } from '../../src/core/base/brands.js';
import { LIMITS } from '../../src/core/base/limits.js';
import { createPen } from './liar.js';
import { proposalOf, statementOf, subjectOf } from './lying-ceremonies.js';
import { type LyingHousehold, areEqual, idOf, lyingHousehold } from './with-liar.js';

const DAY_MS = 24 * 3_600_000;
const IN_A_CENTURY = 2 ** 43;

/** Mallory asks for a sound snapshot, says yes to nothing, Bob says yes and Alice no. */
const askedBy = async (all: LyingHousehold, expires: number): Promise<StatementHash> => {
  const { home, mallory, alice, bob } = all;
  const subject = subjectOf(mallory);
  const statement = statementOf(subject);
  const ask = async (name: string, until: number): Promise<void> => {
    const pen = createPen(mallory, name);
    pen.write(proposalOf(subject, until));
    const runs = [await pen.run()];
    for (const each of [alice, bob]) mallory.to(idOf(each)).say({ kind: 'runs', runs });
  };
  const of = (replica: typeof alice) =>
    replica.view().decisions.find((each) => each.id === statement);
  await ask('first', expires);
  await home.until('both are asked', () => [alice, bob].every((each) => of(each)?.needsMe));
  expect((await bob.decisions.approve(statement, '')).ok).toBe(true);
  expect((await alice.decisions.refuse(statement, 'not now')).ok).toBe(true);
  await ask('again', IN_A_CENTURY);
  await home.until('asked for a century', () => of(bob)?.expiresMs === IN_A_CENTURY);
  await home.until('in step', () => areEqual(alice, bob));
  return statement;
};

/** Alice asks for a snapshot of her own; what keeps Bob from a yes, once he has it. */
const blockerOfBob = async ({ home }: LyingHousehold, alice: Replica, bob: Replica) => {
  const proposed = await alice.snapshots.propose('');
  const id = proposed.ok ? proposed.value : null;
  const seen = () => bob.view().decisions.find((each) => each.id === id);
  await home.until('bob is asked', () => seen() !== undefined);
  await home.until('bob has its facts', () => seen()?.approveBlocker?.kind !== 'facts-missing');
  return { id, blocker: seen()?.approveBlocker };
};
type Replica = LyingHousehold['bob'];

const startedLater = async ({ home }: LyingHousehold, days: number) => {
  for (const name of ['alice', 'bob']) await home.stop(name);
  home.clock.advance(days * DAY_MS);
  const alice = await home.start('alice');
  const bob = await home.start('bob');
  await home.until('they meet', () => alice.view().sync.inStepCount > 0 && areEqual(alice, bob));
  return { alice, bob };
};

describe('a yes that somebody wants to bind for ever', () => {
  test('[S12, C3] it binds until the expiry that its signer saw, however often it is asked again', async () => {
    const all = await lyingHousehold();
    const { home, alice, bob } = all;
    const nowMs = Math.floor(home.clock.wallMs());
    const stale = await askedBy(all, nowMs + 7 * DAY_MS);
    expect((await bob.snapshots.propose('')).ok).toBe(false);
    const bound = await blockerOfBob(all, alice, bob);
    expect(bound.blocker).toEqual({ kind: 'answered-another' });

    const later = await startedLater(all, 8);
    const still = later.bob.view().decisions.find((each) => each.id === stale);
    expect(still?.stage).toBe('open');
    const { id, blocker } = await blockerOfBob(all, later.alice, later.bob);
    expect(blocker).toBeNull();
    if (id !== null) expect((await later.bob.decisions.approve(id, '')).ok).toBe(true);
    await home.until('a snapshot at last', () =>
      [later.alice, later.bob].every((each) => each.view().snapshots[0]?.isHeld),
    );
  });

  test('[S12] it binds for thirty days at most, whatever expiry it was asked with', async () => {
    const all = await lyingHousehold();
    await askedBy(all, IN_A_CENTURY);
    const days = LIMITS.yesBindsMsMax / DAY_MS;
    const before = await startedLater(all, days - 1);
    expect((await before.bob.snapshots.propose('')).ok).toBe(false);
    const after = await startedLater(all, 2);
    expect((await after.bob.snapshots.propose('')).ok).toBe(true);
  });
});
