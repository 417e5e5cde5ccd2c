import type { RecordView } from '../../../replica/view.js';

/** What the list is narrowed to. */
export interface RecordFilter {
  /** Every word of it must occur somewhere in title, text or labels. */
  readonly query: string;
  /** A record must carry this label; null: any. */
  readonly label: string | null;
}

/** Records are immutable, so what was folded for one stays true. */
const foldedByRecord = new WeakMap<RecordView, string>();

const PLAIN = /^[\x20-\x7e\n]*$/u;

/**
 * Case and accents do not count: "Cafe" finds "café". Most texts have none and take the short way.
 */
export const foldText = (text: string): string => {
  const plain = PLAIN.test(text) ? text : text.normalize('NFD').replace(/\p{Mn}/gu, '');
  return plain.toLowerCase();
};

const foldedOf = (record: RecordView): string => {
  const known = foldedByRecord.get(record);
  if (known !== undefined) return known;
  const folded = foldText([record.title, record.text, ...record.labels].join('\n'));
  foldedByRecord.set(record, folded);
  return folded;
};

/**
 * The records that a filter lets through, in the order given.
 *
 * An empty filter gives the same array back. Limits: none; errors: none.
 */
export const filterRecords = (
  records: readonly RecordView[],
  filter: RecordFilter,
): readonly RecordView[] => {
  const words = foldText(filter.query)
    .split(/\s+/u)
    .filter((word) => word !== '');
  const { label } = filter;
  if (words.length === 0 && label === null) return records;
  return records.filter((record) => {
    if (label !== null && !record.labels.includes(label)) return false;
    if (words.length === 0) return true;
    const folded = foldedOf(record);
    return words.every((word) => folded.includes(word));
  });
};

/** Last edited first; the key settles equal times, so that every device shows one order. */
export const newestFirst = (records: readonly RecordView[]): readonly RecordView[] =>
  [...records].sort((a, b) => b.editedMs - a.editedMs || (a.key < b.key ? -1 : 1));

/** One label and how many records carry it. */
export interface LabelCount {
  readonly label: string;
  readonly count: number;
}

/** All labels, the most used first, equal counts by name. */
export const countLabels = (records: readonly RecordView[]): readonly LabelCount[] => {
  const countByLabel = new Map<string, number>();
  for (const record of records) {
    for (const label of record.labels) {
      countByLabel.set(label, (countByLabel.get(label) ?? 0) + 1);
    }
  }
  return [...countByLabel]
    .map(([label, count]) => ({ label, count }))
    .sort((a, b) => b.count - a.count || (a.label < b.label ? -1 : 1));
};

/** The first line of the text that says something, for one line in a list. */
export const excerptOf = (text: string): string => {
  const line = text.split('\n', 20).find((part) => part.trim() !== '') ?? '';
  return line.trim().slice(0, 160);
};
