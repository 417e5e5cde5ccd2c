import type { SessionId } from '../../core/base/brands.js';
import { brandHex } from '../../core/base/brands.js';
import { type CanonicalValue, encodeCanonical } from '../../core/base/canonical.js';
import { bytesToHex, hexToBytes } from '../../core/base/hash.js';
import type { Stamp } from '../../core/cache/validity.js';
import type { Row, Change } from '../../ports/store.js';
import { putBytes, readRow } from '../storage/rows.js';

/** A cached value as it lies in the store. */
export interface StoredValue {
  readonly key: string;
  readonly stamp: Stamp;
  readonly value: CanonicalValue;
  readonly bytes: number;
}

/** The row of a value; of another account it is read as nothing. */
export const valueRow = (
  account: string,
  key: string,
  stamp: Stamp,
  value: CanonicalValue,
): Change => {
  const known = [...stamp.invalidations].map(([session, seq]) => [hexToBytes(session), seq]);
  return putBytes('cache', key, encodeCanonical([account, stamp.epoch, known, value]));
};

/** Null for what does not read back, or was computed for another account. */
export const valueFrom = (account: string, { key, value: bytes }: Row): StoredValue | null => {
  const row = readRow(bytes);
  if (!Array.isArray(row) || row.length !== 4) return null;
  const [under, epoch, known, value] = row as readonly CanonicalValue[];
  if (under !== account || typeof epoch !== 'number' || !Array.isArray(known)) return null;
  const invalidations = new Map<SessionId, number>();
  for (const each of known as readonly CanonicalValue[]) {
    const [session, seq] = Array.isArray(each) ? (each as readonly CanonicalValue[]) : [];
    if (!(session instanceof Uint8Array) || session.length !== 32) return null;
    if (typeof seq !== 'number') return null;
    invalidations.set(brandHex<SessionId>(bytesToHex(session)), seq);
  }
  if (value === undefined) return null;
  return { key, stamp: { epoch, invalidations }, value, bytes: bytes.length };
};
