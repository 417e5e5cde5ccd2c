import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { brandHex } from '../../../src/core/base/brands.js';
import type { RecordView } from '../../../src/replica/view.js';
import {
  countLabels,
  excerptOf,
  filterRecords,
  forgetTexts,
  searchFigures,
} from '../../../src/ui/screens/records/record-search.js';

const record = (key: string, more: Partial<RecordView>): RecordView => ({
  key,
  title: '',
  text: '',
  labels: [],
  date: null,
  attachments: [],
  createdMs: 0,
  editedMs: 0,
  editedBy: brandHex('a'.repeat(64)),
  state: 'saved',
  ...more,
});

const boiler = record('a:1', {
  title: 'Boiler',
  text: 'Serviced in May',
  labels: ['house'],
  editedMs: 3,
});
const cafe = record('a:2', { title: 'Café machine', labels: ['house', 'kitchen'], editedMs: 5 });
const router = record('b:1', { title: 'Router', text: 'PIN behind the BOILER', editedMs: 3 });
const all = [boiler, cafe, router];
const keys = (records: readonly RecordView[]): readonly string[] => records.map(({ key }) => key);

describe('[P1] search in records', () => {
  it('[P1] finds words in title, text and labels, whatever their case', () => {
    expect(keys(filterRecords(all, { query: 'boiler', label: null }))).toEqual(['a:1', 'b:1']);
    expect(keys(filterRecords(all, { query: 'KITCH', label: null }))).toEqual(['a:2']);
  });

  it('[P1] wants every word, in any order and any field', () => {
    expect(keys(filterRecords(all, { query: 'may boiler', label: null }))).toEqual(['a:1']);
    expect(filterRecords(all, { query: 'may router', label: null })).toEqual([]);
  });

  it('[P1] reads past accents both ways', () => {
    expect(keys(filterRecords(all, { query: 'cafe', label: null }))).toEqual(['a:2']);
    expect(keys(filterRecords(all, { query: 'BÓILER', label: null }))).toEqual(['a:1', 'b:1']);
  });

  it('[P1] reads German and Russian', () => {
    const street = record('c:1', { title: 'Straße', text: 'Schlüssel im Flur' });
    const cellar = record('c:2', { title: 'Подвал', text: 'ключ за дверью, ёлка, чайник' });
    const found = (query: string) => keys(filterRecords([street, cellar], { query, label: null }));
    expect(['STRASSE', 'straß', 'schlussel'].map(found)).toEqual([['c:1'], ['c:1'], ['c:1']]);
    expect(['ПОДВ', 'елка', 'ЧАЙНИК'].map(found)).toEqual([['c:2'], ['c:2'], ['c:2']]);
  });

  it('[P1] puts words in the title before those in labels, and these before the text', () => {
    const text = record('d:1', { title: 'Old', text: 'a key to the shed' });
    const label = record('d:2', { title: 'Odd', labels: ['tools', 'keys'] });
    const title = record('d:3', { title: 'Spare key', text: 'key key', labels: ['shed'] });
    const found = (query: string) =>
      keys(filterRecords([text, label, title], { query, label: null }));
    expect(found('key')).toEqual(['d:3', 'd:2', 'd:1']);
    expect(found('key shed')).toEqual(['d:3', 'd:1']);
    expect(found('od')).toEqual(['d:2']);
    expect(keys(filterRecords([text, label], { query: '', label: null }))).toEqual(['d:1', 'd:2']);
  });

  it('[P1] narrows to a whole label, together with the words', () => {
    expect(keys(filterRecords(all, { query: '', label: 'house' }))).toEqual(['a:1', 'a:2']);
    expect(keys(filterRecords(all, { query: 'machine', label: 'house' }))).toEqual(['a:2']);
    expect(filterRecords(all, { query: '', label: 'hous' })).toEqual([]);
  });

  it('[P1] gives the same array back for an empty filter', () => {
    expect(filterRecords(all, { query: '  ', label: null })).toBe(all);
  });

  it('[P1] counts labels, the most used first', () => {
    expect(countLabels(all)).toEqual([
      { label: 'house', count: 2 },
      { label: 'kitchen', count: 1 },
    ]);
  });

  test.prop([fc.array(fc.uniqueArray(fc.nat(90), { maxLength: 90 }), { maxLength: 6 })])(
    '[P1] counts what a list became as if it were counted anew',
    (lists) => {
      const known = Array.from({ length: 91 }, (_, at) =>
        record(`p:${at}`, { labels: at % 3 === 0 ? [] : [`l${at % 4}`, `m${at % 5}`] }),
      );
      for (const list of lists) {
        const records = list.map((at) => known[at] as RecordView);
        const sums = new Map<string, number>();
        for (const label of records.flatMap(({ labels }) => labels)) {
          sums.set(label, (sums.get(label) ?? 0) + 1);
        }
        const counts = countLabels(records);
        expect(new Map(counts.map(({ label, count }) => [label, count]))).toEqual(sums);
        const order = [...counts].sort((a, b) => b.count - a.count || (a.label < b.label ? -1 : 1));
        expect(counts).toEqual(order);
      }
    },
  );

  it('[P1] takes the first line that says something as the excerpt', () => {
    expect(excerptOf('\n  \n  Second line \nthird')).toBe('Second line');
    expect(excerptOf('')).toBe('');
  });
});

describe('[K3] texts made ready for searching', () => {
  it('[K3] are counted: ready the second time, and made again once they were let go of', () => {
    const fresh = [record('c:1', { title: 'Once' }), record('c:2', { title: 'Twice' })];
    const begun = searchFigures();
    const since = () => {
      const { hits, misses } = searchFigures();
      return [hits - begun.hits, misses - begun.misses];
    };
    filterRecords(fresh, { query: '', label: null });
    expect(since()).toEqual([0, 0]);
    filterRecords(fresh, { query: 'once', label: null });
    expect(since()).toEqual([0, 2]);
    filterRecords(fresh, { query: 'twice', label: null });
    expect(since()).toEqual([2, 2]);
    forgetTexts();
    expect(filterRecords(fresh, { query: 'twice', label: null })).toEqual([fresh[1]]);
    expect(since()).toEqual([2, 4]);
  });
});
