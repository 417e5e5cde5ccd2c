import { describe, expect, it } from 'vitest';
import type { HeadId, PayloadId } from '../../../src/core/base/brands.js';
import type { SnapshotCompletion } from '../../../src/core/authority/completion.js';
import { outdatedHeads, outdatedPayloads } from '../../../src/core/snapshots/retention.js';
import { GENESIS, hexOf, subjectOf } from '../authority/people.js';

/**
 *   one <- two <- three <- four        four is the base
 *            \<- void                  it fell
 */
const heads: Readonly<Record<string, readonly string[]>> = {
  ...{ one: [], two: ['one'], three: ['two'], four: ['three'] },
  ...{ fallen: ['two'] },
};
const idOf = (name: string): HeadId => hexOf<HeadId>(name);
const payloadOf = (name: string): PayloadId => hexOf<PayloadId>(`payload of ${name}`);

const known = (base: readonly string[], shared: Readonly<Record<string, string>> = {}) => ({
  completions: new Map(
    Object.entries(heads).map(([name, before]) => {
      const subject = subjectOf(GENESIS, {
        predecessors: before.map(idOf),
        payload: payloadOf(shared[name] ?? name),
      });
      return [idOf(name), { completion: subject as SnapshotCompletion }];
    }),
  ),
  standing: new Set(['one', 'two', 'three', 'four'].map(idOf)),
  base: base.map(idOf),
  asked: [] as HeadId[][],
});
const outdated = (...base: readonly string[]) => {
  const gone = outdatedHeads(known(base));
  return Object.keys(heads).filter((name) => gone.has(idOf(name)));
};

describe('payloads that are kept', () => {
  it('[S5, A11] are those of the base and of what it builds on', () => {
    expect(outdated('four')).toEqual(['one', 'two']);
    expect(outdated('three')).toEqual(['one']);
    expect(outdated('two')).toEqual([]);
    expect(outdated()).toEqual([]);
  });

  it('[S12] are those that any head of the base is or builds on', () => {
    expect(outdated('three', 'fallen')).toEqual(['one']);
    expect(outdated('four', 'two')).toEqual([]);
  });

  it('[A11] are those of heads that fell, and what they say stays readable', () => {
    const fell = known(['four']);
    fell.standing.delete(idOf('one'));
    expect(outdatedHeads(fell)).toEqual(new Set([idOf('two')]));
  });

  it('[A11] are those of every head that would fall with a list that is asked for, and of the one below', () => {
    const asked = (...names: readonly string[]) => {
      const gone = outdatedHeads({ ...known(['four']), asked: [names.map(idOf)] });
      return Object.keys(heads).filter((name) => gone.has(idOf(name)));
    };
    expect(asked()).toEqual([]);
    expect(asked('one')).toEqual([]);
    expect(asked('two')).toEqual(['one']);
    expect(asked('three')).toEqual(['one', 'two']);
    expect(asked('four')).toEqual(['one', 'two']);
    expect(asked('fallen')).toEqual(['one']);
  });

  it('[S5, S7] name no head that is known by its id alone', () => {
    // A newcomer is told the heads that its base builds on, and not the first of them.
    const told = known(['four']);
    told.completions.delete(idOf('one'));
    expect(outdatedHeads(told)).toEqual(new Set(['one', 'two'].map(idOf)));
    expect(outdatedPayloads(told)).toEqual(new Set([payloadOf('two')]));
  });

  it('[S5] are those that a head that stays shares with one that goes', () => {
    expect(outdatedPayloads(known(['four']))).toEqual(
      new Set([payloadOf('one'), payloadOf('two')]),
    );
    expect(outdatedPayloads(known(['four'], { one: 'four', two: 'fallen' }))).toEqual(new Set());
  });
});
