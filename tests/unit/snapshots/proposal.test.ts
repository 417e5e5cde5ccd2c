import { describe, expect, it } from 'vitest';
import type { HeadId, RosterHash } from '../../../src/core/base/brands.js';
import type { SnapshotSubject } from '../../../src/core/authority/statement.js';
import type { AdmittedFact } from '../../../src/core/facts/run.js';
import { ALLOWED, type Judge } from '../../../src/core/journal/fold.js';
import { createJournal, type Journal } from '../../../src/core/journal/journal.js';
import { EMPTY_STATE, type State } from '../../../src/core/journal/state.js';
import { captureState } from '../../../src/core/snapshots/payload.js';
import {
  factsMissing,
  planSnapshot,
  recompute,
  stateAtCut,
  type Ground,
} from '../../../src/core/snapshots/proposal.js';
import {
  SESSIONS,
  foldAll,
  prefixOf,
  sessionsOf,
  stateOf,
  type Saying,
} from '../../property/journal/accounts.js';
import { ACCOUNT, ROSTER, factNamed, idNamed } from '../facts/fixtures.js';

const say = (session: number, kind: Saying['kind'], target: Saying['target']): Saying => ({
  ...{ session, kind, target, word: 'a' },
  ...{ lamportStep: 1, isRefused: false },
});

/** Alice writes three records, bob edits one and removes one that carol has not made yet. */
const sessions = sessionsOf([
  ...[1, 2, 3].map(() => say(0, 'create', [0, 0])),
  ...[{ ...say(2, 'edit', [0, 1]), lamportStep: 5 }, say(2, 'remove', [3, 1])],
  ...[say(3, 'create', [0, 0]), say(3, 'create', [0, 0])],
]);

const journalOf = (facts: readonly (readonly AdmittedFact[])[], base = EMPTY_STATE): Journal => {
  const journal = createJournal(base.frontier);
  for (const each of facts) {
    const lastSeq = each.at(-1)?.envelope.seq;
    if (lastSeq !== undefined) {
      journal.append({ facts: each, lastSeq, signature: new Uint8Array(64) });
    }
  }
  return journal;
};

const groundOn = (base: State, changes: Partial<Ground> = {}): Ground => ({
  account: ACCOUNT,
  epoch: 0,
  roster: ROSTER,
  predecessors: [],
  predecessorIndex: 0,
  base,
  quarantine: [],
  fold: 1,
  reads: 2,
  ...changes,
});

const GROUND = groundOn(EMPTY_STATE);
const capture = (state: State) => captureState(state, ROSTER);
const all: Judge = () => ALLOWED;

/** The proposal of who holds so much of each session. */
const proposalOf = (counts: readonly number[], ground: Ground = GROUND): SnapshotSubject =>
  planSnapshot(ground, capture(stateOf(prefixOf(sessions, counts))));

const PROPOSAL = proposalOf([3, 0, 3, 1]);
const answerTo = (
  changes: Partial<SnapshotSubject>,
  held: Journal = journalOf(sessions),
  ground: Ground = GROUND,
  judge: Judge = all,
) => recompute({ ...PROPOSAL, ...changes }, ground, held, judge, capture);

describe('a proposal', () => {
  it('[S1] says how far each session goes beyond the base, and the largest lamport', () => {
    expect(PROPOSAL.index).toBe(1);
    expect(PROPOSAL.fold).toBe(1);
    expect(PROPOSAL.advance).toEqual(
      [sessions[0]?.[2], sessions[2]?.[2], sessions[3]?.[0]]
        .flatMap((fact) => (fact === undefined ? [] : fact))
        .map(({ id, envelope }) => ({ session: envelope.session, seq: envelope.seq, id }))
        .sort((a, b) => (a.session < b.session ? -1 : 1)),
    );
    expect(PROPOSAL.lamport).toBe(7);
  });

  it('[S3] names only what its cut adds to that of its predecessors', () => {
    const base = stateOf(prefixOf(sessions, [3, 0, 3, 1]));
    const predecessors = [idNamed<HeadId>('one')];
    const ground = groundOn(base, { predecessors, predecessorIndex: 4 });
    const grown = foldAll(base, sessions[3]?.slice(1) ?? []);
    const subject = planSnapshot(ground, capture(grown));
    expect(subject.index).toBe(5);
    expect(subject.predecessors).toEqual(predecessors);
    expect(subject.advance.map((entry) => entry.session)).toEqual([SESSIONS[3]]);
    const held = journalOf(sessions, base);
    expect(recompute(subject, ground, held, all, capture)).toEqual({ kind: 'equal' });
  });
});

