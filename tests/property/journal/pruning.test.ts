import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SessionId } from '../../../src/core/base/brands.js';
import { encodeCanonical } from '../../../src/core/base/canonical.js';
import type { AdmittedFact } from '../../../src/core/facts/run.js';
import { digestOf } from '../../../src/core/journal/digest-tree.js';
import { createFold, type Fold } from '../../../src/core/journal/fold.js';
import { seqIn, type Frontier } from '../../../src/core/journal/frontier.js';
import {
  createJournal,
  runsBeyond,
  setDigestOf,
  type Journal,
} from '../../../src/core/journal/journal.js';
import { EMPTY_STATE, joinStates, type State } from '../../../src/core/journal/state.js';
import { encodePayload, parsePayload, payloadIdOf } from '../../../src/core/snapshots/payload.js';
import {
  SESSIONS,
  bytesOf,
  foldAll,
  interleave,
  judge,
  lengths,
  prefixOf,
  sayings,
  sessionsOf,
  stateOf,
  textOf,
} from './accounts.js';
import { expectedState } from './oracle.js';

const SIGNATURE = new Uint8Array(64);
const picks = fc.array(fc.nat(3), { minLength: 1, maxLength: 12 });

/** Through payload bytes and back, as every adopter gets it. */
const carried = (state: State): State => {
  const bytes = encodePayload(state);
  const read = parsePayload(bytes, { payload: payloadIdOf(bytes), digest: digestOf(state) });
  if (!read.ok) throw new Error(read.error.kind);
  return read.value;
};

const beyond = (
  sessions: readonly (readonly AdmittedFact[])[],
  cut: Frontier,
): readonly (readonly AdmittedFact[])[] =>
  sessions.map((facts) =>
    facts.filter((fact) => fact.envelope.seq > seqIn(cut, fact.envelope.session)),
  );

describe('snapshots', () => {
  it('[S6, F7] at any contiguous cut change nothing, whatever comes late', () => {
    fc.assert(
      fc.property(sayings, lengths, picks, (said, cut, order) => {
        const sessions = sessionsOf(said);
        const base = carried(stateOf(prefixOf(sessions, cut)));
        const late = interleave(beyond(sessions, base.frontier), order);
        expect(bytesOf(foldAll(base, late))).toBe(textOf(expectedState(sessions.flat())));
      }),
      { numRuns: 250 },
    );
  });

  it('[S12, F7] two on one predecessor both stand, and join', () => {
    const cuts = fc.tuple(lengths, lengths, lengths);
    fc.assert(
      fc.property(sayings, cuts, picks, (said, [first, left, right], order) => {
        const sessions = sessionsOf(said);
        const start = carried(stateOf(prefixOf(sessions, first)));
        const grown = [left, right].map((cut) =>
          carried(foldAll(start, beyond(prefixOf(sessions, cut), start.frontier).flat())),
        ) as [State, State];
        const base = carried(joinStates(...grown));
        const late = interleave(beyond(sessions, base.frontier), order);
        expect(bytesOf(foldAll(base, late))).toBe(textOf(expectedState(sessions.flat())));
      }),
      { numRuns: 200 },
    );
  });
});

/** What goes on in a small account, in any order. */
type Step =
  | { readonly kind: 'write'; readonly session: number }
  | { readonly kind: 'sync'; readonly from: number; readonly to: number; readonly facts: number }
  | { readonly kind: 'snapshot'; readonly at: number; readonly lengths: readonly number[] }
  | { readonly kind: 'adopt'; readonly from: number; readonly to: number };

const replica = fc.nat(2);
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('write' as const), session: fc.nat(3) }) },
  {
    weight: 4,
    arbitrary: fc.record({
      ...{ kind: fc.constant('sync' as const), from: replica, to: replica },
      facts: fc.integer({ min: 1, max: 5 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('snapshot' as const), at: replica, lengths }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('adopt' as const), from: replica, to: replica }),
  },
);

interface Replica {
  base: State;
  journal: Journal;
  fold: Fold;
}

const createReplica = (): Replica => ({
  base: EMPTY_STATE,
  journal: createJournal(EMPTY_STATE.frontier),
  fold: createFold(EMPTY_STATE),
});

