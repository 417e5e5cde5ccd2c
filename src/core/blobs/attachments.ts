import type { BlobId } from '../base/brands.js';
import type { CanonicalValue } from '../base/canonical.js';
import { isWellFormedText } from '../base/canonical.js';
import { LIMITS } from '../base/limits.js';
import { compareBy, compareInTurn, compareText } from '../base/ordering.js';
import { err, ok, type Result } from '../base/result.js';
import { blobOfField, hasFileField } from '../journal/file-fields.js';
import type { Fields, Register } from '../journal/state.js';

/** A file as a record names it. */
export interface Attachment {
  readonly blob: BlobId;
  readonly name: string;
  readonly type: string;
  readonly bytes: number;
  /** When and by which fact it was last named. */
  readonly named: Register;
}

/** What a person attaches, without its bytes. */
export interface FileDraft {
  readonly name: string;
  readonly type: string;
  readonly bytes: number;
}

export type FileDraftError =
  | { readonly kind: 'empty'; readonly field: string }
  | { readonly kind: 'too-long'; readonly field: string; readonly max: number }
  | { readonly kind: 'ill-formed'; readonly field: string }
  | { readonly kind: 'too-large'; readonly bytes: number; readonly max: number };

/**
 * Makes what a person attaches fit to be written: the name trimmed, a type that is too long left
 * out, for nothing depends on it.
 *
 * Limits: names of fileNameCharactersMax, files of blobBytesMax.
 * Errors: empty or too-long name, ill-formed text, too-large.
 */
export const checkFile = (draft: FileDraft): Result<FileDraft, FileDraftError> => {
  const name = draft.name.trim();
  const max = LIMITS.fileNameCharactersMax;
  if (name === '') return err({ kind: 'empty', field: 'name' });
  if (name.length > max) return err({ kind: 'too-long', field: 'name', max });
  if (!isWellFormedText(name)) return err({ kind: 'ill-formed', field: 'name' });
  if (draft.bytes > LIMITS.blobBytesMax) {
    return err({ kind: 'too-large', bytes: draft.bytes, max: LIMITS.blobBytesMax });
  }
  const isFit = draft.type.length <= LIMITS.fileTypeCharactersMax && isWellFormedText(draft.type);
  return ok({ name, type: isFit ? draft.type : '', bytes: draft.bytes });
};

/** The files that hang on an item, sorted by name, then by blob. */
export const attachmentsOf = (fields: Fields): readonly Attachment[] => {
  if (!hasFileField(fields)) return [];
  const found: Attachment[] = [];
  for (const [field, register] of fields) {
    const blob = blobOfField(field);
    const said = blob === null ? null : attachmentFrom(register.value);
    if (blob !== null && said !== null) found.push({ blob, ...said, named: register });
  }
  return found.sort(byName);
};

/** By name as text sorts, then by blob. */
export const byName = compareInTurn<{ readonly name: string; readonly blob: BlobId }>(
  compareBy(({ name }) => name, compareText),
  compareBy(({ blob }) => blob, compareText),
);

/** Null for a file that was taken off. */
const attachmentFrom = (value: CanonicalValue): FileDraft | null => {
  const [name, type, bytes] = Array.isArray(value) ? (value as readonly CanonicalValue[]) : [];
  const isWhole = typeof name === 'string' && typeof type === 'string' && typeof bytes === 'number';
  return isWhole ? { name, type, bytes } : null;
};
