import { beforeAll, describe, expect, test } from 'vitest';
import { createMemoryKeys } from '../../src/adapters/memory/memory-keys.js';
import { createCompletion, encodeSnapshotCompletion } from '../../src/core/authority/completion.js';
import { joinShares } from '../../src/core/authority/threshold-signature.js';
import { brandHex } from '../../src/core/base/brands.js';
import type { Digest, StatementHash } from '../../src/core/base/brands.js';
import { LIMITS } from '../../src/core/base/limits.js';
import { createPen } from './liar.js';
import { approvalOf, proposalOf, shareOf, statementOf, subjectOf } from './lying-ceremonies.js';
import { type LyingHousehold, areEqual, idOf, lyingHousehold } from './with-liar.js';

const FALSE_DIGEST = brandHex<Digest>('ab'.repeat(32));

describe('ceremonies that a lying member takes part in', () => {
  let all: LyingHousehold;
  beforeAll(async () => {
    all = await lyingHousehold();
  });
  const expires = () => Math.floor(all.home.clock.wallMs()) + 3_600_000;
  const decisionOf = (statement: StatementHash, replica = all.bob) =>
    replica.view().decisions.find((each) => each.id === statement);
  const approversOf = (statement: StatementHash) =>
    decisionOf(statement)
      ?.answers.filter((each) => each.answer === 'yes')
      .map((each) => each.device);
  const toBob = () => all.mallory.to(idOf(all.bob));
  const completionsRefused = () =>
    all.lines(all.bob, 'object-refused').map((line) => line.details['reason']);
  let lie: StatementHash;

  test('[C2, S3] a proposal with a wrong digest is blocked, its parts are named, and it is refused', async () => {
    const { home, mallory, bob } = all;
    const subject = subjectOf(mallory, { digest: FALSE_DIGEST });
    lie = statementOf(subject);
    const pen = createPen(mallory, 'wrong digest');
    pen.write(proposalOf(subject, expires()));
    pen.write(approvalOf(lie, await shareOf(mallory.keys, lie)));
    toBob().say({ kind: 'runs', runs: [await pen.run()] });
    await home.until('bob is asked', () => decisionOf(lie) !== undefined);
    expect(decisionOf(lie)?.approveBlocker).toEqual({ kind: 'digest-differs' });
    expect(await bob.decisions.approve(lie, '')).toEqual({
      ok: false,
      error: { kind: 'blocked', blocker: { kind: 'digest-differs' } },
    });
    const shown = decisionOf(lie)?.subject;
    expect(shown?.kind === 'snapshot' && shown.differences).toEqual(['digest']);
    expect((await bob.decisions.refuse(lie, 'not what I hold')).ok).toBe(true);
    await home.until('the refusal is seen', () => {
      const answer = decisionOf(lie, all.alice)?.answers.find((each) => each.device === idOf(bob));
      return answer?.answer === 'no' && answer.comment === 'not what I hold';
    });
    expect(all.lines(bob, 'refused').length).toBe(1);
  });

  test('[C10, A6] an answered proposal is answered once, and a refusing device never approves', async () => {
    const { bob, mallory, home } = all;
    const again = await bob.decisions.approve(lie, '');
    expect(again).toEqual({
      ok: false,
      error: { kind: 'blocked', blocker: { kind: 'already-answered', answer: 'no' } },
    });
    const bobKeys = createMemoryKeys('bob');
    const signature = await shareOf(bobKeys, lie);
    toBob().say({ kind: 'share', statement: lie, signer: idOf(bob), signature });
    await home.pass(500);
    expect(approversOf(lie)).toEqual([mallory.device]);
    expect(decisionOf(lie)?.stage).toBe('open');
  });

  test('[P5] whoever asks for ever more is asked about so often, and hides nobody else’s', async () => {
    const { home, mallory, bob, alice } = all;
    const pen = createPen(mallory, 'ever more');
    const many = Array.from({ length: 15 }, (_, index) =>
      subjectOf(mallory, { digest: FALSE_DIGEST, lamport: 5000 + index }),
    );
    for (const subject of many) pen.write(proposalOf(subject, expires()));
    toBob().say({ kind: 'runs', runs: [await pen.run()] });
    const shown = () => many.filter((subject) => decisionOf(statementOf(subject)) !== undefined);
    await home.until('bob is asked', () => shown().length > 0);
    // One more was asked for before them, and stands open: bob answered it.
    const most = LIMITS.openProposalsPerDeviceMax;
    expect(shown().length).toBe(most);
    const [first] = shown();
    if (first !== undefined) await bob.decisions.refuse(statementOf(first), 'no');
    expect(shown().length).toBe(most + 1);
    const asked = await alice.devices.rename(idOf(alice), 'Alice new');
    await home.until('bob sees hers', () => asked.ok && decisionOf(asked.value) !== undefined);
    for (const { statement } of many.map((subject) => ({ statement: statementOf(subject) })))
      pen.write({ kind: 'snapshot.abandoned', statement, cause: 'withdrawn' });
    toBob().say({ kind: 'runs', runs: [await pen.run()] });
    if (asked.ok) await alice.decisions.withdraw(asked.value);
    await home.until(
      'all is let go',
      () =>
        decisionOf(lie)?.stage === 'open' &&
        bob.view().decisions.filter((each) => each.stage === 'open').length === 1,
    );
  });

  test('[A6] forged shares, shares of strangers and of another statement do not count', async () => {
    const { home, alice, mallory } = all;
    const stranger = createMemoryKeys('stranger');
    const other = brandHex<StatementHash>('cd'.repeat(32));
    const offered = [
      { signer: idOf(alice), signature: new Uint8Array(64).fill(1) },
      { signer: idOf(alice), signature: await shareOf(createMemoryKeys('alice'), other) },
      { signer: stranger.signer.device, signature: await shareOf(stranger, lie) },
      { signer: mallory.device, signature: await shareOf(mallory.keys, lie) },
    ];
    for (const each of offered) toBob().say({ kind: 'share', statement: lie, ...each });
    await home.until('refused', () => completionsRefused().includes('share-signature'));
    await home.pass(500);
    expect(approversOf(lie)).toEqual([mallory.device]);
    expect(decisionOf(lie)?.stage).toBe('open');
  });

  test('[A6, C4] completions with too few, repeated or foreign signers complete nothing', async () => {
    const { home, bob, mallory } = all;
    const subject = subjectOf(mallory, { digest: FALSE_DIGEST });
    const record = mallory.holdings.chain().tip;
    const own = { signer: mallory.device, signature: await shareOf(mallory.keys, lie) };
    const alone = joinShares(record, [own]);
    const stranger = createMemoryKeys('stranger');
    const foreign = { signer: idOf(all.alice), signature: await shareOf(stranger, lie) };
    const twice = { ...alone, signatures: [...alone.signatures, ...alone.signatures] };
    const beyond = { ...alone, signers: new Uint8Array([alone.signers[0] ?? 0, 255]) };
    const lies = [alone, joinShares(record, [own, foreign]), twice, beyond].map((signature) =>
      encodeSnapshotCompletion(createCompletion(subject, signature)),
    );
    for (const bytes of lies) toBob().say({ kind: 'completions', completions: [bytes] });
    const pen = createPen(mallory, 'completing alone');
    pen.write({ kind: 'snapshot.completed', completion: lies[0] ?? new Uint8Array(1) });
    toBob().say({ kind: 'runs', runs: [await pen.run()] });
    await home.until('all are refused', () => completionsRefused().length >= 5);
    expect(completionsRefused()).toContain('completion-below-threshold');
    expect(bob.view().snapshots).toEqual([]);
    expect(decisionOf(lie)?.stage).toBe('open');
    await all.converge('after false completions');
  });

  test('[A2, A3] a member that is not the admin can bring no record to a vote', async () => {
    const { home, mallory, bob, alice } = all;
    const { planRosterChange } = await import('../../src/core/authority/roster-plan.js');
    const { encodeRosterRecord } = await import('../../src/core/authority/roster.js');
    const { tip } = mallory.holdings.chain();
    const planned = planRosterChange(
      tip,
      { rename: [{ device: mallory.device, name: 'The boss' }], admin: mallory.device },
      { commitment: tip.commitment, closing: [], heads: [] },
    );
    if (!planned.ok) throw new Error('the record is well formed');
    const pen = createPen(mallory, 'usurper');
    pen.write({
      ...{ kind: 'roster.proposed', record: encodeRosterRecord(planned.value), envelopes: [] },
      ...{ consents: [], comment: '', expires: expires(), round: 0, promises: [] },
    });
    toBob().say({ kind: 'runs', runs: [await pen.run()] });
    const usurped = () =>
      bob
        .view()
        .decisions.find(
          (each) => each.subject.kind === 'roster' && each.proposer === mallory.device,
        );
    await home.until('bob sees it', () => usurped()?.stage === 'open');
    expect(usurped()?.approveBlocker).toEqual({ kind: 'not-allowed' });
    const id = usurped()?.id;
    expect(id !== undefined && (await bob.decisions.approve(id, '')).ok).toBe(false);
    await all.converge('after the usurper');
    expect(alice.view().account?.admin).toBe(idOf(alice));
  });

  test('[C3, S1] after a liar let go, an honest proposal completes', async () => {
    const { home, alice, bob, mallory } = all;
    const pen = createPen(mallory, 'withdrawing');
    pen.write({ kind: 'snapshot.abandoned', statement: lie, cause: 'withdrawn' });
    toBob().say({ kind: 'runs', runs: [await pen.run()] });
    await home.until('let go', () => decisionOf(lie, alice)?.stage === 'withdrawn');
    const proposed = await alice.snapshots.propose('honest');
    expect(proposed.ok).toBe(true);
    if (!proposed.ok) return;
    await home.until('bob is asked', () => decisionOf(proposed.value)?.approveBlocker === null);
    expect((await bob.decisions.approve(proposed.value, '')).ok).toBe(true);
    await home.until('held by both', () =>
      [alice, bob].every((each) => each.view().snapshots[0]?.isHeld === true),
    );
    await home.until('equal', () => areEqual(alice, bob));
    await all.converge('after the snapshot');
  });
});
