import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseFact, type Fact } from '../../../src/core/facts/codec.js';
import { parseBody } from '../../../src/core/facts/bodies.js';
import {
  buildEquivocationProof,
  equivocationPoint,
  parseEquivocationProof,
} from '../../../src/core/facts/equivocation.js';
import { admitRun, planRun, type SessionTip } from '../../../src/core/facts/run.js';
import { ACCOUNT, alice, branchOf, sessionOf, signaturesAt } from '../../unit/facts/fixtures.js';

const LENGTH = 12;
const facts = sessionOf(alice, 'home', LENGTH);
const signatures = signaturesAt(alice, facts, ...facts.map((fact) => fact.envelope.seq));
const CONTEXT = { account: ACCOUNT, lamportOfHead: () => null };

/** Admits facts from `from` to `to` (exclusive), where only those at the given seqs are signed. */
const admit = (
  tip: SessionTip | null,
  from: number,
  to: number,
  signed: ReadonlySet<number>,
): readonly Fact[] => {
  const offered = new Map([...signatures].filter(([seq]) => signed.has(seq)));
  const plan = planRun(tip, facts.slice(from, to), offered, CONTEXT);
  if (!plan.ok) return [];
  const run = admitRun(plan.value, true);
  return run.ok ? run.value.facts : [];
};

const piece = fc.record({
  from: fc.nat(LENGTH - 1),
  length: fc.integer({ min: 1, max: LENGTH }),
  signed: fc.array(fc.nat(LENGTH - 1)).map((seqs) => new Set(seqs)),
});

describe('admission', () => {
  test('[F3] overlapping, repeated and early pieces admit a contiguous start, each fact once', () => {
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const held: Fact[] = [];
        for (const { from, length, signed } of pieces) {
          const last = held.at(-1);
          const tip = last === undefined ? null : { ...last.envelope, id: last.id };
          const fresh = admit(tip, from, from + length, signed);
          held.push(...fresh);
          const end = held.at(-1)?.envelope.seq;
          if (fresh.length > 0) expect(end !== undefined && signed.has(end)).toBe(true);
        }
        expect(held).toEqual(facts.slice(0, held.length));
      }),
    );
  });

  test('[F4] a run with any fact changed, left out or moved is not admitted', () => {
    const other = sessionOf(alice, 'home', LENGTH, 1);
    fc.assert(
      fc.property(fc.nat(LENGTH - 2), fc.constantFrom('change', 'omit', 'swap'), (at, how) => {
        const run = [...facts];
        if (how === 'change') run[at + 1] = other[at + 1] as Fact;
        if (how === 'omit') run.splice(at, 1);
        if (how === 'swap') run.splice(at, 2, facts[at + 1] as Fact, facts[at] as Fact);
        const plan = planRun(null, run, signaturesAt(alice, facts, LENGTH - 1), CONTEXT);
        const isLastChanged = how === 'change' && at === LENGTH - 2;
        expect(plan.ok).toBe(false);
        if (!plan.ok && isLastChanged) expect(plan.error.kind).toBe('broken-link');
      }),
    );
  });

  test('[F2] bytes of a fact with anything changed are another fact or none', () => {
    const fact = facts[1] as Fact;
    fc.assert(
      fc.property(fc.nat(fact.bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, flip) => {
        const bytes = Uint8Array.from(fact.bytes);
        bytes[at] = (bytes[at] as number) ^ flip;
        const parsed = parseFact(bytes);
        if (parsed.ok) expect(parsed.value.id).not.toBe(fact.id);
      }),
    );
  });

  test('[F2] no bytes make reading a body throw', () => {
    const kind = fc.constantFrom('record.created', 'roster.proposed', 'snapshot.proposed', 'x');
    fc.assert(
      fc.property(kind, fc.uint8Array({ maxLength: 40 }), (name, bytes) => {
        expect(typeof parseBody(name, bytes).ok).toBe('boolean');
      }),
    );
  });
});

describe('equivocation', () => {
  test('[F6] wherever two chains part, the proof names that place, either way round', () => {
    const parting = fc.integer({ min: 1, max: LENGTH - 1 });
    fc.assert(
      fc.property(parting, fc.nat(LENGTH), fc.boolean(), (at, extra, isSwapped) => {
        const other = sessionOf(alice, 'home', Math.min(LENGTH, at + 1 + extra), at);
        const branches = [branchOf(alice, facts), branchOf(alice, other)] as const;
        const [one, two] = isSwapped ? [branches[1], branches[0]] : branches;
        const bytes = buildEquivocationProof(one, two);
        if (!bytes.ok) throw new Error(bytes.error.kind);
        const proof = parseEquivocationProof(bytes.value);
        if (!proof.ok) throw new Error(proof.error.kind);
        expect(equivocationPoint(proof.value).seq).toBe(at);
      }),
      { numRuns: 30 },
    );
  });
});
