import type { RosterHash, SessionId, StatementHash } from '../../../src/core/base/brands.js';
import { encodeRosterRecord, rosterHashOf } from '../../../src/core/authority/roster.js';
import {
  proposalIdOf,
  rosterStatement,
  snapshotStatement,
  statementHashOf,
  type SnapshotSubject,
} from '../../../src/core/authority/statement.js';
import { encodeBody, type Body } from '../../../src/core/facts/bodies.js';
import type { Act } from '../../../src/core/journal/state.js';
import {
  ACCOUNT,
  GENESIS,
  alice,
  bob,
  carol,
  dave,
  hexOf,
  recordOf,
  subjectOf,
  type Person,
} from '../authority/people.js';

export const RECORD = recordOf([alice, bob, carol], GENESIS);
export const ROSTER = rosterHashOf(RECORD);
export const SUBJECT = subjectOf(RECORD);
export const SNAPSHOT = statementHashOf(snapshotStatement(SUBJECT));
const NEXT = recordOf([alice, bob, carol, dave], RECORD);
export const CHANGE = statementHashOf(
  rosterStatement({
    ...{ account: ACCOUNT, epoch: RECORD.epoch, roster: ROSTER },
    ...{ record: rosterHashOf(NEXT), round: 0, proposer: alice.device },
  }),
);

/** A kernel fact of one person, at a place in their only session. */
export const actBy = (
  person: Person,
  seq: number,
  body: Body,
  changes: { readonly roster?: RosterHash; readonly lamport?: number } = {},
): Act => {
  const bytes = encodeBody(body);
  if (!bytes.ok) throw new Error(JSON.stringify(bytes.error));
  return {
    dot: { session: hexOf<SessionId>(`session of ${person.name}`), seq },
    author: person.device,
    kind: body.kind,
    roster: changes.roster ?? ROSTER,
    lamport: changes.lamport ?? seq,
    wallMs: 1000 + seq,
    body: bytes.value,
  };
};

export const proposed = (subject: SnapshotSubject = SUBJECT, expires = 5000): Body => {
  const { account: _account, ...said } = subject;
  const proposal = proposalIdOf({ ...subject, body: subject });
  return { kind: 'snapshot.proposed', ...said, proposal, comment: 'spring', expires };
};

export const changeProposed = (): Body => ({
  kind: 'roster.proposed',
  record: encodeRosterRecord(NEXT),
  ...{ envelopes: [], consents: [], promises: [] },
  ...{ comment: 'dave joins', expires: 5000, round: 0 },
});

export const signatureOf = (person: Person, byte = 0): Uint8Array =>
  new Uint8Array(64).fill(person.name.charCodeAt(0) + byte);

export const approved = (
  person: Person,
  statement: StatementHash = SNAPSHOT,
  purpose: 'snapshot' | 'roster' = 'snapshot',
  byte = 0,
): Body => ({
  kind: `${purpose}.approved`,
  statement,
  signature: signatureOf(person, byte),
  comment: `yes from ${person.name}`,
  bundle: null,
});

export const refused = (reason: string, statement: StatementHash = SNAPSHOT): Body => ({
  kind: 'snapshot.refused',
  statement,
  reason,
  differs: ['items'],
});

export const abandoned = (
  cause: 'withdrawn' | 'expired' | 'superseded',
  statement: StatementHash = SNAPSHOT,
): Body => ({ kind: 'snapshot.abandoned', statement, cause });
