import { foldCeremonies, stageOf } from '../../../src/core/ceremonies/ceremony.js';
import {
  moveBlocker,
  type Guard,
  type MoveName,
  type Protocol,
  type Role,
  type Stage,
} from '../../../src/core/ceremonies/protocol.js';
import type { Act } from '../../../src/core/journal/state.js';
import { ACCOUNT, alice, bob, carol } from '../authority/people.js';
import {
  CHANGE,
  SNAPSHOT,
  abandoned,
  actBy,
  approved,
  changeProposed,
  proposed,
  refused,
  signatureOf,
} from './acts.js';

/**
 * Three devices, of which the first proposes and two are enough, message by message.
 *
 * Each device says things one after the other; another hears them in that order, from whoever holds
 * them, at any time or never. What a device makes of what it heard is what the ceremonies fold it
 * to. A device may vanish at any moment, with whatever nobody has heard of it.
 */
export const THRESHOLD = 2;
export const DEVICES = [0, 1, 2] as const;
export type Device = (typeof DEVICES)[number];
const PEOPLE = [alice, bob, carol] as const;

/** P proposes, A approves, R refuses, W withdraws, C completes. */
type Word = 'P' | 'A' | 'R' | 'W' | 'C';
type Three<T> = readonly [T, T, T];

export interface World {
  /** What each device has said, in order, as letters. */
  readonly said: Three<string>;
  /** How much of each device's words each device has heard; of its own, all. */
  readonly heard: Three<Three<number>>;
  readonly hasExpired: Three<boolean>;
  readonly isPast: boolean;
  readonly gone: Device | null;
}

export const START: World = {
  said: ['', '', ''],
  heard: [
    [0, 0, 0],
    [0, 0, 0],
    [0, 0, 0],
  ],
  hasExpired: [false, false, false],
  isPast: false,
  gone: null,
};

export interface Step {
  readonly name: MoveName | 'hear' | 'time' | 'vanish';
  readonly device: Device;
  readonly to: World;
}

/** What one device knows. */
export interface Knowledge {
  readonly stage: 'none' | Stage;
  readonly approvals: number;
  readonly isAnswered: boolean;
}

type Purpose = Protocol['purpose'];
const bodyOf = (purpose: Purpose, word: Word, device: Device) => {
  const statement = purpose === 'snapshot' ? SNAPSHOT : CHANGE;
  const asked = (body: object) => ({ ...body, kind: `${purpose}.${NAMES[word]}` }) as never;
  switch (word) {
    case 'P':
      return purpose === 'snapshot' ? proposed() : changeProposed();
    case 'A':
      return approved(PEOPLE[device], statement, purpose);
    case 'R':
      return purpose === 'snapshot' ? refused('no', statement) : asked({ statement, reason: 'no' });
    default:
      return asked(abandoned('withdrawn', statement));
  }
};
const NAMES = { P: 'proposed', A: 'approved', R: 'refused', W: 'abandoned', C: 'completed' };

interface Told {
  readonly stage: 'none' | Stage;
  readonly approvals: number;
}
const toldByWords = new Map<string, Told>();

/** What the heard words fold to, each of them heard twice. */
export const knowledgeOf = (purpose: Purpose, world: World, device: Device): Knowledge => {
  const words = DEVICES.map((from) => world.said[from].slice(0, world.heard[device][from]));
  const hasExpired = world.hasExpired[device];
  const key = `${purpose} ${words.join()} ${hasExpired}`;
  const told = toldByWords.get(key) ?? foldWords(purpose, words, hasExpired);
  toldByWords.set(key, told);
  return { ...told, isAnswered: /[AR]/.test(words[device] ?? '') };
};

const foldWords = (purpose: Purpose, words: readonly string[], hasExpired: boolean): Told => {
  const statement = purpose === 'snapshot' ? SNAPSHOT : CHANGE;
  const acts = DEVICES.flatMap((from) =>
    [...(words[from] ?? '')].flatMap((word, seq) => actOf(purpose, from, seq, word as Word) ?? []),
  );
  const approving = DEVICES.filter((from) => words[from]?.includes('A'));
  const shares = new Map(approving.map((from) => [PEOPLE[from].device, signatureOf(PEOPLE[from])]));
  const heardTwice = [...acts, ...acts].reverse();
  const folded = foldCeremonies(ACCOUNT, heardTwice, new Map([[statement, shares]]));
  const ceremony = folded.get(statement);
  const isCompleted = words.some((each) => each.includes('C'));
  // A completion is valid by itself: it counts before the proposal is heard (C10).
  if (ceremony === undefined) return { stage: isCompleted ? 'completed' : 'none', approvals: 0 };
  const nowMs = ceremony.expiresMs + (hasExpired ? 1 : 0);
  const stage = stageOf(ceremony, { isCompleted, isSuperseded: false, nowMs });
  return { stage, approvals: ceremony.approvals.size };
};

