import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { hexToBytes } from '../../../src/core/base/hash.js';
import { headOf, parseSnapshotCompletion } from '../../../src/core/authority/completion.js';
import {
  parseRosterRecord,
  rosterHashOf,
  type RosterRecord,
} from '../../../src/core/authority/roster.js';
import { parseRosterCompletion } from '../../../src/core/authority/roster-completion.js';
import { authorityVectors } from '../../vectors/authority-vectors.js';
import { ACCOUNT, judge, judgeCompletion } from './people.js';

type Vectors = ReturnType<typeof authorityVectors>;

const frozen = <K extends keyof Vectors>(name: K): Vectors[K] =>
  JSON.parse(readFileSync(new URL(`../../vectors/${name}.json`, import.meta.url), 'utf8'));

const outcomeOf = (result: { ok: true } | { ok: false; error: { kind: string } }): string =>
  result.ok ? 'ok' : result.error.kind;

const recordFrom = (hex: string): RosterRecord => {
  const parsed = parseRosterRecord(hexToBytes(hex));
  if (!parsed.ok) throw new Error(parsed.error.kind);
  return parsed.value;
};

describe('frozen bytes', () => {
  it('[F1] this version still makes the frozen bytes', () => {
    const made = authorityVectors();
    for (const name of ['roster', 'statement', 'transition', 'completion'] as const) {
      expect(made[name]).toEqual(frozen(name));
    }
  });

  it.each(frozen('roster'))('[A1] roster: $name', ({ bytes, hash, outcome }) => {
    const parsed = parseRosterRecord(hexToBytes(bytes));
    expect(outcomeOf(parsed)).toBe(outcome);
    if (parsed.ok) expect(rosterHashOf(parsed.value)).toBe(hash);
  });

  it.each(frozen('transition'))('[A2] transition: $name', ({ bytes, previous, outcome }) => {
    const parsed = parseRosterCompletion(hexToBytes(bytes));
    if (!parsed.ok) throw new Error(parsed.error.kind);
    const under = previous === null ? null : { account: ACCOUNT, record: recordFrom(previous) };
    expect(outcomeOf(judge(parsed.value, under))).toBe(outcome);
  });

  it.each(frozen('completion'))('[A6] completion: $name', ({ bytes, record, head, outcome }) => {
    const parsed = parseSnapshotCompletion(hexToBytes(bytes));
    if (!parsed.ok) return expect(outcomeOf(parsed)).toBe(outcome);
    expect(headOf(parsed.value)).toBe(head);
    expect(outcomeOf(judgeCompletion(parsed.value, recordFrom(record)))).toBe(outcome);
  });
});
