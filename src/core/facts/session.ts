import type { AccountId, DeviceId, FactId, SessionId } from '../base/brands.js';
import { DOMAINS } from '../base/domains.js';
import { hashOf, hexToBytes } from '../base/hash.js';
import type { Fact } from './codec.js';

/**
 * The id of the session that an author opens with a nonce (rule F1).
 *
 * It binds account and author: a fact of anybody else in it is malformed, so nobody can be framed.
 * The nonce is 32 random bytes in hex, drawn anew for every session.
 */
export const sessionIdOf = (account: AccountId, author: DeviceId, nonce: string): SessionId =>
  hashOf<SessionId>(DOMAINS.session, [hexToBytes(account), hexToBytes(author), hexToBytes(nonce)]);

/** Where a session stands: its last fact, held or covered by a cut. */
export interface SessionTip {
  readonly author: DeviceId;
  readonly seq: number;
  readonly id: FactId;
  readonly lamport: number;
  readonly epoch: number;
}

/** The tip of a session whose last fact this is. */
export const tipOfFact = (fact: Fact): SessionTip => {
  const { author, seq, lamport, epoch } = fact.envelope;
  return { author, seq, id: fact.id, lamport, epoch };
};
