import { describe, expect, test } from 'vitest';
import type { AdmittedCompletion } from '../../../src/core/authority/completion.js';
import type { DeviceId, FactId, HeadId, SessionId } from '../../../src/core/base/brands.js';
import type { Frontier } from '../../../src/core/journal/frontier.js';
import { type PassingCase, isPassedBy } from '../../../src/core/snapshots/passing.js';
import { idNamed } from '../facts/fixtures.js';

const device = (name: string) => idNamed<DeviceId>(name);
const head = (name: string) => idNamed<HeadId>(name);
const session = idNamed<SessionId>('session');
const at = (seq: number, story = ''): FactId => idNamed<FactId>(`fact ${seq}${story}`);

interface Snapshot {
  readonly on?: readonly string[];
  readonly seq: number;
  readonly signers: readonly string[];
}

const completionOf = ({ on = [], seq, signers }: Snapshot): AdmittedCompletion => {
  const advance = [{ session, seq, id: at(seq) }];
  const completion = { predecessors: on.map(head), advance };
  return { completion, signers: signers.map(device) } as unknown as AdmittedCompletion;
};

const passes = (
  name: string,
  snapshots: Readonly<Record<string, Snapshot>>,
  { seq, story = '', ...others }: Partial<PassingCase> & { seq: number; story?: string },
): boolean => {
  const completions = new Map(
    Object.entries(snapshots).map(([key, each]) => [head(key), completionOf(each)]),
  );
  const tip = { seq, id: at(seq, story), lamport: 0, epoch: 0, author: device('alice') };
  const cut: Frontier = new Map([[session, tip]]);
  const devices = new Set(['alice', 'bob'].map(device));
  return isPassedBy(head(name), { completions, cut, devices, tookOver: new Map(), ...others });
};

describe('a standing snapshot whose payload is not here', () => {
  test('[S12] is passed by once the base covers all that it covers, whoever may hold it', () => {
    const all = { old: { seq: 4, signers: ['alice'] } };
    expect(passes('old', all, { seq: 5 })).toBe(true);
    expect(passes('old', all, { seq: 4 })).toBe(true);
    expect(passes('old', all, { seq: 3 })).toBe(false);
  });

  test('[S12, F6] of another story covers what the base does not', () => {
    const all = { old: { seq: 4, signers: ['alice'] } };
    expect(passes('old', all, { seq: 4, story: ' told otherwise' })).toBe(false);
  });

  test('[S12] covers what it builds on; where that is unknown nobody knows how far', () => {
    const late = { on: ['early'], seq: 2, signers: ['alice'] };
    expect(passes('late', { late, early: { seq: 6, signers: ['alice'] } }, { seq: 5 })).toBe(false);
    expect(passes('late', { late, early: { seq: 1, signers: ['alice'] } }, { seq: 5 })).toBe(true);
    expect(passes('late', { late }, { seq: 5 })).toBe(false);
  });

  test('[S12, C3] is passed by once nobody is left who may hold it', () => {
    const all = {
      lost: { seq: 9, signers: ['carol', 'dave'] },
      next: { on: ['lost'], seq: 12, signers: ['carol', 'dave'] },
    };
    expect(passes('lost', all, { seq: 3 })).toBe(true);
    const tookOver = (name: string, last: string) => ({
      tookOver: new Map([[device(name), head(last)]]),
    });
    expect(passes('lost', all, { seq: 3, ...tookOver('bob', 'lost') })).toBe(false);
    expect(passes('lost', all, { seq: 3, ...tookOver('bob', 'next') })).toBe(false);
    expect(passes('next', all, { seq: 3, ...tookOver('bob', 'lost') })).toBe(true);
    expect(passes('lost', all, { seq: 3, ...tookOver('carol', 'lost') })).toBe(true);
    const signed = { lost: { seq: 9, signers: ['bob', 'dave'] } };
    expect(passes('lost', signed, { seq: 3 })).toBe(false);
  });
});
