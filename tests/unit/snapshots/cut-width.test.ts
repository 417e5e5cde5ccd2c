import { describe, expect, it } from 'vitest';
import {
  createCompletion,
  encodeSnapshotCompletion,
} from '../../../src/core/authority/completion.js';
import { DEFAULT_SUITE } from '../../../src/core/authority/roster.js';
import type { SnapshotSubject } from '../../../src/core/authority/statement.js';
import type { FactId, HeadId, PayloadId, SessionId } from '../../../src/core/base/brands.js';
import { LIMITS } from '../../../src/core/base/limits.js';
import { encodeBody } from '../../../src/core/facts/bodies.js';
import type { CutEntry } from '../../../src/core/journal/frontier.js';
import { nameableCut } from '../../../src/core/snapshots/cut-width.js';
import { ACCOUNT, ROSTER, idNamed } from '../facts/fixtures.js';

const MOST = Number.MAX_SAFE_INTEGER;

const advanceOver = (count: number, seqOf: (at: number) => number): readonly CutEntry[] =>
  Array.from({ length: count }, (_, at) => ({
    session: idNamed<SessionId>(`session ${at}`),
    seq: seqOf(at),
    id: idNamed<FactId>(`fact ${at}`),
  })).sort((a, b) => (a.session < b.session ? -1 : 1));

describe('the part of a cut that one statement names', () => {
  it('[S3] is all of it where that fits', () => {
    const advance = advanceOver(50, () => 3);
    expect(nameableCut(advance, new Map(), new Set())).toBe(advance);
  });

  it.each([0, 10, 100, 500])('[S1] fits proposal and completion, with %i points', (points) => {
    const whole = advanceOver(500, () => MOST);
    const quarantined = new Set(whole.slice(0, points).map(({ session }) => session));
    const advance = nameableCut(whole, new Map(), quarantined);
    expect(advance.length).toBeGreaterThan(40);
    const quarantine = advance
      .filter(({ session }) => quarantined.has(session))
      .map(({ session, seq }) => ({ session, seq }));
    const heads = Array.from({ length: LIMITS.standingHeadsMax }, (_, at) =>
      idNamed<HeadId>(`head ${at}`),
    ).sort();
    const subject: SnapshotSubject = {
      ...{ account: ACCOUNT, epoch: MOST, roster: ROSTER, predecessors: heads, index: MOST },
      ...{ advance, quarantine, lamport: MOST, fold: MOST },
      ...{ digest: idNamed('digest'), payload: idNamed<PayloadId>('payload') },
    };
    const { account: _, ...said } = subject;
    const comment = '\u8a18'.repeat(LIMITS.reasonCharactersMax);
    const proposal = idNamed<never>('proposal');
    const signatures = Array.from({ length: 16 }, () => new Uint8Array(64).fill(255));
    const signers = Uint8Array.of(255, 255);
    const signature = { suite: DEFAULT_SUITE, signers, signatures } as const;
    const completion = encodeSnapshotCompletion(createCompletion(subject, signature));
    const asked = { kind: 'snapshot.proposed', proposal, ...said, comment, expires: MOST } as const;
    expect(encodeBody(asked)).toMatchObject({ ok: true });
    expect(encodeBody({ kind: 'snapshot.completed', completion })).toMatchObject({ ok: true });
  });

  it('[S3] has the sessions with most facts since the last one, in the order of cuts', () => {
    const advance = advanceOver(500, (at) => at);
    const before = new Map(
      advance
        .filter(({ seq }) => seq >= 490)
        .map(({ session, seq, id }) => [session, { seq: seq - 1, id } as never]),
    );
    const named = nameableCut(advance, before, new Set());
    expect(named.length).toBeLessThan(100);
    expect(Math.min(...named.map(({ seq }) => seq))).toBe(490 - named.length);
    expect(Math.max(...named.map(({ seq }) => seq))).toBe(489);
    expect(named).toEqual(advance.filter((each) => named.includes(each)));
  });
});
