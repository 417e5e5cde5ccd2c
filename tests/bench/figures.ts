/** One measured figure, in the form in which it is printed for programs. */
export interface Figure {
  readonly name: string;
  readonly unit: 'ms' | 'MB' | 'bytes' | 'ratio' | 'facts' | 'messages' | 'runs/s';
  readonly ours: number;
  /** What other software needed for the same work in the same run. */
  readonly peers: { readonly [name: string]: number };
  /** Ours by the peer's; null without one. */
  readonly ratio: number | null;
  /** What is to be reached, and of which of the two numbers; null for what is only told. */
  readonly goal: Goal | null;
  /** How it came about: least and largest of how many. */
  readonly note: string;
}

export interface Goal {
  readonly of: 'ours' | 'ratio';
  readonly is: 'at-most' | 'below' | 'exactly' | 'at-least';
  readonly value: number;
}

export const below = (value: number): Goal => ({ of: 'ours', is: 'below', value });

/** A figure of one's own, with the middle of several times. */
export const figureOf = (
  name: string,
  unit: Figure['unit'],
  ours: number,
  goal: Goal | null,
  note = '',
): Figure => ({ name, unit, ours, peers: {}, ratio: null, goal, note });

export const median = (values: readonly number[]): number => quantile(values, 0.5);

/** The value below which so large a part of the values lies. */
export const quantile = (values: readonly number[], part: number): number => {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN;
};

/** Least, middle and largest of several times. */
export const spread = (values: readonly number[]): string =>
  `min ${round(Math.min(...values))}, median ${round(median(values))}, max ${round(
    Math.max(...values),
  )}, of ${values.length}`;

export const isMet = ({ goal, ours, ratio }: Figure): boolean | null => {
  if (goal === null) return null;
  const value = goal.of === 'ratio' ? ratio : ours;
  if (value === null || !Number.isFinite(value)) return false;
  if (goal.is === 'exactly') return value === goal.value;
  if (goal.is === 'at-least') return value >= goal.value;
  return goal.is === 'below' ? value < goal.value : value <= goal.value;
};

/** The table for people: each figure with its goal and whether it is met. */
export const tableOf = (figures: readonly Figure[]): string => {
  const rows = figures.map((figure) => {
    const verdict = { true: 'met', false: 'MISSED', null: '' }[`${isMet(figure)}`];
    const peers = Object.entries(figure.peers).map(([name, value]) => `${name} ${round(value)}`);
    const ratio = figure.ratio === null ? '' : `${round(figure.ratio)}×`;
    return [
      ...[figure.name, `${round(figure.ours)} ${figure.unit}`, peers.join(' '), ratio],
      ...[goalText(figure.goal), verdict, figure.note],
    ];
  });
  const all = [['figure', 'ours', 'peer', 'ratio', 'goal', '', 'rounds'], ...rows];
  const widths =
    all[0]?.map((_, at) => Math.max(...all.map((row) => (row[at] ?? '').length))) ?? [];
  return all
    .map((row) =>
      row
        .map((cell, at) => cell.padEnd(widths[at] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
};

const SIGNS = { 'at-most': '≤', below: '<', exactly: '=', 'at-least': '≥' } as const;

const goalText = (goal: Goal | null): string =>
  goal === null ? '' : `${SIGNS[goal.is]} ${goal.value}${goal.of === 'ratio' ? '×' : ''}`;

/** Three digits that count; whole numbers from a hundred on. */
export const round = (value: number): number =>
  Math.abs(value) >= 100 ? Math.round(value) : Number(value.toPrecision(3));

/** The one object for programs; `findings` tells of each other library what is no figure. */
export const jsonOf = (figures: readonly Figure[], findings: object): string =>
  JSON.stringify({
    results: figures.map(({ name, unit, ours, peers, ratio, goal, note }) => ({
      ...{ name, unit, ours: round(ours), ratio: ratio === null ? null : round(ratio) },
      peers: Object.fromEntries(Object.entries(peers).map(([peer, of]) => [peer, round(of)])),
      ...{ goal, isMet: isMet({ name, unit, ours, peers, ratio, goal, note }), note },
    })),
    others: findings,
  });
