import type { SessionId } from '../base/brands.js';
import { type CanonicalValue, encodeCanonical } from '../base/canonical.js';
import { compareBytes } from '../base/hash.js';
import { type Compare, compareText } from '../base/ordering.js';

/**
 * Where a fact stands among all others, the same on every replica. It is unique to one fact, unless
 * two standing cuts hold different branches of one session (rule F6).
 */
export interface Stamp {
  readonly lamport: number;
  readonly session: SessionId;
  readonly seq: number;
}

/** Orders by (lamport, session, seq). */
export const compareStamps: Compare<Stamp> = (left, right) =>
  left.lamport - right.lamport || compareText(left.session, right.session) || left.seq - right.seq;

/** A last-writer register. */
export interface Register extends Stamp {
  readonly wallMs: number;
  readonly value: CanonicalValue;
}

export type Fields = ReadonlyMap<string, Register>;

/** Which of two registers of one name counts. */
export type JoinOfRegisters = (left: Register, right: Register) => Register;

/** The later of two registers by their stamps; of two branches' the greater bytes. */
export const joinRegisters: JoinOfRegisters = (left, right) => {
  const order = compareStamps(left, right);
  if (order !== 0) return order > 0 ? left : right;
  if (left === right) return left;
  const [ours, theirs] = [left, right].map(({ wallMs, value }) => encodeCanonical([wallMs, value]));
  return compareBytes(ours as Uint8Array, theirs as Uint8Array) >= 0 ? left : right;
};

/** Joins name by name; `left` itself where nothing of `right` counts. */
export const joinFields = (
  left: Fields,
  right: Fields,
  joinOf: (name: string) => JoinOfRegisters = () => joinRegisters,
): Fields => {
  let joined: Map<string, Register> | null = null;
  for (const [name, register] of right) {
    const held = left.get(name);
    const winner = held === undefined ? register : joinOf(name)(held, register);
    if (winner === held) continue;
    joined ??= new Map(left);
    joined.set(name, winner);
  }
  return joined ?? left;
};
