import { describe, expect, test } from 'vitest';
import type { BaseId, DeviceId } from '../../../src/core/base/brands.js';
import { DEFAULT_SNAPSHOT_POLICY as POLICY } from '../../../src/core/snapshots/policy.js';
import {
  type TriggerCase,
  causeOfComment,
  planTrigger,
  triggerComment,
  turnOrder,
} from '../../../src/core/snapshots/triggers.js';
import { idNamed } from '../facts/fixtures.js';

const base = idNamed<BaseId>('base');
const devices = ['alice', 'bob', 'carol'].map((name) => idNamed<DeviceId>(name));
const order = turnOrder(base, devices);
const [first, second] = order as [DeviceId, DeviceId];
const NOW_MS = 1_700_000_000_000;
const WEEK_MS = 7 * 24 * 3_600_000;

const known: TriggerCase = {
  me: first,
  nowMs: NOW_MS,
  base,
  journalBytes: 1000,
  facts: POLICY.facts ?? 0,
  epochsSince: 0,
  lastSnapshotMs: null,
  lastAutomaticMs: null,
  isPending: false,
  proposers: devices,
  sinceMs: null,
};
const plan = (over: Partial<TriggerCase>, policy = POLICY) =>
  planTrigger({ ...known, ...over }, policy);

describe('a snapshot by itself', () => {
  test('[S8] is proposed for bytes, facts or epochs at their limits, and a schedule that is on', () => {
    const causeFor = (over: Partial<TriggerCase>, policy = POLICY) =>
      plan({ facts: 10, ...over }, policy)?.cause ?? null;
    expect(causeFor({})).toBeNull();
    expect(causeFor({ journalBytes: 100 * 1024 * 1024 - 1 })).toBeNull();
    expect(causeFor({ journalBytes: 100 * 1024 * 1024 })).toBe('bytes');
    expect(causeFor({ facts: 49_999 })).toBeNull();
    expect(causeFor({ facts: 50_000 })).toBe('facts');
    expect(causeFor({ epochsSince: 99 })).toBeNull();
    expect(causeFor({ epochsSince: 100 })).toBe('epochs');
    expect(causeFor({ epochsSince: 100, facts: 0 })).toBeNull();
    const lastSnapshotMs = NOW_MS - 5 * WEEK_MS;
    expect(causeFor({ lastSnapshotMs })).toBeNull();
    expect(causeFor({ lastSnapshotMs }, { ...POLICY, scheduleMs: 4 * WEEK_MS })).toBe('schedule');
    expect(causeFor({ facts: 50_000 }, { ...POLICY, facts: null })).toBeNull();
  });

  test('[S8] never with one pending, and a week at least after the last', () => {
    expect(plan({})?.kind).toBe('propose');
    expect(plan({ isPending: true })).toBeNull();
    for (const last of ['lastSnapshotMs', 'lastAutomaticMs'] as const) {
      const atMs = NOW_MS + 1;
      expect(plan({ [last]: atMs - WEEK_MS })).toEqual({ kind: 'later', cause: 'facts', atMs });
      expect(plan({ [last]: NOW_MS - WEEK_MS })?.kind).toBe('propose');
      expect(plan({ [last]: NOW_MS + 60_000 })?.kind).toBe('later');
      expect(plan({ [last]: Number.MAX_SAFE_INTEGER })?.kind).toBe('propose');
    }
  });

  test('[S8] one member proposes, by turns, and the next when the one before did not', () => {
    const later = plan({ me: second });
    expect(later).toEqual({ kind: 'later', cause: 'facts', atMs: NOW_MS + POLICY.turnMs });
    expect(plan({ me: second, sinceMs: NOW_MS - POLICY.turnMs })?.kind).toBe('propose');
    const due = { sinceMs: 0, lastSnapshotMs: NOW_MS - WEEK_MS };
    expect(plan(due)?.kind).toBe('propose');
    expect(plan({ ...due, me: second })).toEqual(later);
    expect(plan({ me: second, proposers: [second] })?.kind).toBe('propose');
    expect(plan({ proposers: [second] })).toBeNull();
    expect(turnOrder(base, [...devices].reverse())).toEqual(order);
    const firsts = [1, 2, 3, 4, 5, 6, 7, 8].map(
      (each) => turnOrder(idNamed<BaseId>(`base ${each}`), devices)[0],
    );
    expect(new Set(firsts).size).toBeGreaterThan(1);
  });

  test('[S8] says so in its comment, which no other text does', () => {
    for (const cause of ['bytes', 'facts', 'epochs', 'schedule'] as const) {
      expect(causeOfComment(triggerComment(cause))).toBe(cause);
    }
    for (const text of ['', 'facts', 'upkeep:auto:', 'upkeep:auto:facts ', 'upkeep:auto:other']) {
      expect(causeOfComment(text)).toBeNull();
    }
  });
});
