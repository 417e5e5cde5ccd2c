import { type Content, type Deed, deedsOf } from '../page/samples.js';

/** A deed of one of several sessions; records are named by session and place. */
export interface Act {
  readonly session: number;
  readonly key: string;
  readonly deed: Deed;
}

/** So many deeds in so many sessions, as all replicas write them. */
export interface Work {
  readonly facts: number;
  readonly acts: readonly Act[];
}

export const SESSIONS = 3;

/** The deeds of the samples; the sessions write by turns, so that a past is one of all of them. */
export const workOf = (
  facts: number,
  deedsFor: (count: number) => readonly Deed[] = deedsOf,
): Work => {
  const bySession = Array.from({ length: SESSIONS }, (_, session) => {
    const share = Math.floor((facts * (session + 1)) / SESSIONS);
    return deedsFor(share - Math.floor((facts * session) / SESSIONS));
  });
  const longest = Math.max(...bySession.map((deeds) => deeds.length));
  const acts = Array.from({ length: longest }, (_, place) =>
    bySession.flatMap((deeds, session): Act[] => {
      const deed = deeds[place];
      return deed === undefined ? [] : [{ session, key: `${session}:${deed.record}`, deed }];
    }),
  ).flat();
  return { facts, acts };
};

/** What every replica lists at the end: the plain fold of all deeds. */
export const recordsOf = (acts: readonly Act[]): readonly string[] => {
  const records = new Map<string, Content>();
  for (const { key, deed } of acts) {
    const record = records.get(key);
    if (deed.kind === 'create') records.set(key, deed.content);
    else if (deed.kind === 'remove') records.delete(key);
    else if (record === undefined) continue;
    else if (deed.kind === 'retitle') records.set(key, { ...record, title: deed.title });
    else records.set(key, { ...record, labels: [...record.labels, deed.label] });
  }
  return [...records.values()].map(({ title, labels }) => lineOf(title, labels));
};

export const lineOf = (title: string, labels: readonly string[]): string =>
  `${title}|${[...new Set(labels)].sort().join(',')}`;

/** A record as flat fields: what registers of last writers hold. */
export type Fields = { [field: string]: string | true };

const LABEL = 'label:';

export const fieldsOf = ({ title, text, labels }: Content): Fields => ({
  ...{ title, text },
  ...Object.fromEntries(labels.map((label) => [`${LABEL}${label}`, true as const])),
});

/** The field that an edit sets. */
export const changeOf = (deed: Deed): readonly [field: string, value: string | true] | null => {
  if (deed.kind === 'retitle') return ['title', deed.title];
  return deed.kind === 'label' ? [`${LABEL}${deed.label}`, true] : null;
};

export const lineOfFields = (fields: Readonly<Record<string, unknown>>): string =>
  lineOf(
    String(fields['title']),
    Object.keys(fields).flatMap((each) =>
      each.startsWith(LABEL) ? [each.slice(LABEL.length)] : [],
    ),
  );
