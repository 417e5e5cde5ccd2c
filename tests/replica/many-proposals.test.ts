import { expect, test, vi } from 'vitest';
import type * as Payload from '../../src/core/snapshots/payload.js';
import type * as Proposal from '../../src/core/snapshots/proposal.js';
import type { Digest, FactId, StatementHash } from '../../src/core/base/brands.js';
import { sha256Hex } from '../../src/core/base/hash.js';
import { createHousehold, pair } from './household.js';
import { createLiar, createPen } from './liar.js';
import { proposalOf, statementOf, subjectOf } from './lying-ceremonies.js';
import { areEqual, draftOf, idOf, lyingHousehold } from './with-liar.js';

const work = vi.hoisted(() => ({ captures: 0, folds: 0, results: 0 }));

vi.mock('../../src/core/snapshots/proposal.js', async (load) => {
  const proposal = (await load()) as typeof Proposal;
  const recompute: typeof proposal.recompute = (...said) => {
    const done = proposal.recompute(...said);
    if (done.kind === 'other-chain') work.folds += 1;
    if (done.kind === 'differs') work.results += 1;
    return done;
  };
  return { ...proposal, recompute };
});

vi.mock('../../src/core/snapshots/payload.js', async (load) => {
  const payload = (await load()) as typeof Payload;
  const captureState: typeof payload.captureState = (...said) => {
    work.captures += 1;
    return payload.captureState(...said);
  };
  return { ...payload, captureState };
});

/** Far more than a person is asked about of one proposer (rule P5). */
const MANY = 40;
const ASKED_MAX = 10;

test('[P5, N8] a member that proposes snapshots without end has no more of them worked out than people are asked about', async () => {
  const { home, alice, bob, mallory, converge } = await lyingHousehold();
  const toAlice = () => mallory.to(idOf(alice));
  const shown = () => alice.view().decisions.filter(({ stage }) => stage === 'open').length;
  const pen = createPen(mallory, 'asks and asks');
  const proposed: StatementHash[] = [];
  const ask = async (round: number): Promise<number> => {
    const from = pen.facts.length;
    const subjects = Array.from({ length: MANY }, (_, at) =>
      subjectOf(mallory, { digest: sha256Hex(new Uint8Array([round, at])) as Digest }),
    );
    work.captures = 0;
    for (const subject of subjects) {
      proposed.push(statementOf(subject));
      pen.write(proposalOf(subject, home.clock.wallMs() + 3_600_000));
    }
    toAlice().say({ kind: 'runs', runs: [await pen.run(round === 0 ? 0 : from)] });
    await home.until('alice is asked', () => shown() === ASKED_MAX);
    await converge(`round ${round}`);
    return work.captures;
  };
  expect(await ask(0)).toBeLessThanOrEqual(2 * ASKED_MAX);
  const from = pen.facts.length;
  for (const statement of proposed.splice(0)) {
    pen.write({ kind: 'snapshot.abandoned', statement, cause: 'withdrawn' });
  }
  toAlice().say({ kind: 'runs', runs: [await pen.run(from)] });
  await home.until('all are withdrawn', () => shown() === 0);
  expect(await ask(1)).toBeLessThanOrEqual(2 * ASKED_MAX);
  expect(bob.view().problems).toEqual([]);
});

