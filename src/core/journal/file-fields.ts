import type { BlobId } from '../base/brands.js';
import { brandHex, isHex32 } from '../base/brands.js';

const FILE = 'file:';
const FIRST_UNIT = FILE.charCodeAt(0);
const WRAP = 'blob/';

/** The field of an item that says whether a file hangs on it, and what it is called there. */
export const fileField = (blob: BlobId): string => FILE + blob;

/** The file that a field is about, or null when it is another field. */
export const blobOfField = (field: string): BlobId | null => blobAfter(FILE, field);

/** Whether one of the fields may be about a file; among thousands of items most have none. */
export const hasFileField = (fields: ReadonlyMap<string, unknown>): boolean => {
  for (const field of fields.keys()) {
    if (field.charCodeAt(0) === FIRST_UNIT && field.startsWith(FILE)) return true;
  }
  return false;
};

/** The mark that holds a blob's wrapped key. */
export const wrapMark = (blob: BlobId): string => WRAP + blob;

/** The blob whose wrapped key a mark holds, or null when it is another mark. */
export const blobOfMark = (name: string): BlobId | null => blobAfter(WRAP, name);

const blobAfter = (prefix: string, name: string): BlobId | null => {
  const hex = name.startsWith(prefix) ? name.slice(prefix.length) : '';
  return isHex32(hex) ? brandHex<BlobId>(hex) : null;
};
