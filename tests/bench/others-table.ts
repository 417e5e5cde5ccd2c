import { type Figure, isMet, round } from './figures.js';
import type { OtherFindings } from './others.js';
import { ATTACKS } from './peers/peer.js';

export const isOfOthers = (name: string): boolean => name.startsWith('others-');

/** For people: a line for each figure and attack, a column for each library. */
export const othersTables = (
  figures: readonly Figure[],
  findings: Readonly<Record<string, OtherFindings>>,
): string => {
  if (figures.length === 0) return '';
  const names = [...new Set(['upkeep', ...figures.flatMap(({ peers }) => Object.keys(peers))])];
  const measured = figures.map((figure) => {
    const values: Readonly<Record<string, number>> = { upkeep: figure.ours, ...figure.peers };
    const verdict = { true: 'met', false: 'MISSED', null: '' }[`${isMet(figure)}`];
    const cells = names.map((name) => `${values[name] === undefined ? '–' : round(values[name])}`);
    return [`${figure.name.slice('others-'.length)} (${figure.unit})`, ...cells, verdict];
  });
  const known = Object.entries(findings);
  const of = (pick: (each: OtherFindings) => string): string[] =>
    known.map(([, each]) => pick(each));
  const found = [
    ['stale: facts lost', ...of(({ returned }) => `${returned.lost}`)],
    ['stale: records back', ...of(({ returned }) => `${returned.resurrected}`)],
    ['stale: agree', ...of(({ returned }) => (returned.areEqual ? 'yes' : 'no'))],
    ...ATTACKS.map((attack) => [attack, ...of(({ tries }) => tries[attack].is)]),
  ];
  const told = known.flatMap(([name, { version, does, tries }]) => [
    `${name} ${version}: signs: ${does.signs}; prunes: ${does.prunes}; starts on ${does.starts}`,
    ...ATTACKS.map((attack) => `  ${attack}: ${tries[attack].is}: ${tries[attack].why}`),
  ]);
  return [
    columns([['', ...names, ''], ...measured]),
    columns([['', ...known.map(([name]) => name)], ...found]),
    told.join('\n'),
    '',
  ].join('\n\n');
};

const columns = (rows: readonly (readonly string[])[]): string => {
  const widths = (rows[0] ?? []).map((_, at) =>
    Math.max(...rows.map((row) => (row[at] ?? '').length)),
  );
  return rows
    .map((row) =>
      row
        .map((cell, at) => cell.padEnd(widths[at] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
};
