import { type Result, err, ok } from '../core/base/result.js';
import { ALL_CAPABILITIES_MASK } from '../core/authority/capability.js';
import { encodeRosterCompletion } from '../core/authority/roster-completion.js';
import { accountOf, genesisRecord, rosterHashOf } from '../core/authority/roster.js';
import { shareSigningBytes, statementHashOf } from '../core/authority/statement.js';
import { admitTransition, transitionStatement } from '../core/authority/transition.js';
import { LIMITS } from '../core/base/limits.js';
import { secretCommitment } from '../core/links/rooms.js';
import type { CommandError } from './commands.js';
import type { Context } from './context.js';
import { envelopesRow, sealSecret } from './epoch-secrets.js';
import { type Holdings, createHoldings } from './holdings.js';
import { accountRows } from './pending-join.js';
import { KEYS, putBytes } from './rows.js';

/** Makes an account with this device as its only member (rule A2); durable when it returns. */
export const openAccount = async (
  context: Context,
  deviceName: string,
): Promise<Result<Holdings, CommandError>> => {
  if (context.holdings !== null) return err({ kind: 'has-account' });
  const name = deviceName.trim();
  const max = LIMITS.nameCharactersMax;
  if (name === '') return err({ kind: 'empty', field: 'name' });
  if (name.length > max) return err({ kind: 'too-long', field: 'name', max });
  const { vault, randomness } = context.ports;
  const keys = (await vault.load()) ?? (await vault.create());
  const secret = randomness.bytes(32);
  const member = {
    ...{ device: keys.signer.device, encryptionKey: keys.sealer.encryptionKey, name },
    ...{ capabilities: ALL_CAPABILITIES_MASK, storage: keys.signer.storage },
  };
  const record = genesisRecord(member, secretCommitment(secret));
  const account = accountOf(record);
  const draft = {
    record,
    round: 0,
    proposer: member.device,
    votes: [],
    consents: [],
    promises: [],
  };
  const statement = statementHashOf(transitionStatement(draft, null));
  const signature = await keys.signer.sign(shareSigningBytes(statement));
  const completion = { ...draft, votes: [{ signer: member.device, signature }] };
  const admitted = admitTransition(completion, null, [true]);
  if (!admitted.ok) return err({ kind: 'ill-formed', field: admitted.error.kind });
  const envelopes = await sealSecret(keys.sealer, account, record.members, secret);
  const hash = rosterHashOf(record);
  const done = await context.commit(
    [
      ...accountRows(account, name),
      putBytes('governance', KEYS.roster(hash), encodeRosterCompletion(completion)),
      envelopesRow(hash, envelopes),
    ],
    'strict',
  );
  if (!done.ok) return err({ kind: 'store', error: done.error });
  context.keys = keys;
  context.deviceName = name;
  const holdings = createHoldings(account, member.device);
  holdings.addTransition(admitted.value);
  context.activity.add('account-created', 'good', member.device, { name });
  return ok(holdings);
};
