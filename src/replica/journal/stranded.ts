import { memberOf } from '../../core/authority/roster.js';
import type { DeviceId } from '../../core/base/brands.js';
import { LIMITS } from '../../core/base/limits.js';
import { err } from '../../core/base/result.js';
import { effectOf } from '../../core/journal/effects.js';
import {
  type Dot,
  type Fields,
  type Register,
  itemKeyOf,
  joinFields,
} from '../../core/journal/state.js';
import { type RecordContent, contentOf } from '../../core/records/draft.js';
import type { Row } from '../../ports/store.js';
import type { CommandError, Done, RecordDraft } from '../commands.js';
import type { Context } from '../context.js';
import type { Holdings } from './holdings.js';
import { KEYS, putRow, readRow } from '../storage/rows.js';
import { type StrandedCause, strayFacts } from './stray-facts.js';
import { timesOf } from '../views/view-records.js';
import type { RecordKey, StrandedEditView } from '../view.js';

/**
 * What was written and is part of nothing (rules F7, A4, A11, F6): shown to people, who take it
 * over as a record of their own or leave it. Nothing of it is taken over by itself; own facts that
 * a fallen snapshot had covered come back before they are ever listed (`FallenHeads`).
 */
export interface Stranded {
  /** What waits for a person here; of a removed device's own, all of it. */
  readonly view: (holdings: Holdings) => readonly StrandedEditView[];
  /** Writes the content as a new record of this device; `origin` becomes a label of it. */
  readonly restore: (key: RecordKey, origin: string) => Done<RecordKey>;
  /** Shows it no more on this device, until its author's later words come. */
  readonly leave: (key: RecordKey) => Done;
  readonly load: (own: readonly Row[]) => void;
}

/** Something stranded, with the greatest lamport of what is in it. */
interface Stray {
  readonly edit: StrandedEditView;
  readonly lamport: number;
}

export const createStranded = (
  context: Context,
  create: (draft: RecordDraft) => Done<RecordKey>,
): Stranded => {
  /** Up to which lamport each was left or taken over. */
  const settled = new Map<RecordKey, number>();

  const straysIn = (holdings: Holdings): readonly Stray[] => {
    const all = [...lateEdits(holdings), ...beyondEdits(holdings), ...fallenEdits(holdings)];
    if (all.length === 0 || memberOf(holdings.chain().tip, holdings.me) === null) return all;
    const present = contentsOf(holdings);
    return all.filter(
      ({ edit, lamport }) =>
        (settled.get(edit.key) ?? -1) < lamport && !present.has(contentKey(edit)),
    );
  };

  const find = (key: RecordKey): Stray | null =>
    (context.holdings === null ? [] : straysIn(context.holdings)).find(
      ({ edit }) => edit.key === key,
    ) ?? null;

  const settle = async ({ edit: { key }, lamport }: Stray): Done => {
    const done = await context.commit([putRow('own', KEYS.left(key), lamport)], 'strict');
    if (!done.ok) return err({ kind: 'store', error: done.error });
    settled.set(key, lamport);
    context.changed();
    return done;
  };

  return {
    view: (holdings) => straysIn(holdings).map(({ edit }) => edit),
    restore: async (key, origin) => {
      const stray = find(key);
      if (stray === null) return UNKNOWN;
      const made = await create(draftOf(stray.edit, origin));
      // Where this mark fails, the record that was made says as much while it stays as it is.
      if (made.ok) await settle(stray);
      return made;
    },
    leave: async (key) => {
      const stray = find(key);
      return stray === null ? UNKNOWN : settle(stray);
    },
    load: (own) => {
      for (const { key, value } of own) {
        const lamport = readRow(value);
        if (!key.startsWith(KEYS.left('')) || typeof lamport !== 'number') continue;
        settled.set(key.slice(KEYS.left('').length), lamport);
      }
    },
  };
};

const UNKNOWN = err<CommandError>({ kind: 'unknown-record' });

/** The words as they were, with a label that says whose; where none fits, a last line does. */
const draftOf = ({ title, text, labels }: RecordContent, origin: string): RecordDraft => {
  const letters = [...origin.trim()];
  while (letters.join('').length > LIMITS.labelCharactersMax) letters.pop();
  const label = letters.join('');
  const isFull = labels.length >= LIMITS.labelsMax && !labels.includes(label);
  return {
    title: title.trim() === '' ? '…' : title,
    text: isFull && label !== '' ? `${text}\n\n${label}` : text,
    labels: isFull || label === '' ? labels : [...labels, label],
  };
};

