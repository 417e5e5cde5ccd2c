import { expect, test, vi } from 'vitest';
import type * as Payload from '../../src/core/snapshots/payload.js';
import type { Digest, StatementHash } from '../../src/core/base/brands.js';
import { sha256Hex } from '../../src/core/base/hash.js';
import { createPen } from './liar.js';
import { proposalOf, statementOf, subjectOf } from './lying-ceremonies.js';
import { idOf, lyingHousehold } from './with-liar.js';

const work = vi.hoisted(() => ({ captures: 0 }));

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
