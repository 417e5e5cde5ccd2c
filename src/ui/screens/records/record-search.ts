import { type ClassCounts, hitRateOf, isLow } from '../../../core/cache/hit-rate.js';
import type { RecordView } from '../../../replica/view.js';

/** What the list is narrowed to. */
export interface RecordFilter {
  /** Every word of it must occur somewhere in title, text or labels. */
  readonly query: string;
  /** A record must carry this label; null: any. */
  readonly label: string | null;
}

/** Title, labels and text of a record in one piece, and where the first two end. */
interface Folded {
  readonly all: string;
  readonly titleEnd: number;
  readonly labelsEnd: number;
}

const PLAIN = /^[\x20-\x7e\n]*$/u;

/**
 * Case and accents do not count: "Cafe" finds "café", "strasse" finds "Straße". Most texts have
 * none and take the short way.
 */
export const foldText = (text: string): string => {
  if (PLAIN.test(text)) return text.toLowerCase();
  return text
    .normalize('NFD')
    .replace(/\p{Mn}/gu, '')
    .toLowerCase()
    .replaceAll('ß', 'ss');
};

/** Records are immutable, so what was folded for one stays true. */
let ready = new WeakMap<RecordView, Folded>();
let [hits, misses] = [0, 0];

/** How often a text that was looked through was ready for it (rule K3). */
export const searchFigures = () => {
  const counts: ClassCounts = { hits, misses, refusals: 0 };
  return { ...counts, hitRate: hitRateOf(counts), isLow: isLow(counts) };
};

/** Makes every text ready anew when it is looked through next. */
export const forgetTexts = (): void => void (ready = new WeakMap());

const foldedOf = (record: RecordView): Folded => {
  const held = ready.get(record);
  if (held !== undefined) {
    hits += 1;
    return held;
  }
  misses += 1;
  const folded = foldRecord(record);
  ready.set(record, folded);
  return folded;
};

const foldRecord = (record: RecordView): Folded => {
  const title = foldText(record.title);
  const top = [title, ...record.labels.map(foldText)].join('\n');
  const all = `${top}\n${foldText(record.text)}`;
  return { all, titleEnd: title.length, labelsEnd: top.length };
};

/** How far from the title words stand: 0 for all in it; null where one is nowhere. */
const distanceOf = (folded: Folded, words: readonly string[]): number | null => {
  let distance = 0;
  for (const word of words) {
    const at = folded.all.indexOf(word);
    if (at < 0) return null;
    if (at >= folded.titleEnd) distance += at < folded.labelsEnd ? 1 : 2;
  }
  return distance;
};

/** A filter on its way through records, in turns. */
export interface RecordSearch {
  /** Looks on until it is over, at one record at least if one is left; true once none is. */
  readonly lookOn: (isOver: () => boolean) => boolean;
  /** What was let through so far, in the order of `filterRecords`. */
  readonly found: () => readonly RecordView[];
}

/** Null where the filter lets everything through. */
export const startSearch = (
  records: readonly RecordView[],
  filter: RecordFilter,
): RecordSearch | null => {
  const words = foldText(filter.query)
    .split(/\s+/u)
    .filter((word) => word !== '');
  const { label } = filter;
  if (words.length === 0 && label === null) return null;
  const found: { readonly record: RecordView; readonly distance: number }[] = [];
  let next = 0;
  const look = (record: RecordView): void => {
    if (label !== null && !record.labels.includes(label)) return;
    const distance = words.length === 0 ? 0 : distanceOf(foldedOf(record), words);
    if (distance !== null) found.push({ record, distance });
  };
  return {
    lookOn: (isOver) => {
      while (next < records.length) {
        look(records[next] as RecordView);
        next += 1;
        if (next % RECORDS_BETWEEN_LOOKS === 0 && isOver()) break;
      }
      return next >= records.length;
    },
    found: () => [...found].sort((a, b) => a.distance - b.distance).map(({ record }) => record),
  };
};

/** The clock is looked at after so many. */
const RECORDS_BETWEEN_LOOKS = 16;

const never = (): boolean => false;

/**
 * The records that a filter lets through, in the order given.
 *
 * Where words are asked for, those that have them in the title come first, then in labels, then in
 * the text; what is equal stays in the order given. An empty filter gives the same array back.
 * Limits: none; errors: none.
 */
export const filterRecords = (
  records: readonly RecordView[],
  filter: RecordFilter,
): readonly RecordView[] => {
  const search = startSearch(records, filter);
  if (search === null) return records;
  search.lookOn(never);
  return search.found();
};

/**
 * Makes texts ready for searching before anybody asks. What it gives goes on until it is over, and
 * is true once all are ready.
 */
export const startReadying = (
  records: readonly RecordView[],
): ((isOver: () => boolean) => boolean) => {
  let next = 0;
  return (isOver) => {
    while (next < records.length) {
      const record = records[next] as RecordView;
      next += 1;
      if (!ready.has(record)) foldedOf(record);
      if (next % RECORDS_BETWEEN_LOOKS === 0 && isOver()) break;
    }
    return next >= records.length;
  };
};

/** One label and how many records carry it. */
export interface LabelCount {
  readonly label: string;
  readonly count: number;
}

/** What was counted last: one list is counted once, and a change of it costs what it changed. */
let counted: Counted = { records: [], countByLabel: new Map(), counts: [] };

interface Counted {
  readonly records: readonly RecordView[];
  readonly countByLabel: ReadonlyMap<string, number>;
  readonly counts: readonly LabelCount[];
}

/** All labels, the most used first, equal counts by name. */
export const countLabels = (records: readonly RecordView[]): readonly LabelCount[] => {
  if (records === counted.records) return counted.counts;
  const changes = changesOf(counted.records, records);
  const countByLabel = new Map(changes === null ? [] : counted.countByLabel);
  const add = (record: RecordView, by: number): void => {
    for (const label of record.labels) {
      countByLabel.set(label, (countByLabel.get(label) ?? 0) + by);
    }
  };
  if (changes === null) for (const record of records) add(record, 1);
  else for (const { record, by } of changes) add(record, by);
  for (const [label, count] of countByLabel) if (count === 0) countByLabel.delete(label);
  const counts = [...countByLabel]
    .map(([label, count]) => ({ label, count }))
    .sort((a, b) => b.count - a.count || (a.label < b.label ? -1 : 1));
  counted = { records, countByLabel, counts };
  return counts;
};

const CHANGES_MAX = 64;

/** Which records came (1) and went (-1) between two lists; null where they are many. */
const changesOf = (
  before: readonly RecordView[],
  now: readonly RecordView[],
): readonly { readonly record: RecordView; readonly by: number }[] | null => {
  const changes: { record: RecordView; by: number }[] = [];
  let [left, right] = [0, 0];
  while (left < before.length || right < now.length) {
    const [old, fresh] = [before[left], now[right]];
    if (old !== undefined && old === fresh) {
      left += 1;
      right += 1;
      continue;
    }
    if (changes.length >= CHANGES_MAX) return null;
    // One that stands here now and before which the old list goes on came in between.
    if (fresh !== undefined && (old === undefined || now[right + 1] === old)) {
      changes.push({ record: fresh, by: 1 });
      right += 1;
    } else if (old !== undefined) {
      changes.push({ record: old, by: -1 });
      left += 1;
    }
  }
  return changes;
};

/** The first line of the text that says something, for one line in a list. */
export const excerptOf = (text: string): string => {
  const line = text.split('\n', 20).find((part) => part.trim() !== '') ?? '';
  return line.trim().slice(0, 160);
};
