import { isWellFormedText } from '../base/canonical.js';
import { LIMITS } from '../base/limits.js';
import { encodeBody } from '../facts/bodies.js';
import { type Result, err, ok } from '../base/result.js';
import { DATE_FIELD, labelOfField } from '../journal/effects.js';
import type { Fields } from '../journal/state.js';

/** What a person writes: plain text, and labels in any order. */
export interface RecordContent {
  readonly title: string;
  readonly text: string;
  readonly labels: readonly string[];
}

export type DraftError =
  | { readonly kind: 'empty'; readonly field: string }
  | { readonly kind: 'too-long'; readonly field: string; readonly max: number }
  | { readonly kind: 'ill-formed'; readonly field: string };

/**
 * Makes a draft fit to be written: labels trimmed, sorted, each once; the title trimmed.
 *
 * Limits: titleCharactersMax and labelCharactersMax (UTF-16 code units), textBytesMax (UTF-8),
 * labelsMax, and all of it in one fact, else the text is too long.
 * Errors: empty title, too-long, ill-formed (lone surrogates).
 */
export const checkDraft = (draft: RecordContent): Result<RecordContent, DraftError> => {
  const title = draft.title.trim();
  const labels = [...new Set(draft.labels.map((label) => label.trim()).filter(Boolean))].sort();
  if (title === '') return err({ kind: 'empty', field: 'title' });
  if (title.length > LIMITS.titleCharactersMax) {
    return err({ kind: 'too-long', field: 'title', max: LIMITS.titleCharactersMax });
  }
  if (new TextEncoder().encode(draft.text).length > LIMITS.textBytesMax) {
    return err({ kind: 'too-long', field: 'text', max: LIMITS.textBytesMax });
  }
  if (labels.length > LIMITS.labelsMax) {
    return err({ kind: 'too-long', field: 'labels', max: LIMITS.labelsMax });
  }
  if (labels.some((label) => label.length > LIMITS.labelCharactersMax)) {
    return err({ kind: 'too-long', field: 'label', max: LIMITS.labelCharactersMax });
  }
  for (const [field, text] of [
    ['title', title],
    ['text', draft.text],
    ['labels', labels.join()],
  ] as const) {
    if (!isWellFormedText(text)) return err({ kind: 'ill-formed', field });
  }
  const content = { title, text: draft.text, labels };
  return encodeBody({ kind: 'record.created', ...content }).ok
    ? ok(content)
    : err({ kind: 'too-long', field: 'text', max: LIMITS.textBytesMax });
};

/** What an item's fields say as a record; null when they hold neither title nor text. */
export const contentOf = (fields: Fields): RecordContent | null => {
  const title = fields.get('title')?.value;
  const text = fields.get('text')?.value;
  if (typeof title !== 'string' && typeof text !== 'string') return null;
  const labels: string[] = [];
  /** They mostly are: records are created with sorted labels. */
  let isSorted = true;
  fields.forEach(({ value }, field) => {
    const label = value === true ? labelOfField(field) : null;
    if (label === null) return;
    isSorted &&= labels.length === 0 || (labels[labels.length - 1] as string) < label;
    labels.push(label);
  });
  return {
    title: typeof title === 'string' ? title : '',
    text: typeof text === 'string' ? text : '',
    labels: isSorted ? labels : labels.sort(),
  };
};

/** The day on which an item is to be looked at again, `YYYY-MM-DD`; null: none (format 2). */
export const dateOf = (fields: Fields): string | null => {
  const date = fields.get(DATE_FIELD)?.value;
  return typeof date === 'string' ? date : null;
};

/** Only what differs, as an edit says it; null when nothing does. */
export interface RecordChange {
  readonly title?: string;
  readonly text?: string;
  readonly add?: readonly string[];
  readonly remove?: readonly string[];
}

export const changeBetween = (from: RecordContent, to: RecordContent): RecordChange | null => {
  const add = to.labels.filter((label) => !from.labels.includes(label));
  const remove = from.labels.filter((label) => !to.labels.includes(label));
  const change: RecordChange = {
    ...(from.title === to.title ? {} : { title: to.title }),
    ...(from.text === to.text ? {} : { text: to.text }),
    ...(add.length === 0 ? {} : { add }),
    ...(remove.length === 0 ? {} : { remove }),
  };
  return Object.keys(change).length === 0 ? null : change;
};
