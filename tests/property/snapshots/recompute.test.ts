import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SnapshotSubject } from '../../../src/core/authority/statement.js';
import { createJournal, type Journal } from '../../../src/core/journal/journal.js';
import { EMPTY_STATE, type State } from '../../../src/core/journal/state.js';
import type { AdmittedFact } from '../../../src/core/facts/run.js';
import { captureState } from '../../../src/core/snapshots/payload.js';
import { planSnapshot, recompute, type Ground } from '../../../src/core/snapshots/proposal.js';
import { ACCOUNT, ROSTER, idNamed } from '../../unit/facts/fixtures.js';
import {
  bytesOf,
  foldAll,
  judge,
  lengths,
  prefixOf,
  sayings,
  sessionsOf,
  stateOf,
} from '../journal/accounts.js';

const capture = (state: State) => captureState(state, ROSTER);

const groundOn = (base: State): Ground => ({
  ...{ account: ACCOUNT, epoch: 0, roster: ROSTER, predecessors: [], predecessorIndex: 0 },
  ...{ base, quarantine: [], fold: 1, reads: 2 },
});

const journalOf = (base: State, sessions: readonly (readonly AdmittedFact[])[]): Journal => {
  const journal = createJournal(base.frontier);
  for (const facts of sessions) {
    const lastSeq = facts.at(-1)?.envelope.seq;
    if (lastSeq !== undefined) journal.append({ facts, lastSeq, signature: new Uint8Array(64) });
  }
  return journal;
};

/** A proposal at one cut on top of another, and a replica that holds yet more. */
const scene = (
  said: Parameters<typeof sessionsOf>[0],
  under: readonly number[],
  cut: readonly number[],
) => {
  const sessions = sessionsOf(said);
  const base = capture(stateOf(prefixOf(sessions, under))).state;
  const further = cut.map((count, index) => Math.max(count, under[index] ?? 0));
  const ground = groundOn(base);
  const state = capture(foldAll(base, tailOf(sessions, under, further).flat()));
  return { ground, journal: journalOf(base, tailOf(sessions, under, [99, 99, 99, 99])), state };
};

const tailOf = (
  sessions: readonly (readonly AdmittedFact[])[],
  from: readonly number[],
  to: readonly number[],
) => sessions.map((facts, index) => facts.slice(from[index] ?? 0, to[index] ?? 0));

const CHANGES: readonly Partial<SnapshotSubject>[] = [
  ...[{ account: idNamed<never>('other') }, { epoch: 1 }, { roster: idNamed<never>('other') }],
  ...[{ predecessors: [idNamed<never>('head')] }, { index: 2 }, { lamport: 999 }, { fold: 2 }],
  ...[{ digest: idNamed<never>('digest') }, { payload: idNamed<never>('payload') }],
];

describe('a proposal', () => {
  it('[C2, S3] is found equal by whoever holds its facts, whatever more it holds', () => {
    fc.assert(
      fc.property(sayings, lengths, lengths, (said, under, cut) => {
        const { ground, journal, state } = scene(said, under, cut);
        const subject = planSnapshot(ground, state);
        expect(recompute(subject, ground, journal, judge, capture)).toEqual({ kind: 'equal' });
      }),
      { numRuns: 150 },
    );
  });

  it('[C2, S3] is never found equal with any part of it changed', () => {
    const change = fc.constantFrom(...CHANGES);
    fc.assert(
      fc.property(sayings, lengths, lengths, change, (said, under, cut, changed) => {
        const { ground, journal, state } = scene(said, under, cut);
        const subject = { ...planSnapshot(ground, state), ...changed };
        expect(recompute(subject, ground, journal, judge, capture).kind).not.toBe('equal');
      }),
      { numRuns: 150 },
    );
  });

  it('[S3] that passes what is not held waits for it, and never counts as different', () => {
    fc.assert(
      fc.property(sayings, lengths, lengths, lengths, (said, under, cut, held) => {
        const { ground, state } = scene(said, under, cut);
        const sessions = sessionsOf(said);
        const own = held.map((count, index) => Math.max(count, under[index] ?? 0));
        const journal = journalOf(ground.base, tailOf(sessions, under, own));
        const subject = planSnapshot(ground, state);
        const missing = subject.advance.reduce((sum, { session, seq }) => {
          const index = sessions.findIndex((each) => each[0]?.envelope.session === session);
          return (
            sum + Math.max(0, seq + 1 - Math.min(own[index] ?? 0, sessions[index]?.length ?? 0))
          );
        }, 0);
        const told = recompute(subject, ground, journal, judge, capture);
        expect(told).toEqual(
          missing > 0 ? { kind: 'facts-missing', count: missing } : { kind: 'equal' },
        );
      }),
      { numRuns: 150 },
    );
  });

  it('[S5] folds to the state of all facts, the cut first or the tail first', () => {
    fc.assert(
      fc.property(sayings, lengths, (said, cut) => {
        const sessions = sessionsOf(said);
        const whole = capture(stateOf(sessions)).state;
        const base = capture(stateOf(prefixOf(sessions, cut))).state;
        const rest = foldAll(base, tailOf(sessions, cut, [99, 99, 99, 99]).flat());
        expect(bytesOf(capture(rest).state)).toBe(bytesOf(whole));
        expect(capture(rest).digest).toBe(capture(whole).digest);
        expect(capture(foldAll(EMPTY_STATE, sessions.flat())).payload).toBe(capture(rest).payload);
      }),
      { numRuns: 150 },
    );
  });
});
