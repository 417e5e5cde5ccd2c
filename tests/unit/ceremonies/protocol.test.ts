import { describe, expect, it } from 'vitest';
import {
  ROSTER_PROTOCOL,
  SNAPSHOT_PROTOCOL,
  moveBlocker,
  projectRole,
  type Guard,
  type MoveName,
  type Protocol,
  type Role,
  type Stage,
} from '../../../src/core/ceremonies/protocol.js';

/**
 * All interleavings of three devices, of which the first proposes and two are enough.
 *
 * Each device acts on what it has heard; hearing is a move of its own, from any device at any time.
 * A message is one bit, so what a device has heard is a small number.
 */
const THRESHOLD = 2;
const DEVICES = [0, 1, 2] as const;
type Device = (typeof DEVICES)[number];

const PROPOSED = 1;
const WITHDRAWN = 2;
const approval = (device: Device): number => 4 << device;
const refusal = (device: Device): number => 32 << device;
const expiry = (device: Device): number => 256 << device;
const completion = (device: Device): number => 2048 << device;
const ANSWERS = (device: Device): number => approval(device) | refusal(device);
const COMPLETIONS = completion(0) | completion(1) | completion(2);
const EXPIRIES = expiry(0) | expiry(1) | expiry(2);

interface World {
  /** What each device has heard, its own messages included. */
  readonly heard: readonly [number, number, number];
  readonly isPast: boolean;
}

const stageIn = (heard: number): 'none' | Stage => {
  if ((heard & PROPOSED) === 0) return 'none';
  if ((heard & COMPLETIONS) !== 0) return 'completed';
  if ((heard & WITHDRAWN) !== 0) return 'withdrawn';
  return (heard & EXPIRIES) === 0 ? 'open' : 'expired';
};

/** As the ceremonies fold it: who refused does not count. */
const approvalsIn = (heard: number): number =>
  DEVICES.filter((each) => (heard & ANSWERS(each)) === approval(each)).length;

const MOVES: readonly (readonly [MoveName, Role, (device: Device) => number])[] = [
  ['propose', 'proposer', () => PROPOSED],
  ['withdraw', 'proposer', () => WITHDRAWN],
  ['approve', 'member', approval],
  ['refuse', 'member', refusal],
  ['expire', 'member', expiry],
  ['complete', 'completer', completion],
];

const holdsFor =
  (world: World, device: Device) =>
  (guard: Guard): boolean => {
    const heard = world.heard[device];
    switch (guard) {
      case 'may-propose':
      case 'is-proposer':
        return device === 0;
      case 'not-answered':
        return (heard & ANSWERS(device)) === 0;
      case 'past-expiry':
        return world.isPast;
      case 'enough-approvals':
        return approvalsIn(heard) >= THRESHOLD;
      case 'is-member':
      case 'may-approve':
      case 'recomputed-equal':
        return true;
    }
  };

interface Step {
  readonly name: MoveName | 'hear' | 'time';
  readonly device: Device;
  readonly to: World;
}

const hears = (world: World, device: Device, more: number): World => {
  const heard = [...world.heard] as [number, number, number];
  heard[device] |= more;
  return { ...world, heard };
};

const stepsFrom = (protocol: Protocol, world: World): readonly Step[] => {
  const steps: Step[] = [];
  for (const device of DEVICES) {
    const stage = stageIn(world.heard[device]);
    for (const [name, role, message] of MOVES) {
      const holds = holdsFor(world, device);
      if (moveBlocker(protocol, role, name, stage, holds) !== null) continue;
      steps.push({ name, device, to: hears(world, device, message(device)) });
    }
    for (const other of DEVICES) {
      const to = hears(world, device, world.heard[other]);
      if (to.heard[device] !== world.heard[device]) steps.push({ name: 'hear', device, to });
    }
  }
  if (!world.isPast) steps.push({ name: 'time', device: 0, to: { ...world, isPast: true } });
  return steps;
};

const keyOf = ({ heard, isPast }: World): string => `${heard.join()},${isPast}`;

/** Every world that can come about, with the steps out of it. */
const explore = (protocol: Protocol) => {
  const start: World = { heard: [0, 0, 0], isPast: false };
  const found = new Map<string, { readonly world: World; readonly steps: readonly Step[] }>();
  const open: World[] = [start];
  for (let world = open.pop(); world !== undefined; world = open.pop()) {
    if (found.has(keyOf(world))) continue;
    const steps = stepsFrom(protocol, world);
    found.set(keyOf(world), { world, steps });
    for (const { to } of steps) if (!found.has(keyOf(to))) open.push(to);
  }
  return found;
};