/** Edits of records that a snapshot let go (rule F7). */
const lateEdits = (holdings: Holdings): readonly Stray[] =>
  [...holdings.fold().lateEdits()].flatMap(([key, { fields }]) => {
    const { editedMs, editedBy } = timesOf(holdings, fields);
    return strayOf(holdings, { key, cause: 'let-go', by: editedBy, atMs: editedMs }, fields);
  });

/** What each author wrote of each record and what counts nowhere, over what the record says. */
const beyondEdits = (holdings: Holdings): readonly Stray[] => {
  const { items } = holdings.fold().state();
  const found = new Map<RecordKey, { readonly about: About; before: Fields; fields: Fields }>();
  for (const { fact, cause } of strayFacts(holdings)) {
    const effect = effectOf(fact);
    if (effect.kind !== 'create' && effect.kind !== 'edit') continue;
    const item = itemKeyOf(effect.kind === 'create' ? effect.dot : effect.target);
    const { author, wallMs } = fact.envelope;
    const key = `${item}@${author}`;
    const held = found.get(key);
    found.set(key, {
      about: { key, cause, by: author, atMs: Math.max(wallMs, held?.about.atMs ?? 0) },
      before: items.get(item)?.fields ?? new Map(),
      fields: joinFields(held?.fields ?? new Map(), effect.fields),
    });
  }
  return [...found.values()].flatMap(({ about, before, fields }) =>
    strayOf(holdings, about, fields, before),
  );
};

/**
 * What only fallen snapshots say (rule A11): of a record that is not here all of it, else what each
 * author wrote of it. What is held here as a fact counts, or is listed by its own cause.
 */
const fallenEdits = (holdings: Holdings): readonly Stray[] => {
  const { items } = holdings.fold().state();
  const isHere = ({ session, seq }: Dot): boolean =>
    (holdings.journal().tip(session)?.seq ?? -1) >= seq;
  return [...holdings.fallen().values()].flatMap(({ frontier, items: said }) =>
    [...said].flatMap(([item, { dot, fields }]): readonly Stray[] => {
      const present = items.get(item)?.fields;
      // It was here and is gone: a removal counts more than every edit.
      if (present === undefined && isHere(dot)) return [];
      const byAuthor = new Map<DeviceId, Map<string, Register>>();
      for (const [name, register] of fields) {
        const author = frontier.get(present === undefined ? dot.session : register.session)?.author;
        if (author === undefined || (present !== undefined && isHere(register))) continue;
        byAuthor.set(author, (byAuthor.get(author) ?? new Map()).set(name, register));
      }
      return [...byAuthor].flatMap(([by, own]) => {
        const atMs = Math.max(...[...own.values()].map(({ wallMs }) => wallMs));
        const about: About = { key: `${item}@${by}`, cause: 'fallen', by, atMs };
        return strayOf(holdings, about, own, present);
      });
    }),
  );
};

interface About {
  readonly key: RecordKey;
  readonly cause: StrandedCause;
  readonly by: DeviceId;
  readonly atMs: number;
}

const strayOf = (
  holdings: Holdings,
  { key, cause, by, atMs }: About,
  fields: Fields,
  before: Fields = new Map(),
): readonly Stray[] => {
  const content = contentOf(new Map([...before, ...fields]));
  if (content === null) return [];
  const lamport = Math.max(...[...fields.values()].map((register) => register.lamport));
  const who = { editedMs: atMs, editedBy: by, editedByName: nameOf(holdings, by) };
  return [{ edit: { key, cause, ...content, ...who }, lamport }];
};

/** As the last list called it that knew it. */
const nameOf = (holdings: Holdings, device: DeviceId): string | null => {
  let newest = -1;
  let name: string | null = null;
  for (const { record } of holdings.chain().links.values()) {
    const member = memberOf(record, device);
    if (member === null || record.epoch < newest) continue;
    newest = record.epoch;
    name = member.name;
  }
  return name;
};

/** What the records say now: who took something over already shows it to everybody. */
const contentsOf = (holdings: Holdings): ReadonlySet<string> => {
  const said = new Set<string>();
  for (const { fields } of holdings.fold().state().items.values()) {
    const content = contentOf(fields);
    if (content !== null) said.add(contentKey(content));
  }
  return said;
};

const contentKey = ({ title, text }: RecordContent): string => JSON.stringify([title, text]);
