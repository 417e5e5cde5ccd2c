import { expect, test } from 'vitest';
import type { Digest, StatementHash } from '../../src/core/base/brands.js';
import { sha256Hex } from '../../src/core/base/hash.js';
import { createPen } from './liar.js';
import { proposalOf, statementOf, subjectOf } from './lying-ceremonies.js';
import { areEqual, askedOf, draftOf, idOf, lyingHousehold } from './with-liar.js';

test('[S2, N8] a member that asks, takes back and asks again keeps nobody waiting without end', async () => {
  const { home, alice, bob, mallory } = await lyingHousehold();
  const pen = createPen(mallory, 'again and again');
  const open = () => alice.view().decisions.filter(({ stage }) => stage === 'open');
  let said = 0;
  const say = async (): Promise<void> => {
    mallory.to(idOf(alice)).say({ kind: 'runs', runs: [await pen.run(said)] });
    said = pen.facts.length;
  };
  /** Mallory asks for another snapshot on what all stand on; whether Alice's edits wait for it. */
  const ask = async (round: number): Promise<{ asked: StatementHash; isFenced: boolean }> => {
    const digest = sha256Hex(new Uint8Array([round])) as Digest;
    const subject = subjectOf(mallory, { digest });
    pen.write(proposalOf(subject, home.clock.wallMs() + 3_600_000));
    await say();
    await home.until('alice is asked', () => open().length === 1);
    return { asked: statementOf(subject), isFenced: alice.view().fence !== null };
  };
  const takeBack = async (statement: StatementHash): Promise<void> => {
    pen.write({ kind: 'snapshot.abandoned', statement, cause: 'withdrawn' });
    await say();
    await home.until('it is withdrawn', () => open().length === 0);
  };
  const fenced: boolean[] = [];
  for (let round = 0; round < 6; round += 1) {
    const { asked, isFenced } = await ask(round);
    fenced.push(isFenced);
    await takeBack(asked);
  }
  expect(fenced).toEqual([true, true, true, false, false, false]);

  // Nor does it begin anew with the device.
  await home.stop('alice');
  const back = await home.start('alice');
  await home.until('the liar is connected', () => mallory.isLinkedTo(idOf(back)));
  pen.write(proposalOf(subjectOf(mallory), home.clock.wallMs() + 3_600_000));
  mallory.to(idOf(back)).say({ kind: 'runs', runs: [await pen.run(said)] });
  said = pen.facts.length;
  await home.until('alice is asked', () => askedOf(back) !== undefined);
  expect(back.view().fence).toBeNull();
  expect((await back.records.create(draftOf('not queued'))).ok).toBe(true);
  expect(back.view().journal.queuedEdits).toBe(0);
  await home.until('in step', () => areEqual(back, bob));
});

test('[S2, F6] nobody waits for what is asked by who told two stories', async () => {
  const { home, alice, mallory } = await lyingHousehold();
  const left = createPen(mallory, 'two stories');
  const right = left.fork(0);
  left.write({ kind: 'record.created', ...draftOf('one') });
  right.write({ kind: 'record.created', ...draftOf('other') });
  for (const pen of [left, right]) {
    mallory.to(idOf(alice)).say({ kind: 'runs', runs: [await pen.run()] });
  }
  await home.until('the alarm', () =>
    alice.view().problems.some(({ kind }) => kind === 'equivocation'),
  );
  const pen = createPen(mallory, 'a third');
  pen.write(proposalOf(subjectOf(mallory), home.clock.wallMs() + 3_600_000));
  mallory.to(idOf(alice)).say({ kind: 'runs', runs: [await pen.run()] });
  await home.until('alice is asked', () =>
    alice.view().decisions.some(({ stage }) => stage === 'open'),
  );
  expect(alice.view().fence).toBeNull();
});
