import { ed25519 } from '@noble/curves/ed25519.js';
import type {
  AccountId,
  DeviceId,
  FactId,
  Hash,
  HeadId,
  RosterHash,
  SessionId,
} from '../../../src/core/base/brands.js';
import { DOMAINS } from '../../../src/core/base/domains.js';
import { bytesToHex, hashOf, hexToBytes, sha256 } from '../../../src/core/base/hash.js';
import type { Body } from '../../../src/core/facts/bodies.js';
import {
  encodeFact,
  factSigningBytes,
  type EnvelopeFields,
  type Fact,
} from '../../../src/core/facts/codec.js';
import type { SignedBranch } from '../../../src/core/facts/equivocation.js';
import { sessionIdOf } from '../../../src/core/facts/session.js';

/** 32 bytes in hex that stand for something with this name. */
export const idNamed = <T extends string>(name: string): T =>
  hashOf<T>(DOMAINS.words, `test ${name}`);

export const ACCOUNT = idNamed<AccountId>('account');
export const ROSTER = idNamed<RosterHash>('roster');
export const HEAD = idNamed<HeadId>('head');

export interface Author {
  readonly device: DeviceId;
  readonly sign: (fact: Fact) => Uint8Array;
}

const authorNamed = (name: string): Author => {
  const secret = sha256(new TextEncoder().encode(name));
  const device = bytesToHex(ed25519.getPublicKey(secret)) as DeviceId;
  return { device, sign: (fact) => ed25519.sign(factSigningBytes(fact.id), secret) };
};

export const alice = authorNamed('alice');
export const bob = authorNamed('bob');

export const isSignedBy = (author: DeviceId, fact: Fact, signature: Uint8Array): boolean =>
  ed25519.verify(signature, factSigningBytes(fact.id), hexToBytes(author), { zip215: false });

export const nonceNamed = (name: string): Hash => idNamed<Hash>(`nonce ${name}`);

export const opening = (nonce: string, head: HeadId | null = null): Body => ({
  kind: 'session.opened',
  nonce: nonceNamed(nonce),
  head,
});

export const note = (title: string): Body => ({
  kind: 'record.created',
  title,
  text: 'as good as new',
  labels: ['garden', 'tools'],
});

/** The envelope of a session's first fact. */
export const openingFields = (author: Author, nonce: string): EnvelopeFields => ({
  account: ACCOUNT,
  session: sessionIdOf(ACCOUNT, author.device, nonceNamed(nonce)),
  author: author.device,
  seq: 0,
  prev: null,
  lamport: 1,
  wallMs: 1_700_000_000_000,
  epoch: 0,
  roster: ROSTER,
});

/** The envelope of what follows a fact. */
export const nextFields = (before: Fact, changes: Partial<EnvelopeFields> = {}): EnvelopeFields => {
  const { version: _version, kind: _kind, body: _body, ...fields } = before.envelope;
  const seq = before.envelope.seq + 1;
  const lamport = before.envelope.lamport + 1;
  const wallMs = before.envelope.wallMs + 1000;
  return { ...fields, seq, lamport, wallMs, prev: before.id, ...changes };
};

/** The fact that follows another. */
export const after = (before: Fact, body: Body, changes: Partial<EnvelopeFields> = {}): Fact =>
  encodeFact(nextFields(before, changes), body);

/** A session of so many facts; `branchAt` makes facts from there on differ from the plain session. */
export const sessionOf = (
  author: Author,
  nonce: string,
  length: number,
  branchAt: number = Number.POSITIVE_INFINITY,
): Fact[] => {
  const facts = [encodeFact(openingFields(author, nonce), opening(nonce))];
  while (facts.length < length) {
    const seq = facts.length;
    const title = seq >= branchAt ? `other ${seq}` : `note ${seq}`;
    facts.push(after(facts[seq - 1] as Fact, note(title)));
  }
  return facts;
};

/** Signatures of the facts at these seqs, as they are offered with a run. */
export const signaturesAt = (
  author: Author,
  facts: readonly Fact[],
  ...seqs: readonly number[]
): ReadonlyMap<number, Uint8Array> =>
  new Map(
    facts
      .filter((fact) => seqs.includes(fact.envelope.seq))
      .map((fact) => [fact.envelope.seq, author.sign(fact)]),
  );

/** The branch of these facts, signed at its end. */
export const branchOf = (author: Author, facts: readonly Fact[]): SignedBranch => ({
  links: facts,
  signature: author.sign(facts.at(-1) as Fact),
});

export const sessionNamed = (name: string): SessionId => idNamed<SessionId>(`session ${name}`);
export const factNamed = (name: string): FactId => idNamed<FactId>(`fact ${name}`);
