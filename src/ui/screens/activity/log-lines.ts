import type { ActivityView } from '../../../replica/view.js';

export type Filter = 'all' | 'decisions' | 'devices' | 'trouble';

/** One day of the log, newest line first. */
export interface LogDay {
  readonly key: string;
  readonly atMs: number;
  readonly lines: readonly ActivityView[];
}

const DECISIONS = /^(snapshot|approved|refused|abandoned|facts-pruned|queue)/;
const DEVICES = /^(link|account|join|pairing|session|roster|maintenance)/;

const passes = (line: ActivityView, filter: Filter): boolean => {
  switch (filter) {
    case 'all':
      return true;
    case 'decisions':
      return DECISIONS.test(line.kind);
    case 'devices':
      return DEVICES.test(line.kind);
    case 'trouble':
      return line.tone === 'warn' || line.tone === 'bad';
  }
};

/** The lines of a filter whose words hold every word that is searched for. */
export const filterLines = (
  lines: readonly ActivityView[],
  filter: Filter,
  search: string,
  textOf: (line: ActivityView) => string,
): readonly ActivityView[] => {
  const wanted = search
    .toLocaleLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  return lines.filter((line) => {
    if (!passes(line, filter)) return false;
    if (wanted.length === 0) return true;
    const text = textOf(line).toLocaleLowerCase();
    return wanted.every((word) => text.includes(word));
  });
};

/** Gathers lines by local day; lines come newest first and stay so. */
export const groupByDay = (lines: readonly ActivityView[]): readonly LogDay[] => {
  const byKey = new Map<string, ActivityView[]>();
  for (const line of lines) {
    const at = new Date(line.atMs);
    const key = `${at.getFullYear()}-${at.getMonth() + 1}-${at.getDate()}`;
    const day = byKey.get(key);
    if (day === undefined) byKey.set(key, [line]);
    else day.push(line);
  }
  return [...byKey].map(([key, day]) => ({ key, atMs: day[0]?.atMs ?? 0, lines: day }));
};
