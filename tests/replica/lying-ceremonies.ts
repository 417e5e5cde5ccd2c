import type { SnapshotSubject } from '../../src/core/authority/statement.js';
import {
  proposalIdOf,
  shareSigningBytes,
  snapshotStatement,
  statementHashOf,
} from '../../src/core/authority/statement.js';
import type { StatementHash } from '../../src/core/base/brands.js';
import type { Body } from '../../src/core/facts/bodies.js';
import { captureState } from '../../src/core/snapshots/payload.js';
import { planSnapshot } from '../../src/core/snapshots/proposal.js';
import type { DeviceKeys } from '../../src/ports/keys.js';
import type { Liar } from './liar.js';

/** What the liar would propose from its own store, with whatever is twisted in it. */
export const subjectOf = (
  { holdings }: Liar,
  twist: Partial<SnapshotSubject> = {},
): SnapshotSubject => {
  const capture = captureState(holdings.fold().state(), holdings.chain().tipHash);
  return { ...planSnapshot(holdings.ground(), capture), ...twist };
};

export const statementOf = (subject: SnapshotSubject): StatementHash =>
  statementHashOf(snapshotStatement(subject));

export const proposalOf = (subject: SnapshotSubject, expires: number): Body => {
  const { epoch, roster, predecessors, index, advance, quarantine, lamport } = subject;
  const { digest, payload, fold } = subject;
  return {
    kind: 'snapshot.proposed',
    proposal: proposalIdOf({ epoch, roster, predecessors, body: subject }),
    ...{ epoch, roster, predecessors, index, advance, quarantine, lamport },
    ...{ digest, payload, fold, comment: 'trust me', expires },
  };
};

export const shareOf = (keys: DeviceKeys, statement: StatementHash): Promise<Uint8Array> =>
  keys.signer.sign(shareSigningBytes(statement));

export const approvalOf = (statement: StatementHash, signature: Uint8Array): Body => ({
  ...{ kind: 'snapshot.approved', statement, signature, comment: '', bundle: null },
});
