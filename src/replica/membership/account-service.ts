import { type Result, err, ok } from '../../core/base/result.js';
import { checkDeviceName } from '../../core/authority/device-name.js';
import type { CommandError } from '../commands.js';
import type { Context } from '../context.js';
import { envelopesRow } from './epoch-secrets.js';
import { draftFounding, signFounding } from './founding.js';
import { type Holdings, createHoldings } from '../journal/holdings.js';
import { accountRows } from '../pairing/pending-join.js';
import { rosterRows } from './roster-rows.js';

/** Makes an account with this device as its only member (rule A2); durable when it returns. */
export const openAccount = async (
  context: Context,
  deviceName: string,
): Promise<Result<Holdings, CommandError>> => {
  if (context.holdings !== null) return err({ kind: 'has-account' });
  const checked = checkDeviceName(deviceName);
  if (!checked.ok) return checked;
  const name = checked.value;
  const { vault, randomness, verifier } = context.ports;
  const keys = (await vault.load()) ?? (await vault.create());
  const { record, account, envelopes } = await draftFounding(keys, name, randomness.bytes(32));
  const admitted = await signFounding(keys, record, verifier);
  if (!admitted.ok) return err({ kind: 'ill-formed', field: admitted.error.kind });
  const done = await context.commit(
    [
      ...accountRows(account, name),
      ...rosterRows(admitted.value),
      envelopesRow(admitted.value.hash, envelopes),
    ],
    'strict',
  );
  if (!done.ok) return err({ kind: 'store', error: done.error });
  context.keys = keys;
  context.deviceName = name;
  const holdings = createHoldings(account, keys.signer.device);
  holdings.addTransition(admitted.value);
  context.activity.add('account-created', 'good', keys.signer.device, { name });
  return ok(holdings);
};
