import type { BlobId, DeviceId, FactId, SessionId } from '../base/brands.js';
import { blobOfField, wrapMark } from '../journal/file-fields.js';
import { sortedByDot } from '../journal/state-codec.js';
import {
  type Fields,
  type Item,
  type ItemKey,
  type Register,
  type State,
  itemKeyOf,
} from '../journal/state.js';

/** Under whose name a new account holds what it took over. */
export interface Adopter {
  readonly device: DeviceId;
  /** A session of the new account that no fact was written in. */
  readonly session: SessionId;
  /** When it took it over; wall ms. */
  readonly wallMs: number;
  /** Files that come along, with their keys as the new account's first epoch wraps them. */
  readonly wraps: ReadonlyMap<BlobId, Uint8Array>;
}

/**
 * The state that a new account begins with: the content of another one, and nothing that was only
 * about that one (rule A12).
 *
 * Records keep their fields, and when each was written; who wrote them is of the account before, so
 * all of it stands in one session of the adopter, record by record. Files that do not come along
 * are no longer named. Left out are decisions, what devices said of themselves, rules, leases,
 * floors, upgrades, and edits that waited for what never came. Equal states and adopters give equal
 * results; no session or key of the other account is in it.
 */
export const adoptContent = (state: State, adopter: Adopter): State => {
  const { device, session, wallMs, wraps } = adopter;
  const items = new Map<ItemKey, Item>();
  let lamport = 1;
  for (const [seq, { fields }] of sortedByDot([...state.items.values()]).entries()) {
    const dot = { session, seq };
    const kept = adoptFields(fields, adopter, seq);
    for (const register of kept.values()) lamport = Math.max(lamport, register.lamport);
    items.set(itemKeyOf(dot), { dot, fields: kept });
  }
  const seq = items.size;
  const marks = new Map(
    [...wraps].map(([blob, wrap]): [string, Register] => [
      wrapMark(blob),
      { lamport, session, seq, wallMs, value: [0, wrap] },
    ]),
  );
  const tip = { author: device, seq, id: session as string as FactId, lamport, epoch: 0 };
  return { frontier: new Map([[session, tip]]), items, pending: new Map(), acts: new Map(), marks };
};

/** What came of one place stays in one place; an edit of the new account is later than it all. */
const adoptFields = (fields: Fields, { session, wraps }: Adopter, seq: number): Fields =>
  new Map(
    [...fields].flatMap(([name, register]): [string, Register][] => {
      const blob = blobOfField(name);
      const isLeft = blob !== null && !wraps.has(blob);
      return isLeft ? [] : [[name, { ...register, session, seq }]];
    }),
  );