const isEnd = (stage: 'none' | Stage): boolean => stage !== 'none' && stage !== 'open';

describe.each([SNAPSHOT_PROTOCOL, ROSTER_PROTOCOL])('the $purpose protocol', (protocol) => {
  const worlds = [...explore(protocol).values()];

  it('[C1] reaches every end in some interleaving', () => {
    expect(worlds.length).toBeGreaterThan(1000);
    const ends = new Set(worlds.flatMap(({ world }) => world.heard.map(stageIn)));
    expect([...ends].sort()).toEqual(['completed', 'expired', 'none', 'open', 'withdrawn']);
  });

  it('[C1] never deadlocks: what is proposed ends everywhere, and all come to agree', () => {
    const stuck = worlds.filter(({ world, steps }) => {
      const stages = world.heard.map(stageIn);
      const isAgreed = new Set(stages).size === 1;
      const wasProposed = world.heard.some((heard) => (heard & PROPOSED) !== 0);
      return steps.length === 0 && !(isAgreed && (!wasProposed || stages.every(isEnd)));
    });
    expect(stuck).toEqual([]);
    // Every step says or hears something new, so that no interleaving goes round for ever.
    const idle = worlds.filter(({ world, steps }) =>
      steps.some(({ to }) => keyOf(to) === keyOf(world)),
    );
    expect(idle).toEqual([]);
  });

  it('[C1, C4] is completed by nobody below the threshold, nor twice by anybody', () => {
    const before = worlds.flatMap(({ world, steps }) =>
      steps.flatMap(({ name, device }) => (name === 'complete' ? [world.heard[device]] : [])),
    );
    expect(before.length).toBeGreaterThan(0);
    expect(before.filter((heard) => approvalsIn(heard) < THRESHOLD)).toEqual([]);
    expect(before.filter((heard) => (heard & COMPLETIONS) !== 0)).toEqual([]);
  });

  it('[C10] lets a device answer once, and nobody after the end that it knows', () => {
    const wrong = worlds.flatMap(({ world, steps }) =>
      steps.filter(({ name, device }) => {
        if (name === 'hear' || name === 'time') return false;
        const heard = world.heard[device];
        const isAnswer = name === 'approve' || name === 'refuse';
        return isEnd(stageIn(heard)) || (isAnswer && (heard & ANSWERS(device)) !== 0);
      }),
    );
    expect(wrong).toEqual([]);
  });

  it('[C1] gives each role its own moves, and all moves to some role', () => {
    const roles = ['proposer', 'member', 'completer'] as const;
    const projected = roles.flatMap((role) => projectRole(protocol, role));
    expect(new Set(projected)).toEqual(new Set(protocol.moves));
    expect(projectRole(protocol, 'completer').map((move) => move.name)).toEqual(['complete']);
  });

  it('[C8] names the first thing that stands in the way', () => {
    const never = (): boolean => false;
    const always = (): boolean => true;
    expect(moveBlocker(protocol, 'member', 'approve', 'expired', always)).toEqual({
      kind: 'wrong-stage',
      stage: 'expired',
    });
    expect(moveBlocker(protocol, 'member', 'approve', 'open', never)).toEqual({
      kind: 'guard',
      guard: 'is-member',
    });
    expect(moveBlocker(protocol, 'member', 'withdraw', 'open', always)).toEqual({
      kind: 'no-such-move',
    });
    expect(moveBlocker(protocol, 'completer', 'complete', 'open', always)).toBeNull();
  });

  it.each<[MoveName, Role, readonly Guard[]]>([
    ['propose', 'proposer', ['may-propose']],
    ['approve', 'member', ['is-member', 'may-approve', 'not-answered', 'recomputed-equal']],
    ['refuse', 'member', ['is-member', 'not-answered']],
    ['withdraw', 'proposer', ['is-proposer']],
    ['expire', 'member', ['past-expiry']],
    ['complete', 'completer', ['enough-approvals']],
  ])('[C1, C2, C3] no %s as long as one of its guards does not hold', (name, role, guards) => {
    const stage = name === 'propose' ? 'none' : 'open';
    for (const protocol of [SNAPSHOT_PROTOCOL, ROSTER_PROTOCOL]) {
      expect(moveBlocker(protocol, role, name, stage, () => true)).toBeNull();
      for (const guard of guards) {
        const holds = (each: Guard): boolean => each !== guard;
        expect(moveBlocker(protocol, role, name, stage, holds)).toEqual({ kind: 'guard', guard });
      }
    }
  });
});
