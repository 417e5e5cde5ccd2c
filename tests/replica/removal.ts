import { createMemoryKeys } from '../../src/adapters/memory/memory-keys.js';
import {
  encodeRosterCompletion,
  sortedShares,
} from '../../src/core/authority/roster-completion.js';
import { planRosterChange } from '../../src/core/authority/roster-plan.js';
import { type RosterRecord, rosterHashOf } from '../../src/core/authority/roster.js';
import { shareSigningBytes, statementHashOf } from '../../src/core/authority/statement.js';
import { transitionStatement } from '../../src/core/authority/transition.js';
import type { DeviceId, RosterHash } from '../../src/core/base/brands.js';
import { sha256 } from '../../src/core/base/hash.js';
import { assert } from '../../src/core/base/result.js';
import { secretCommitment } from '../../src/core/links/rooms.js';
import { type Envelope, sealSecret } from '../../src/replica/membership/epoch-secrets.js';
import type { Holdings } from '../../src/replica/journal/holdings.js';

/** A removal that its voters agreed to, with the secret of the epoch that it opens. */
export interface Removal {
  readonly record: RosterRecord;
  readonly hash: RosterHash;
  readonly bytes: Uint8Array;
  readonly secret: Uint8Array;
  readonly envelopes: readonly Envelope[];
}

/** The record that removes a device, voted for by those devices of a household. */
export const removalOf = async (
  holdings: Holdings,
  device: DeviceId,
  voters: readonly string[],
): Promise<Removal> => {
  const chain = holdings.chain();
  const secret = sha256(new TextEncoder().encode(`after ${device}`));
  const ground = { commitment: secretCommitment(secret), closing: [], heads: holdings.tips() };
  const planned = planRosterChange(chain.tip, { remove: [device] }, ground);
  assert(planned.ok, 'the removal can be planned');
  const record = planned.value;
  const draft = {
    record,
    ...{ round: 0, proposer: chain.tip.admin, votes: [], consents: [], promises: [] },
  };
  const predecessor = { account: holdings.account, record: chain.tip };
  const statement = statementHashOf(transitionStatement(draft, predecessor));
  const votes = voters.map(async (name) => {
    const { signer } = createMemoryKeys(name);
    return { signer: signer.device, signature: await signer.sign(shareSigningBytes(statement)) };
  });
  const { sealer } = createMemoryKeys(voters[0] ?? '');
  return {
    record,
    hash: rosterHashOf(record),
    bytes: encodeRosterCompletion({ ...draft, votes: sortedShares(await Promise.all(votes)) }),
    secret,
    envelopes: await sealSecret(sealer, holdings.account, record.members, secret),
  };
};
