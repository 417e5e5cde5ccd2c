import { type CanonicalValue, encodeCanonical } from '../base/canonical.js';
import { compareBytes } from '../base/hash.js';
import { LIMITS } from '../base/limits.js';
import { type Result, err, ok } from '../base/result.js';
import { FOLD_VERSION } from '../journal/fold-version.js';
import { migrateState } from '../journal/migrations.js';
import type { Fields } from '../journal/state.js';
import { fieldsToCanonical, stateToCanonical } from '../journal/state-codec.js';
import { encodePayload, readPayload } from './payload.js';

/** A state taken to this code's format and back again, in canonical bytes. */
export interface RoundTrip {
  /** The format that it was taken to. */
  readonly format: number;
  /** Bytes of the state there. */
  readonly bytes: number;
  /** The same state in its own format again. */
  readonly back: Uint8Array;
}

export type RoundTripFault = { readonly kind: 'unreadable' } | { readonly kind: 'too-large' };

/**
 * What a candidate does with a copy of a device's state (rule U12): up to its own format, written
 * and read there, and down again. Whether anything was lost is not for it to say.
 *
 * Errors: unreadable for what it cannot read, or not read back; too-large for what no snapshot
 * could hold in the new format.
 */
export const roundTrip = (payload: Uint8Array): Result<RoundTrip, RoundTripFault> => {
  const read = readPayload(payload);
  if (!read.ok) return err({ kind: read.error.kind === 'too-large' ? 'too-large' : 'unreadable' });
  const { state, fold } = read.value;
  const written = encodePayload(migrateState(state, fold, FOLD_VERSION).state, FOLD_VERSION);
  if (written.length > LIMITS.payloadBytesMax) return err({ kind: 'too-large' });
  const again = readPayload(written);
  if (!again.ok) return err({ kind: 'unreadable' });
  const older = migrateState(again.value.state, FOLD_VERSION, fold).state;
  const back = encodePayload(older, fold);
  return ok({ format: FOLD_VERSION, bytes: written.length, back });
};

/**
 * What of a state did not come back from a round trip, as the code says that runs now: names of
 * fields (`title`, `label`, `file`), `records` for whole ones, and of other parts; sorted, empty
 * where every byte is the same. Null for what is no state any more.
 */
export const lostBetween = (before: Uint8Array, back: Uint8Array): readonly string[] | null => {
  if (compareBytes(before, back) === 0) return [];
  const [was, is] = [readPayload(before), readPayload(back)];
  if (!was.ok || !is.ok) return null;
  const lost = new Set<string>();
  const [old, now] = [was.value.state, is.value.state];
  for (const [key, { fields }] of old.items) {
    const held = now.items.get(key);
    if (held === undefined) lost.add('records');
    else for (const name of lostFields(fields, held.fields)) lost.add(name);
  }
  const [sheet, other] = [old, now].map((state) => stateToCanonical(state)) as [Sheet, Sheet];
  for (const part of ['acts', 'marks', 'pending', 'sessions']) {
    if (!isSame(sheet[part] ?? [], other[part] ?? [])) lost.add(part);
  }
  // Nothing is missing, but something is there that was not.
  return lost.size === 0 ? ['more'] : [...lost].sort();
};

type Sheet = { readonly [part: string]: CanonicalValue };

const lostFields = (before: Fields, now: Fields): readonly string[] =>
  [...before].flatMap(([name, register]) => {
    const held = now.get(name);
    const sheets = [register, held].map((each) =>
      each === undefined ? [] : fieldsToCanonical(new Map([[name, each]])),
    ) as [CanonicalValue, CanonicalValue];
    return isSame(...sheets) ? [] : [name.split(':')[0] ?? name];
  });

const isSame = (one: CanonicalValue, other: CanonicalValue): boolean =>
  compareBytes(encodeCanonical(one), encodeCanonical(other)) === 0;