test('[P5, N8] what its proposer itself turned down is not worked out, however much of it there is', async () => {
  const home = createHousehold();
  const alice = await home.start('alice');
  const honest = await home.start('mallory');
  await alice.account.create('Alice phone');
  await pair(home, alice, honest, 'Mallory phone');
  await alice.records.create(draftOf('kept'));
  await home.until('in step', () => areEqual(alice, honest));
  expect(alice.view().account?.snapshotThreshold).toBe(2);
  await home.stop('mallory');
  const mallory = await createLiar(home, 'mallory');
  await home.until('the liar is connected', () => mallory.isLinkedTo(idOf(alice)));
  const pen = createPen(mallory, 'asks and says no');
  for (let at = 0; at < MANY; at += 1) {
    const subject = subjectOf(mallory, { digest: sha256Hex(new Uint8Array([at])) as Digest });
    const statement = statementOf(subject);
    pen.write({ kind: 'snapshot.refused', statement, reason: 'no', differs: [] });
    pen.write(proposalOf(subject, home.clock.wallMs() + 3_600_000));
  }
  work.captures = 0;
  mallory.to(idOf(alice)).say({ kind: 'runs', runs: [await pen.run()] });
  const down = () => alice.view().decisions.filter(({ isTurnedDown }) => isTurnedDown);
  await home.until('alice is told', () => down().length > 0);
  await home.pass(5_000);
  expect(down().length).toBeLessThanOrEqual(ASKED_MAX);
  expect(down()[0]?.approveBlocker).toEqual({ kind: 'not-open' });
  expect(work.captures).toBe(0);
});

test('[S3, N8] a cut through a chain that nobody has is looked at once, and not for each screen', async () => {
  const { home, alice, mallory, converge } = await lyingHousehold();
  const pen = createPen(mallory, 'another chain');
  const plain = subjectOf(mallory);
  const advance = plain.advance.map((entry, at) =>
    at === plain.advance.length - 1 ? { ...entry, id: 'f'.repeat(64) as FactId } : entry,
  );
  pen.write(proposalOf({ ...plain, advance }, home.clock.wallMs() + 3_600_000));
  mallory.to(idOf(alice)).say({ kind: 'runs', runs: [await pen.run()] });
  await home.until('alice is asked', () =>
    alice.view().decisions.some(({ approveBlocker }) => approveBlocker?.kind === 'digest-differs'),
  );
  await alice.fence.release();
  work.folds = 0;
  for (const title of ['one', 'two', 'three']) {
    await converge(title);
    const [asked] = alice.view().decisions.filter(({ stage }) => stage === 'open');
    expect(asked?.approveBlocker).toEqual({ kind: 'digest-differs' });
  }
  expect(work.folds).toBeLessThanOrEqual(2);
});

test('[N8] a member that asks, takes back and asks again has few of them worked out, and an honest question later has its turn', async () => {
  const { home, alice, mallory, converge } = await lyingHousehold();
  const pen = createPen(mallory, 'again and again');
  const say = async (from: number) =>
    mallory.to(idOf(alice)).say({ kind: 'runs', runs: [await pen.run(from)] });
  const open = () => alice.view().decisions.filter(({ stage }) => stage === 'open');
  work.results = 0;
  for (let round = 0; round < 8; round += 1) {
    const from = round === 0 ? 0 : pen.facts.length;
    const statements = Array.from({ length: ASKED_MAX }, (_, at) => {
      const digest = sha256Hex(new Uint8Array([7, round, at])) as Digest;
      const subject = subjectOf(mallory, { digest });
      pen.write(proposalOf(subject, home.clock.wallMs() + 3_600_000));
      return statementOf(subject);
    });
    await say(from);
    await home.until('alice is asked', () => open().length === ASKED_MAX);
    const next = pen.facts.length;
    for (const statement of statements) {
      pen.write({ kind: 'snapshot.abandoned', statement, cause: 'withdrawn' });
    }
    await say(next);
    await home.until('all are withdrawn', () => open().length === 0);
  }
  // Of eighty, on two devices.
  expect(work.results).toBeLessThanOrEqual(5 * ASKED_MAX);
  await converge('meanwhile');

  const from = pen.facts.length;
  const wrong = subjectOf(mallory, { digest: sha256Hex(new Uint8Array([9])) as Digest });
  pen.write(proposalOf(wrong, home.clock.wallMs() + 3_600_000));
  await say(from);
  await home.until('alice is asked', () => open().length === 1);
  expect(open()[0]?.approveBlocker).toEqual({ kind: 'put-off' });
  await home.pass(30_000);
  await home.until('it is worked out', () => open()[0]?.approveBlocker?.kind === 'digest-differs');
});
