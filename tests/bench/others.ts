import { type Figure, type Goal, median, spread } from './figures.js';
import type { Round } from './peers/answers.js';
import { type Child, startChild } from './peers/children.js';
import type { Pruned, Returned, Told, Tries } from './peers/peer.js';

/** Rounds that count; one more before them warms up. */
const ROUNDS = { small: 5, large: 2 };
const SIZES = { small: 10_000, large: 100_000 };
/** It needs minutes for what the others do in seconds: one round of the small, none of the large. */
const SLOW = 'orbitdb';
const NAMES = 'upkeep cojson loro-crdt automerge tinybase orbitdb yjs'.split(' ');

/** What was found out about one library besides its times. */
export interface OtherFindings {
  readonly version: string;
  readonly does: { readonly signs: string; readonly prunes: string; readonly starts: string };
  readonly returned: Returned;
  readonly tries: Tries;
}

/** The same work by other libraries, each as its documentation says, in Node, in memory. */
export const measureOthers = async (
  names: readonly string[] = NAMES,
  isLargeToo = true,
): Promise<{ figures: readonly Figure[]; findings: Readonly<Record<string, OtherFindings>> }> => {
  const chosen = NAMES.filter((name) => name === 'upkeep' || names.includes(name));
  const findings: Record<string, OtherFindings> = {};
  const small = await measureSize('small', chosen, findings);
  const fast = chosen.filter((name) => name !== SLOW);
  const large = isLargeToo ? await measureSize('large', fast, findings) : [];
  return { figures: [...small, ...large], findings };
};

type Times = Map<string, Round[]>;

const measureSize = async (
  size: keyof typeof SIZES,
  names: readonly string[],
  findings: Record<string, OtherFindings>,
): Promise<readonly Figure[]> => {
  const children = names.map(startChild);
  try {
    const made = new Map<string, Pick<OtherFindings, 'version' | 'does'>>();
    for (const { name, answers } of children) made.set(name, await answers.prepare(SIZES[size]));
    const rounds = ROUNDS[size];
    const suffix = size === 'small' ? '10k' : '100k';
    const merges = await inTurn(children, rounds, ({ answers }) => answers.merge());
    const isSigned = size === 'small';
    const signed = isSigned
      ? await inTurn(children, rounds, ({ answers }) => answers.mergeSigned())
      : new Map<string, Round[]>();
    const starts = await inTurn(children, rounds, ({ answers }) => answers.coldStart());
    for (const [name, times] of signed) merges.set(`${name} with signatures`, times);
    const startGoal = { is: 'below', value: size === 'small' ? 150 : 1_000 } as const;
    const mergeGoal = { of: 'ratio', is: 'at-most', value: 1 } as const;
    const figures = [
      ...timesFigures(`merge-${suffix}`, merges, mergeGoal),
      ...timesFigures(`start-${suffix}`, starts, { of: 'ours', ...startGoal }),
    ];
    if (size === 'large') return figures;
    const told = new Map<string, Told>();
    const pruned = new Map<string, Pruned>();
    for (const { name, answers } of children) {
      told.set(name, await answers.syncOne());
      pruned.set(name, await answers.prune(SIZES[size]));
      const known = made.get(name);
      const returned = await answers.staleReturn();
      const tries = await answers.tryAttacks();
      if (known !== undefined) findings[name] = { ...known, returned, tries };
    }
    return [...figures, ...toldFigures(told), ...prunedFigures(pruned)];
  } finally {
    for (const child of children) await child.close();
  }
};

/** Every library does a round before any does the next, so that a busy machine is one for all. */
const inTurn = async (
  children: readonly Child[],
  rounds: number,
  run: (child: Child) => Promise<Round | null>,
): Promise<Times> => {
  const times: Times = new Map();
  for (let round = -1; round < rounds; round += 1) {
    for (const child of children) {
      if (child.name === SLOW && round !== 0) continue;
      const done = await run(child);
      if (done === null || round < 0) continue;
      times.set(child.name, [...(times.get(child.name) ?? []), done]);
    }
  }
  return times;
};

const figureOfAll = (
  name: string,
  unit: Figure['unit'],
  values: ReadonlyMap<string, number>,
  goal: Goal | null,
  note: string,
): Figure => {
  const ours = values.get('upkeep') ?? Number.NaN;
  const peers = Object.fromEntries([...values].filter(([peer]) => peer !== 'upkeep'));
  const signed = peers['cojson'];
  const ratio = signed === undefined ? null : ours / signed;
  return { name: `others-${name}`, unit, ours, peers, ratio, goal, note };
};

const timesFigures = (name: string, times: Times, goal: Goal): readonly Figure[] => {
  const of = (pick: (round: Round) => number, suffix: string, reached: Goal | null): Figure => {
    const all = [...times].map(([peer, rounds]) => [peer, rounds.map(pick)] as const);
    const note = all.map(([peer, each]) => `${peer} ${spread(each)}`).join('; ');
    const medians = new Map(all.map(([peer, each]) => [peer, median(each)]));
    return figureOfAll(`${name}${suffix}`, 'ms', medians, reached, note);
  };
  return [of(({ ms }) => ms, '', goal), of(({ computedMs }) => computedMs, '-computing', null)];
};

const toldFigures = (told: ReadonlyMap<string, Told>): readonly Figure[] => {
  const by = (pick: (each: Told) => number) =>
    new Map([...told].map(([name, each]) => [name, pick(each)]));
  const note = 'one new record over 10k facts, both ways, in memory';
  return [
    figureOfAll(
      'one-fact-bytes',
      'bytes',
      by(({ bytes }) => bytes),
      null,
      note,
    ),
    figureOfAll(
      'one-fact-ms',
      'ms',
      by(({ ms }) => ms),
      null,
      note,
    ),
  ];
};

const prunedFigures = (pruned: ReadonlyMap<string, Pruned>): readonly Figure[] => {
  const by = (pick: (each: Pruned) => number | null) =>
    new Map(
      [...pruned].flatMap(([name, each]) => {
        const value = pick(each);
        return value === null ? [] : [[name, value] as const];
      }),
    );
  const note = '10k facts of which 9k are titles that were replaced';
  return [
    figureOfAll(
      'prune-before',
      'bytes',
      by(({ bytesBefore }) => bytesBefore),
      null,
      note,
    ),
    figureOfAll(
      'prune-left',
      'bytes',
      by(({ bytesLeft }) => bytesLeft),
      null,
      note,
    ),
    figureOfAll(
      'prune-left-later',
      'bytes',
      by((each) => each.bytesLater),
      null,
      'two later',
    ),
    figureOfAll(
      'prune',
      'ms',
      by(({ ms }) => ms),
      null,
      'those that can',
    ),
  ];
};
