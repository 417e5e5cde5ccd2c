import { type Fields, type Act, fieldsOf, lineOfFields } from './work.js';

/** A value of a map in which a record lies under its key and each change under a key of its own. */
export type Keyed = readonly [key: string, value: unknown];

/** What a deed sets in such a map; null as value deletes. */
export const keyedOf = ({ key, deed }: Pick<Act, 'key' | 'deed'>): Keyed => {
  if (deed.kind === 'create') return [key, fieldsOf(deed.content)];
  if (deed.kind === 'retitle') return [`${key}|title`, deed.title];
  return deed.kind === 'label' ? [`${key}|label:${deed.label}`, true] : [key, null];
};

/** The records of such a map; changes of what is not there count for nothing. */
export const recordsOfKeyed = (entries: Iterable<Keyed>): readonly string[] => {
  const records = new Map<string, Fields>();
  const changes: Keyed[] = [];
  for (const [key, value] of entries) {
    if (key.includes('|')) changes.push([key, value]);
    else records.set(key, { ...(value as Fields) });
  }
  for (const [key, value] of changes) {
    const at = key.indexOf('|');
    const record = records.get(key.slice(0, at));
    if (record !== undefined) record[key.slice(at + 1)] = value as string | true;
  }
  return [...records.values()].map(lineOfFields);
};