const take = (to: Replica, facts: readonly AdmittedFact[]): number => {
  const lastSeq = facts.at(-1)?.envelope.seq;
  if (lastSeq === undefined) return 0;
  const fresh = to.journal.append({ facts, lastSeq, signature: SIGNATURE });
  for (const fact of fresh) to.fold.apply(fact, judge(fact));
  return fresh.length;
};

const rebase = (to: Replica, state: State): void => {
  const before = to.journal;
  to.base = joinStates(to.base, carried(state));
  to.journal = createJournal(to.base.frontier);
  to.fold = createFold(to.base);
  for (const log of before.sessions().values()) take(to, log.facts);
};

const sync = (from: Replica, to: Replica, factsMax: number): void => {
  const theirs = new Map([...to.journal.frontier()].map(([session, tip]) => [session, tip.seq]));
  for (const run of runsBeyond(from.journal, theirs)) {
    const isNext = run.firstSeq === (theirs.get(run.session) ?? -1) + 1;
    const fresh = take(to, run.facts.slice(0, factsMax));
    expect(fresh > 0).toBe(isNext);
  }
};

/** The state at a cut between the base and all that is held, folded anew from the base. */
const stateAt = (of: Replica, counts: readonly number[]): State => {
  const facts = SESSIONS.flatMap((session: SessionId, index) =>
    (of.journal.sessions().get(session)?.facts ?? []).slice(0, counts[index]),
  );
  return foldAll(of.base, facts);
};

describe('replicas that prune', () => {
  it('[S5, S6, S12, F7] come to the state of all facts, and nothing pruned returns', () => {
    const steps = fc.array(step, { minLength: 10, maxLength: 60 });
    fc.assert(
      fc.property(sayings, steps, (said, story) => {
        const sessions = sessionsOf(said);
        const written = sessions.map(() => 0);
        const replicas = [createReplica(), createReplica(), createReplica()];
        const at = (index: number): Replica => replicas[index] as Replica;
        const write = (index: number, count: number): void => {
          const start = written[index] ?? 0;
          const facts = (sessions[index] ?? []).slice(start, start + count);
          // Alice has had two lives on the first replica.
          take(at(Math.max(0, index - 1)), facts);
          written[index] = start + facts.length;
        };
        for (const each of story) {
          if (each.kind === 'write') write(each.session, 1);
          else if (each.kind === 'sync') sync(at(each.from), at(each.to), each.facts);
          else if (each.kind === 'adopt') rebase(at(each.to), at(each.from).base);
          else rebase(at(each.at), stateAt(at(each.at), each.lengths));
        }
        sessions.forEach((facts, index) => write(index, facts.length));
        for (const from of replicas) for (const to of replicas) rebase(to, from.base);
        for (const from of replicas) for (const to of replicas) sync(from, to, 99);
        const expected = textOf(expectedState(sessions.flat()));
        for (const each of replicas) {
          expect(bytesOf(each.fold.state())).toBe(expected);
          expect(each.journal.setDigest()).toBe(setDigestOf(stateOf(sessions).frontier));
          const [count, bytes] = [each.journal.factCount(), each.journal.byteCount()];
          for (const facts of sessions) expect(take(each, facts)).toBe(0);
          expect([each.journal.factCount(), each.journal.byteCount()]).toEqual([count, bytes]);
          expect(count).toBe(beyond(sessions, each.base.frontier).flat().length);
        }
      }),
      { numRuns: 200 },
    );
  });

  it('[S6] an offer of covered facts alone leaves no trace', () => {
    fc.assert(
      fc.property(sayings, lengths, (said, cut) => {
        const sessions = sessionsOf(said);
        const base = stateOf(prefixOf(sessions, cut));
        const journal = createJournal(base.frontier);
        for (const facts of prefixOf(sessions, cut)) {
          const lastSeq = facts.at(-1)?.envelope.seq;
          if (lastSeq === undefined) continue;
          expect(journal.append({ facts, lastSeq, signature: SIGNATURE })).toEqual([]);
        }
        expect(journal.sessions().size).toBe(0);
        expect(runsBeyond(journal, new Map())).toEqual([]);
        expect(encodeCanonical(journal.setDigest())).toEqual(
          encodeCanonical(setDigestOf(base.frontier)),
        );
      }),
    );
  });
});
