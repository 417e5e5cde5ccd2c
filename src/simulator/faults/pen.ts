import type { AccountId, DeviceId, FactId, Hash, SessionId } from '../../core/base/brands.js';
import { sha256Hex } from '../../core/base/hash.js';
import { type CanonicalValue, encodeCanonical } from '../../core/base/canonical.js';
import type { Body } from '../../core/facts/bodies.js';
import {
  type EnvelopeFields,
  type Fact,
  encodeFact,
  factSigningBytes,
  sealFact,
} from '../../core/facts/codec.js';
import { sessionIdOf } from '../../core/facts/session.js';
import type { FactRun } from '../../core/links/messages.js';
import type { DeviceKeys } from '../../ports/keys.js';
import type { Holdings } from '../../replica/journal/holdings.js';

/** A session that a liar writes by hand: whatever it likes, signed with its own key. */
export interface Pen {
  readonly session: SessionId;
  readonly write: (body: Body, twist?: Partial<EnvelopeFields>) => Fact;
  /** A body that no schema has to accept. */
  readonly scrawl: (kind: string, body: CanonicalValue) => Fact;
  readonly run: () => Promise<FactRun>;
  /** Another chain that parts from this one after its first fact. */
  readonly fork: () => Pen;
}

/** The record that a fact claims to be written under. */
type Claim = Pick<EnvelopeFields, 'epoch' | 'roster'>;

/** Opens a session; `seed` makes it another one each time, `claim` names an older record. */
export const createPen = (
  keys: DeviceKeys,
  holdings: Holdings,
  seed: string,
  account: AccountId = holdings.account,
  claim: Claim = { epoch: holdings.chain().tip.epoch, roster: holdings.chain().tipHash },
): Pen => {
  const nonce = sha256Hex(new TextEncoder().encode(seed)) as Hash;
  const session = sessionIdOf(account, keys.signer.device, nonce);
  const pen = penOf({ keys, account, session, claim }, []);
  pen.write({ kind: 'session.opened', nonce, head: null });
  return pen;
};

interface Hand {
  readonly keys: DeviceKeys;
  readonly account: AccountId;
  readonly session: SessionId;
  readonly claim: Claim;
}

const penOf = (hand: Hand, before: readonly Fact[]): Pen => {
  const { keys, account, session, claim } = hand;
  const facts = [...before];
  const fields = (): EnvelopeFields => ({
    ...{ account, session, author: keys.signer.device as DeviceId, seq: facts.length },
    prev: (facts.at(-1)?.id ?? null) as FactId | null,
    lamport: 1 + facts.length,
    ...{ wallMs: 1_767_225_600_000, ...claim },
  });
  const put = (fact: Fact): Fact => {
    facts.push(fact);
    return fact;
  };
  return {
    session,
    write: (body, twist = {}) => put(encodeFact({ ...fields(), ...twist }, body)),
    scrawl: (kind, body) => put(sealFact(fields(), kind, encodeCanonical(body))),
    run: async () => {
      const last = facts.at(-1) as Fact;
      const signature = await keys.signer.sign(factSigningBytes(last.id));
      return {
        session,
        firstSeq: 0,
        facts: facts.map(({ bytes }) => bytes),
        signatures: [{ seq: last.envelope.seq, signature }],
      };
    },
    fork: () => penOf(hand, facts.slice(0, 1)),
  };
};
