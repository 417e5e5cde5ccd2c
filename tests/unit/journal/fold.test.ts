import { describe, expect, it } from 'vitest';
import { dominates } from '../../../src/core/journal/frontier.js';
import { createFold, copyState } from '../../../src/core/journal/fold.js';
import { coveredBy, createJournal, runsBeyond } from '../../../src/core/journal/journal.js';
import { EMPTY_STATE, itemKeyOf } from '../../../src/core/journal/state.js';
import {
  SESSIONS,
  foldAll,
  judge,
  prefixOf,
  sessionsOf,
  stateOf,
  type Saying,
} from '../../property/journal/accounts.js';

const say = (session: number, kind: Saying['kind'], target: Saying['target']): Saying => ({
  ...{ session, kind, target, word: 'a' },
  ...{ lamportStep: 1, isRefused: false },
});

/** Alice writes two records and removes the first; bob, who was away, edits both much later. */
const sessions = sessionsOf([
  ...[say(0, 'create', [0, 0]), say(0, 'create', [0, 0]), say(0, 'remove', [0, 1])],
  { ...say(2, 'edit', [0, 1]), lamportStep: 90 },
  ...[say(2, 'edit', [0, 2]), say(2, 'remove', [0, 1]), say(2, 'edit', [3, 9])],
]);
const [alices = [], , bobs = []] = sessions;
const removed = itemKeyOf({ session: SESSIONS[0] as never, seq: 1 });
const run = (facts: typeof alices, lastSeq = facts.length - 1) => ({
  ...{ facts, lastSeq, signature: Uint8Array.of(lastSeq) },
});

describe('a late edit', () => {
  it('[F7] of what a snapshot removed is shown, and changes nothing', () => {
    const base = stateOf(prefixOf(sessions, [9, 0, 0, 0]));
    expect(base.items.has(removed)).toBe(false);
    const fold = createFold(base);
    for (const fact of bobs) fold.apply(fact, judge(fact));
    expect([...fold.lateEdits().keys()]).toEqual([removed]);
    expect(fold.lateEdits().get(removed)?.fields.get('title')?.value).toBe('new a');
    expect(fold.state().items.has(removed)).toBe(false);
    expect([...fold.takeTouched()]).toEqual([itemKeyOf({ session: SESSIONS[0] as never, seq: 2 })]);
  });

  it('[F7] is shown too where the record was the last thing that its writer said', () => {
    const made = [say(0, 'create', [0, 0]), say(2, 'remove', [0, 1]), say(3, 'edit', [0, 1])];
    const lives = sessionsOf(made);
    const fold = createFold(stateOf(prefixOf(lives, [9, 9, 9, 0])));
    for (const fact of lives[3] ?? []) fold.apply(fact, judge(fact));
    expect([...fold.lateEdits().keys()]).toEqual([removed]);
  });

  it('[F7] is not shown where the removal itself is still in the journal', () => {
    const fold = createFold(EMPTY_STATE);
    for (const fact of [...alices, ...bobs]) fold.apply(fact, judge(fact));
    expect(fold.lateEdits().size).toBe(0);
    expect(fold.state().items.has(removed)).toBe(false);
  });

  it('[F7] leaves the base that it came after as it was', () => {
    const base = stateOf(prefixOf(sessions, [3, 0, 0, 0]));
    const before = copyState(base);
    foldAll(base, [...alices.slice(3), ...bobs]);
    expect(base).toEqual(before);
  });
});

describe('a journal', () => {
  it('[F6] takes no run that misses its cut, and none with a gap before it', () => {
    const elsewhere = sessionsOf([say(0, 'edit', [0, 9]), say(0, 'edit', [0, 9])]);
    const cut = stateOf(prefixOf(elsewhere, [2, 0, 0, 0])).frontier;
    const journal = createJournal(cut);
    expect(journal.append(run([...alices]))).toEqual([]);
    expect(createJournal(EMPTY_STATE.frontier).append(run([...alices.slice(2)], 3))).toEqual([]);
    expect(journal.frontier()).toEqual(cut);
    expect(journal.append(run([...(elsewhere[0] ?? [])])).map((fact) => fact.envelope.seq)).toEqual(
      [2],
    );
  });

  it('[F4] offers what others lack up to the last checked signature', () => {
    const journal = createJournal(EMPTY_STATE.frontier);
    journal.append(run(alices.slice(0, 2)));
    journal.append(run(alices, 2));
    const [offered] = runsBeyond(journal, new Map([[SESSIONS[0] as never, 0]]));
    expect(offered?.facts.map((fact) => fact.envelope.seq)).toEqual([1, 2]);
    expect([offered?.firstSeq, offered?.lastSeq]).toEqual([1, 2]);
    expect(offered?.signature).toEqual(Uint8Array.of(2));
    expect(runsBeyond(journal, new Map([[SESSIONS[0] as never, 2]]))).toEqual([]);
  });

  it('[S5] tells what a cut would let go of', () => {
    const journal = createJournal(EMPTY_STATE.frontier);
    journal.append(run(alices));
    journal.append(run(bobs));
    const { frontier } = stateOf(prefixOf(sessions, [3, 0, 1, 0]));
    const covered = [...alices.slice(0, 3), ...bobs.slice(0, 1)];
    const bytes = covered.reduce((sum, fact) => sum + fact.bytes.length, 0);
    expect(coveredBy(journal, frontier)).toEqual({ facts: 4, bytes });
    expect(dominates(journal.frontier(), frontier)).toBe(true);
    expect(dominates(frontier, journal.frontier())).toBe(false);
  });
});
