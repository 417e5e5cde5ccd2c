import { describe, expect, test } from 'vitest';
import type { DeviceId } from '../../../src/core/base/brands.js';
import type { Lease } from '../../../src/core/journal/device-marks.js';
import { DEFAULT_SNAPSHOT_POLICY as POLICY } from '../../../src/core/snapshots/policy.js';
import {
  type PruningCase,
  isDurable,
  leaseEndMs,
  liveLeases,
  whyNotPrune,
} from '../../../src/core/snapshots/pruning.js';
import { isNews, roundedMib } from '../../../src/core/snapshots/report.js';
import { idNamed } from '../facts/fixtures.js';

const [alice, bob, carol] = ['alice', 'bob', 'carol'].map((name) => idNamed<DeviceId>(name)) as [
  DeviceId,
  DeviceId,
  DeviceId,
];
const DAY_MS = 24 * 3_600_000;
const GRACE_MS = POLICY.leaseGraceMs;
const NOW_MS = 1_700_000_000_000;
const lease = (takenMs: number, untilMs: number, device = alice): Lease => ({
  ...{ device, purpose: 'export', takenMs, untilMs },
});
const live = (each: Lease, nowMs = NOW_MS): boolean =>
  liveLeases([each], (device) => device !== carol, POLICY, nowMs).length === 1;

describe('a lease', () => {
  test('[S5] counts as long as it says, with grace for clocks that differ', () => {
    const one = lease(NOW_MS, NOW_MS + 1000);
    expect(live(one, NOW_MS + 1000 + GRACE_MS - 1)).toBe(true);
    expect(live(one, NOW_MS + 1000 + GRACE_MS)).toBe(false);
  });

  test('[S5] reaches no further than a day from when it says it was taken', () => {
    const long = lease(NOW_MS, Number.MAX_SAFE_INTEGER);
    expect(leaseEndMs(long, POLICY)).toBe(NOW_MS + DAY_MS + GRACE_MS);
    expect(live(long, NOW_MS + DAY_MS + GRACE_MS)).toBe(false);
  });

  test('[S5] of a clock that is far ahead, or of nobody who is a member, stops nothing', () => {
    expect(live(lease(NOW_MS + DAY_MS, NOW_MS + 2 * DAY_MS))).toBe(true);
    expect(live(lease(NOW_MS + DAY_MS + 1, NOW_MS + 2 * DAY_MS))).toBe(false);
    expect(live(lease(NOW_MS, NOW_MS + 1000, carol))).toBe(false);
  });
});

describe('pruning', () => {
  const known: PruningCase = {
    me: alice,
    leases: [],
    durable: new Set(),
    holders: new Set(),
    coveredFacts: 12,
    isComputable: true,
  };
  const why = (over: Partial<PruningCase>, durableHolders = 1) =>
    whyNotPrune({ ...known, ...over }, { durableHolders });
  const wait = lease(NOW_MS, NOW_MS + 1000, bob);

  test('[S5] never goes on against a live lease, but where nothing would go', () => {
    expect(why({})).toBeNull();
    expect(why({ leases: [wait] })).toEqual({ leases: [wait], durable: null });
    expect(why({ leases: [wait], isComputable: false })).not.toBeNull();
    expect(why({ leases: [wait], coveredFacts: 0 })).toBeNull();
  });

  test('[S11] waits for durable devices that hold the payload, where there are durable ones', () => {
    const durable = new Set([bob, carol]);
    expect(why({ durable })?.durable).toEqual({ have: 0, need: 1 });
    expect(why({ durable, holders: new Set([bob]) })).toBeNull();
    expect(why({ durable, holders: new Set([alice]) })).not.toBeNull();
    expect(why({ durable, holders: new Set([bob]) }, 2)?.durable).toEqual({ have: 1, need: 2 });
    expect(why({ durable, holders: durable }, 3)).toBeNull();
  });

  test('[S11] a durable device waits for nobody, nor does one that lacks what led there', () => {
    expect(why({ durable: new Set([alice, bob]) }, 2)).toBeNull();
    expect(why({ durable: new Set([bob]), isComputable: false })).toBeNull();
    expect(isDurable(null)).toBe(false);
    expect(isDurable({ persisted: null })).toBe(false);
    expect(isDurable({ persisted: true })).toBe(true);
  });
});

describe('a report', () => {
  const own = {
    persisted: false,
    installed: false,
    quota: 8,
    used: 1,
    backup: null,
    receipt: null,
  };
  const told = { ...own, atMs: NOW_MS };

  test('[S11] is made where the browser says anything, and at once where it keeps less or more', () => {
    expect(isNews(own, null, NOW_MS)).toBe(true);
    expect(isNews({ ...own, persisted: null, quota: null }, null, NOW_MS)).toBe(false);
    expect(isNews(own, told, NOW_MS)).toBe(false);
    expect(isNews({ ...own, persisted: true }, told, NOW_MS)).toBe(true);
    expect(isNews({ ...own, installed: true }, told, NOW_MS)).toBe(true);
  });

  test('[S11] tells of room at most once a day, and in few steps', () => {
    expect(isNews({ ...own, used: 2 }, told, NOW_MS + DAY_MS - 1)).toBe(false);
    expect(isNews({ ...own, used: 2 }, told, NOW_MS + DAY_MS)).toBe(true);
    const mib = [0.5, 3, 5, 7, 11, 13, 1000].map((each) => roundedMib(each * 1024 * 1024));
    expect(mib).toEqual([0, 3, 4, 6, 8, 12, 768]);
    expect([roundedMib(null), roundedMib(-1), roundedMib(Number.NaN)]).toEqual([null, null, null]);
  });
});