const acts = new Map<string, Act>();

/** The act of a word at its place; a completion is none. */
const actOf = (purpose: Purpose, from: Device, seq: number, word: Word): Act | null => {
  if (word === 'C') return null;
  const key = `${purpose} ${from} ${seq} ${word}`;
  const act = acts.get(key) ?? actBy(PEOPLE[from], seq, bodyOf(purpose, word, from));
  acts.set(key, act);
  return act;
};

const MOVES: readonly (readonly [MoveName, Role, Word | null])[] = [
  ['propose', 'proposer', 'P'],
  ['withdraw', 'proposer', 'W'],
  ['approve', 'member', 'A'],
  ['refuse', 'member', 'R'],
  ['expire', 'member', null],
  ['complete', 'completer', 'C'],
];

const replaced = <T>(three: Three<T>, at: Device, item: T): Three<T> =>
  three.map((each, index) => (index === at ? item : each)) as unknown as Three<T>;

const says = (world: World, device: Device, word: Word | null): World => {
  if (word === null) return { ...world, hasExpired: replaced(world.hasExpired, device, true) };
  const said = replaced(world.said, device, world.said[device] + word);
  return { ...hears({ ...world, said }, device, device) };
};

const hears = (world: World, device: Device, from: Device): World => {
  const own = replaced(world.heard[device], from, world.heard[device][from] + 1);
  return { ...world, heard: replaced(world.heard, device, own) };
};

/** Whether somebody who is there holds more of what `from` said. */
const canHear = (world: World, device: Device, from: Device): boolean =>
  DEVICES.some(
    (holder) => holder !== world.gone && world.heard[holder][from] > world.heard[device][from],
  );

export const stepsFrom = (
  protocol: Protocol,
  world: World,
  known: readonly Knowledge[],
): readonly Step[] => {
  const steps: Step[] = [];
  for (const device of DEVICES) {
    if (device === world.gone) continue;
    const knows = known[device] as Knowledge;
    const holds = holdsFor(protocol, world, device, knows);
    for (const [name, role, word] of MOVES) {
      if (moveBlocker(protocol, role, name, knows.stage, holds) !== null) continue;
      steps.push({ name, device, to: says(world, device, word) });
    }
    for (const from of DEVICES) {
      if (canHear(world, device, from)) {
        steps.push({ name: 'hear', device, to: hears(world, device, from) });
      }
    }
    if (world.gone === null) steps.push({ name: 'vanish', device, to: { ...world, gone: device } });
  }
  if (!world.isPast) steps.push({ name: 'time', device: 0, to: { ...world, isPast: true } });
  return steps;
};

const holdsFor =
  (protocol: Protocol, world: World, device: Device, knows: Knowledge) =>
  (guard: Guard): boolean => {
    switch (guard) {
      case 'may-propose':
      case 'is-proposer':
        return device === 0;
      case 'not-answered':
        return !knows.isAnswered;
      case 'past-expiry':
        return world.isPast;
      case 'enough-approvals':
        return knows.approvals >= THRESHOLD;
      case 'may-approve':
        // Who proposes a change of the roster votes last: its vote is the one that completes.
        return protocol.purpose === 'snapshot' || device !== 0 || knows.approvals >= THRESHOLD - 1;
      case 'is-member':
      case 'recomputed-equal':
        return true;
    }
  };

export const keyOf = ({ said, heard, hasExpired, isPast, gone }: World): string =>
  `${said.join()};${heard.join()};${hasExpired.map(Number).join('')}${Number(isPast)}${gone}`;

/** Calls back with every world that can come about, once, with the steps out of it. */
export const explore = (
  protocol: Protocol,
  visit: (world: World, known: readonly Knowledge[], steps: readonly Step[]) => void,
): number => {
  const seen = new Set([keyOf(START)]);
  const open: World[] = [START];
  for (let world = open.pop(); world !== undefined; world = open.pop()) {
    const at = world;
    const known = DEVICES.map((device) => knowledgeOf(protocol.purpose, at, device));
    const steps = stepsFrom(protocol, world, known);
    visit(world, known, steps);
    for (const { to } of steps) {
      const count = seen.size;
      if (seen.add(keyOf(to)).size > count) open.push(to);
    }
  }
  return seen.size;
};