describe('recomputing', () => {
  it('[S3] is equal for who holds the same, and for who holds more', () => {
    expect(answerTo({}, journalOf(prefixOf(sessions, [3, 0, 3, 1])))).toEqual({ kind: 'equal' });
    expect(answerTo({})).toEqual({ kind: 'equal' });
  });

  it('[S3] counts the facts that are to be fetched first', () => {
    const held = journalOf(prefixOf(sessions, [1, 0, 3, 0]));
    expect(answerTo({}, held)).toEqual({ kind: 'facts-missing', count: 3 });
    expect(factsMissing(PROPOSAL, held)).toBe(3);
    expect(factsMissing(PROPOSAL, journalOf(sessions))).toBe(0);
  });

  it('[C2] differs when anything in the statement is not what this device computes', () => {
    const other = proposalOf([2, 0, 3, 1]);
    for (const changes of [
      { digest: other.digest },
      { payload: other.payload },
      { lamport: PROPOSAL.lamport + 1 },
      { index: 2 },
      { index: 0 },
      { fold: 2 },
    ]) {
      expect(answerTo(changes).kind).toBe('differs');
    }
    const differing = answerTo({ digest: other.digest });
    const own = differing.kind === 'differs' ? differing.own : null;
    expect(own?.digest).toBe(PROPOSAL.digest);
    expect(own?.payload).toBe(PROPOSAL.payload);
  });

  it('[C2] differs when this device judges a covered fact otherwise', () => {
    const refusing: Judge = (fact) =>
      fact.envelope.kind === 'record.edited'
        ? { kind: 'refused', reason: 'not-a-member' }
        : ALLOWED;
    expect(answerTo({}, journalOf(sessions), GROUND, refusing).kind).toBe('differs');
  });

  it('[C2] differs when the cut is told in another way than this device tells it', () => {
    const base = stateOf(prefixOf(sessions, [3, 0, 3, 1]));
    const ground = groundOn(base);
    const held = journalOf(sessions, base);
    const subject = planSnapshot(ground, capture(foldAll(base, sessions[3]?.slice(1) ?? [])));
    const tip = base.frontier.get(SESSIONS[0] as never);
    if (tip === undefined) throw new Error('no tip');
    // An entry for a session that did not advance, with the fact that the base ends at.
    const idle = { session: SESSIONS[0] as never, seq: tip.seq, id: tip.id };
    const advance = [...subject.advance, idle].sort((a, b) => (a.session < b.session ? -1 : 1));
    expect(recompute(subject, ground, held, all, capture).kind).toBe('equal');
    const told = recompute({ ...subject, advance }, ground, held, all, capture);
    expect(['differs', 'other-chain']).toContain(told.kind);
  });

  it('[C6] is for this base only', () => {
    expect(answerTo({ predecessors: [idNamed('head')] })).toEqual({ kind: 'other-base' });
    const ground = groundOn(EMPTY_STATE, { predecessors: [idNamed('head')] });
    expect(answerTo({}, journalOf(sessions), ground)).toEqual({ kind: 'other-base' });
    expect(answerTo({ account: idNamed('other') })).toEqual({ kind: 'other-base' });
  });

  it('[S3] is for the present epoch and its roster only', () => {
    expect(answerTo({ roster: idNamed<RosterHash>('next') })).toEqual({ kind: 'other-epoch' });
    expect(answerTo({ epoch: 1 })).toEqual({ kind: 'other-epoch' });
  });

  it('[F6] refuses a cut through another branch of a session', () => {
    const [first, ...rest] = PROPOSAL.advance;
    if (first === undefined) throw new Error('nothing advanced');
    const advance = [{ ...first, id: factNamed('other') }, ...rest];
    expect(answerTo({ advance })).toEqual({ kind: 'other-chain' });
  });

  it.each([
    { kind: 'wait', reason: 'unknown-roster' },
    { kind: 'wait', reason: 'unknown-kind' },
    { kind: 'wait', reason: 'quarantined' },
    { kind: 'beyond', reason: 'after-removal' },
  ] as const)('[S3] refuses a cut that passes a fact which $kind ($reason)', (verdict) => {
    const judge: Judge = (fact) => (fact.envelope.kind === 'record.edited' ? verdict : ALLOWED);
    expect(answerTo({}, journalOf(sessions), GROUND, judge)).toEqual({ kind: 'other-chain' });
    expect(stateAtCut(PROPOSAL, EMPTY_STATE, journalOf(sessions), judge)).toBeNull();
    // A cut that ends before it is recomputed.
    const short = proposalOf([3, 0, 1, 1]);
    expect(recompute(short, GROUND, journalOf(sessions), judge, capture).kind).toBe('equal');
  });

  it('[F6, S3] refuses a cut past what this device knows to be quarantined', () => {
    const at = (seq: number): Ground =>
      groundOn(EMPTY_STATE, { quarantine: [{ session: SESSIONS[2] as never, seq }] });
    expect(answerTo({}, journalOf(sessions), at(2))).toEqual({ kind: 'other-chain' });
    expect(answerTo({}, journalOf(sessions), at(3))).toEqual({ kind: 'equal' });
    const elsewhere = groundOn(EMPTY_STATE, {
      quarantine: [{ session: SESSIONS[1] as never, seq: 0 }],
    });
    expect(answerTo({}, journalOf(sessions), elsewhere)).toEqual({ kind: 'equal' });
  });

  it('[C2] differs when the same cut is told in another order, or one session of it twice', () => {
    const [, second] = PROPOSAL.advance;
    if (second === undefined) throw new Error('one session advanced');
    expect(answerTo({ advance: PROPOSAL.advance.toReversed() }).kind).toBe('differs');
    expect(answerTo({ advance: [...PROPOSAL.advance, second] }).kind).toBe('differs');
  });

  it('[S3] has no state at a cut through sessions or places that it has no fact of', () => {
    const held = journalOf(sessions);
    const at = (session: string, seq: number) =>
      stateAtCut(
        { advance: [{ session: session as never, seq, id: factNamed('x') }] },
        EMPTY_STATE,
        held,
        all,
      );
    expect(at(idNamed('nobody’s'), 0)).toBeNull();
    expect(at(SESSIONS[0] as string, -1)).toBeNull();
  });

  it('[S13] may take the account to a newer fold, never back, nor to one that is not read', () => {
    expect(answerTo({ fold: 3 })).toEqual({ kind: 'newer-fold' });
    const held = journalOf(sessions);
    expect(answerTo({}, held, { ...GROUND, fold: 2 })).toEqual({ kind: 'older-fold' });
    const newer = (state: State) => captureState(state, ROSTER, 2);
    const raising = planSnapshot(GROUND, newer(stateOf(prefixOf(sessions, [3, 0, 3, 1]))));
    expect(raising.fold).toBe(2);
    expect(recompute(raising, GROUND, held, all, newer)).toEqual({ kind: 'equal' });
    const narrow = { ...GROUND, reads: 1 };
    expect(recompute(raising, narrow, held, all, newer)).toEqual({ kind: 'newer-fold' });
    expect(recompute(raising, GROUND, held, all, capture).kind).toBe('differs');
  });
});
