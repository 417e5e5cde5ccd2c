import { describe, expect, test } from 'vitest';
import { createMemoryKeys } from '../../src/adapters/memory/memory-keys.js';
import { createCompletion, encodeSnapshotCompletion } from '../../src/core/authority/completion.js';
import type { SnapshotSubject } from '../../src/core/authority/statement.js';
import { joinShares } from '../../src/core/authority/threshold-signature.js';
import { captureState } from '../../src/core/snapshots/payload.js';
import type { Replica } from '../../src/replica/commands.js';
import { KEYS } from '../../src/replica/storage/rows.js';
import { createPen } from './liar.js';
import { shareOf, statementOf, subjectOf } from './lying-ceremonies.js';
import { areEqual, draftOf, idOf, lyingHousehold, titlesOf } from './with-liar.js';

type All = Awaited<ReturnType<typeof lyingHousehold>>;

/** A completed snapshot of these signers, told to a device with no payload behind it. */
const completeBy = async (
  { mallory }: All,
  subject: SnapshotSubject,
  names: readonly string[],
  to: Replica,
): Promise<void> => {
  const record = mallory.holdings.chain().recordAt(subject.roster);
  if (record === null) throw new Error('the record is known');
  const statement = statementOf(subject);
  const shares = names.map(async (name) => {
    const keys = createMemoryKeys(name);
    return { signer: keys.signer.device, signature: await shareOf(keys, statement) };
  });
  const completion = createCompletion(subject, joinShares(record, await Promise.all(shares)));
  const completions = [encodeSnapshotCompletion(completion)];
  mallory.to(idOf(to)).say({ kind: 'completions', completions });
};

/** Alice asks, Bob agrees, both hold it. */
const agree = async ({ home, alice, bob }: All, count: number, by: Replica = bob) => {
  const proposed = await alice.snapshots.propose('');
  if (!proposed.ok) throw new Error(proposed.error.kind);
  const seen = () => by.view().decisions.find((each) => each.id === proposed.value);
  await home.until('bob can recompute it', () => seen()?.approveBlocker === null);
  await by.decisions.approve(proposed.value, '');
  await home.until('held', () =>
    [alice, by].every(
      (each) => each.view().snapshots.filter(({ isHeld }) => isHeld).length === count,
    ),
  );
};

const knows = (replica: Replica, count: number): boolean =>
  replica.view().snapshots.length === count;

describe('a snapshot whose payload nobody brings', () => {
  test('[S12, S5] is passed by where the base covers it, and joined should it turn up', async () => {
    const all = await lyingHousehold();
    const { home, alice, bob, mallory } = all;
    const { holdings } = mallory;
    const capture = captureState(holdings.fold().state(), holdings.chain().tipHash);
    const subject = subjectOf(mallory);
    await alice.records.create(draftOf('after that'));
    await home.until('shared', () => areEqual(alice, bob));
    await agree(all, 1);
    await completeBy(all, subject, ['alice', 'mallory'], alice);
    await home.until('all know of it', () => [alice, bob].every((each) => knows(each, 2)));
    await home.until('equal', () => areEqual(alice, bob));

    await agree(all, 2);
    await alice.records.create(draftOf('later still'));
    await home.until('in step', () => areEqual(alice, bob));
    await home.stop('bob');
    home.disk('bob').rowsOf('payloads').set(KEYS.payload(capture.payload), capture.bytes);
    const back = await home.start('bob');
    const held = (replica: Replica) => replica.view().snapshots.filter(({ isHeld }) => isHeld);
    await home.until('alice holds it too', () => held(alice).length === 3);
    await home.until('one base', () => areEqual(alice, back));
    expect(titlesOf(alice)).toEqual(['after that', 'before the lies', 'later still']);
    await agree(all, 4, back);
    expect(titlesOf(back)).toEqual(['after that', 'before the lies', 'later still']);
  });

  test('[S12, C8] is waited for while a member may hold it that covers more', async () => {
    const all = await lyingHousehold();
    const { home, alice, bob, mallory } = all;
    const pen = createPen(mallory, 'kept to itself');
    const last = pen.write({ kind: 'record.created', title: 'nowhere', text: '', labels: [] });
    const plain = subjectOf(mallory);
    const entry = { session: pen.session, seq: last.envelope.seq, id: last.id };
    const advance = [...plain.advance, entry].sort((a, b) => (a.session < b.session ? -1 : 1));
    await completeBy(all, { ...plain, advance }, ['bob', 'mallory'], alice);
    await home.until('all know of it', () => [alice, bob].every((each) => knows(each, 1)));
    const from = [idOf(bob), mallory.device].sort();
    const error = { kind: 'payload-awaited', from };
    expect(await alice.snapshots.propose('')).toEqual({ ok: false, error });
    // People are told who can bring it before they ask.
    expect(alice.view().pruning.awaitedFrom).toEqual(from);
  });
});
