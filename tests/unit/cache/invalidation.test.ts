import { describe, expect, it } from 'vitest';
import { type SessionId, brandHex } from '../../../src/core/base/brands.js';
import { planInvalidation, planSweep } from '../../../src/core/cache/invalidation.js';
import { classOf, hitRateOf, isLow, patternsOf } from '../../../src/core/cache/hit-rate.js';
import { isMatch } from '../../../src/core/base/key-pattern.js';
import { createShelf } from '../../../src/core/cache/shelf.js';
import { isSameStamp, isServable, readFloors, stampOf } from '../../../src/core/cache/validity.js';
import { floorMark, invalidationMark } from '../../../src/core/journal/floors.js';
import type { Marks } from '../../../src/core/journal/marks.js';

const [here, there] = ['aa', 'bb'].map((byte) => brandHex<SessionId>(byte.repeat(32))) as [
  SessionId,
  SessionId,
];

const marksOf = (values: readonly (readonly [string, number])[]): Marks =>
  new Map(
    values.map(([name, value]) => [name, { lamport: 1, session: here, seq: 0, wallMs: 0, value }]),
  );

describe('what may be served', () => {
  const floors = readFloors(
    marksOf([
      [floorMark('thumb:*'), 2],
      [floorMark('thumb:a'), 3],
      [invalidationMark(here, 'thumb:*'), 7],
      [invalidationMark(there, 'thumb:a'), 1],
      ['device/aa', 9],
    ]),
  );

  it('[K1] is not below the greatest floor of any pattern', () => {
    expect(['thumb:a', 'thumb:b', 'other'].map(floors.floorOf)).toEqual([3, 2, 0]);
    const stamp = stampOf(floors, 'thumb:b', 2);
    expect(isServable(floors, 'thumb:b', stamp)).toBe(true);
    expect(isServable(floors, 'thumb:b', { ...stamp, epoch: 1 })).toBe(false);
    expect(floors.countOf(here)).toBe(1);
  });

  it('[K2] knows every invalidation that has arrived', () => {
    const known = new Map([[here, 7]]);
    expect(isServable(floors, 'thumb:b', { epoch: 3, invalidations: known })).toBe(true);
    expect(isServable(floors, 'thumb:a', { epoch: 3, invalidations: known })).toBe(false);
    const both = new Map([...known, [there, 1] as const]);
    expect(isServable(floors, 'thumb:a', { epoch: 3, invalidations: both })).toBe(true);
    const older = new Map([...both, [here, 6] as const]);
    expect(isServable(floors, 'thumb:a', { epoch: 9, invalidations: older })).toBe(false);
    expect(isServable(floors, 'other', { epoch: 0, invalidations: new Map() })).toBe(true);
    const stamp = stampOf(floors, 'thumb:a', 3);
    expect(isSameStamp(stamp, { epoch: 3, invalidations: both })).toBe(true);
    expect(isSameStamp(stamp, { epoch: 3, invalidations: known })).toBe(false);
    expect(isSameStamp(stamp, { epoch: 4, invalidations: both })).toBe(false);
  });
});

describe('what is published', () => {
  const plan = (keys: readonly string[], floor = 4) => {
    const planned = planInvalidation(keys, floor, 4);
    return planned.ok ? planned.value.map((body) => body.keys) : planned.error.kind;
  };

  it('[K1] is sorted, each key once, without what a wider pattern covers', () => {
    expect(plan(['b', 'a', 'b'])).toEqual([['a', 'b']]);
    expect(plan(['a:x', 'a:*', 'a:*', 'b'])).toEqual([['a:*', 'b']]);
    expect(plan(['a', 'b*', '*'])).toEqual([['*']]);
    const many = Array.from({ length: 33 }, (_, at) => `k${100 + at}`);
    expect(plan(many)).toEqual([many.slice(0, 32), many.slice(32)]);
  });

  it('[K1] is refused with a reason', () => {
    const bad = [[], [''], ['a*a'], ['\ud800'], ['k'.repeat(201)]];
    const kinds = ['empty', 'ill-formed', 'ill-formed', 'ill-formed', 'too-long'];
    expect(bad.map((keys) => plan(keys))).toEqual(kinds);
    expect(plan(['a'], 5)).toEqual([['a']]);
    expect([6, -1, 1.5].map((floor) => plan(['a'], floor))).toEqual([
      ...['floor-too-high', 'ill-formed', 'ill-formed'],
    ]);
  });

  it('[K1] sweeps once floors, or those of one session, outgrow their limit', () => {
    const many = (count: number, floor: number): Marks =>
      marksOf(Array.from({ length: count }, (_, at) => [floorMark(`k${at}`), floor] as const));
    const sweep = { kind: 'cache.invalidated', keys: ['*'], floor: 4 };
    expect(planSweep(readFloors(many(256, 4)), here, 4)).toBeNull();
    expect(planSweep(readFloors(many(257, 4)), here, 4)).toEqual(sweep);
    expect(planSweep(readFloors(many(257, 5)), here, 4)).toBeNull();
    const own = Array.from({ length: 257 }, (_, at) => invalidationMark(here, `k${at}`));
    const floors = readFloors(marksOf(own.map((name) => [name, 1] as const)));
    expect(planSweep(floors, here, 4)).toEqual(sweep);
    expect(planSweep(floors, there, 4)).toBeNull();
    expect(planSweep(floors, null, 4)).toBeNull();
  });
});

describe('a shelf', () => {
  it('[K2] lets go of what was not asked for longest, and of what is too large', () => {
    const shelf = createShelf<string>(10);
    expect(shelf.put('a', 'A', 4)).toEqual([]);
    expect(shelf.put('b', 'B', 4)).toEqual([]);
    expect(shelf.get('a')).toBe('A');
    expect(shelf.put('c', 'C', 4)).toEqual(['b']);
    expect(shelf.bytes()).toBe(8);
    expect(shelf.put('a', 'A2', 6)).toEqual([]);
    expect(shelf.bytes()).toBe(10);
    expect(shelf.put('d', 'D', 11)).toEqual(['c', 'a', 'd']);
    expect([shelf.bytes(), [...shelf.entries()].length]).toEqual([0, 0]);
    shelf.drop('nothing');
    expect(shelf.get('nothing')).toBeUndefined();
  });

  it('[K3] has a rate of hits by class of keys, and a low one warns', () => {
    expect(['thumb:a:b', 'plain', ':'].map(classOf)).toEqual(['thumb', 'plain', '']);
    const ofState = ['state:statistics:files', 'state:a', 'state', 'states:a'];
    expect(ofState.map(classOf)).toEqual(['statistics', 'a', 'state', 'states']);
    for (const key of [...ofState, 'thumb:a:b', 'plain']) {
      expect(patternsOf(classOf(key)).some((pattern) => isMatch(pattern, key))).toBe(true);
      const others = [...ofState, 'plain'].filter((each) => classOf(each) !== classOf(key));
      for (const pattern of patternsOf(classOf(key))) {
        expect(others.filter((each) => isMatch(pattern, each))).toEqual([]);
      }
    }
    const counts = (hits: number, misses: number) => ({ hits, misses, refusals: 0 });
    expect(hitRateOf(counts(10, 9))).toBeNull();
    expect(hitRateOf(counts(15, 5))).toBe(0.75);
    expect([counts(0, 19), counts(9, 11), counts(10, 10)].map(isLow)).toEqual([false, true, false]);
  });
});
