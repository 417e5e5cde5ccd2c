import { createCompletion, encodeSnapshotCompletion } from '../../core/authority/completion.js';
import type { RosterChain } from '../../core/authority/chain.js';
import { type RosterRecord, memberOf } from '../../core/authority/roster.js';
import type { Share } from '../../core/authority/signature-check.js';
import {
  type SnapshotSubject,
  shareSigningBytes,
  snapshotStatement,
  statementHashOf,
} from '../../core/authority/statement.js';
import { joinShares } from '../../core/authority/threshold-signature.js';
import type { RosterHash, StatementHash } from '../../core/base/brands.js';
import type { DeviceKeys } from '../../ports/keys.js';

/** A record that was in force once, and its name. */
export interface OldRecord {
  readonly record: RosterRecord;
  readonly roster: RosterHash;
}

/** The first record under which these keys alone were enough for a snapshot; null for none. */
export const firstEnough = (chain: RosterChain, keys: readonly DeviceKeys[]): OldRecord | null => {
  for (const roster of chain.lineage) {
    const record = chain.recordAt(roster);
    if (record === null) continue;
    const members = keys.filter(({ signer }) => memberOf(record, signer.device) !== null);
    if (members.length >= record.snapshotThreshold) return { record, roster };
  }
  return null;
};

/** What a device's key says to a statement. */
export const signedBy = async (
  { signer }: DeviceKeys,
  statement: StatementHash,
): Promise<Share> => ({
  signer: signer.device,
  signature: await signer.sign(shareSigningBytes(statement)),
});

/** What these keys say to a snapshot. */
export const sharesOf = (
  keys: readonly DeviceKeys[],
  subject: SnapshotSubject,
): Promise<readonly Share[]> => {
  const statement = statementHashOf(snapshotStatement(subject));
  return Promise.all(keys.map((each) => signedBy(each, statement)));
};

/** The bytes of a snapshot completed with these signatures, whatever they are worth. */
export const completedWith = (
  record: RosterRecord,
  subject: SnapshotSubject,
  shares: readonly Share[],
): Uint8Array => encodeSnapshotCompletion(createCompletion(subject, joinShares(record, shares)));
