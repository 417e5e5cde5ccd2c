import { mayLeave } from '../../core/authority/leaving.js';
import { type Origin, accountOf } from '../../core/authority/roster.js';
import { assert, err, ok } from '../../core/base/result.js';
import type { NewHomes } from '../../ports/new-homes.js';
import type { Store } from '../../ports/store.js';
import type { Done } from '../commands.js';
import type { Context } from '../context.js';
import { envelopeContext, envelopesRow } from '../membership/epoch-secrets.js';
import { draftFounding, signFounding } from '../membership/founding.js';
import type { Holdings } from '../journal/holdings.js';
import { type LeavingFiles, copyFiles, firstSnapshotRows } from './leaving-content.js';
import type { OwnLeaving } from './leaving-rows.js';
import { accountRows } from '../pairing/pending-join.js';
import { rosterRows } from '../membership/roster-rows.js';
import { KEYS, readRow, textIn } from '../storage/rows.js';

/** Drafts an account in a place of this browser that is free: only its keys are kept there. */
export const draftNewAccount = async (
  { deviceName, ports }: Context,
  homes: NewHomes,
  origin: Origin,
): Promise<Pick<OwnLeaving, 'profile' | 'record' | 'envelope'>> => {
  const profile = await homes.nextProfile();
  const vault = homes.vault(profile);
  const founder = (await vault.load()) ?? (await vault.create());
  const secret = ports.randomness.bytes(32);
  const { record, envelopes } = await draftFounding(founder, deviceName, secret, origin);
  const [envelope] = envelopes;
  assert(envelope !== undefined, 'a first record has one member');
  return { profile, record, envelope: envelope.envelope };
};

/** Whether an account lives under a profile already. What is free is not opened: that takes it. */
export const hasAccount = async (context: Context, profile: string): Promise<boolean> => {
  const { homes } = context.ports;
  if ((await homes?.nextProfile()) === profile) return false;
  const opened = await homes?.open(profile);
  if (opened?.ok !== true) return true;
  const id = await accountIn(opened.value);
  await opened.value.close();
  return id !== null;
};

const accountIn = async (store: Store): Promise<string | null> => {
  const row = await store.get('profile', KEYS.account);
  return row.ok && row.value !== null ? textIn(readRow(row.value), 'id') : null;
};

/**
 * Writes a new account into the place that was chosen for it: its first record with the signatures
 * of those who left for it, and the adopted content as its first snapshot, in one strict commit.
 * Files lie there before. Gives the number of those who signed.
 *
 * Doing it again after a device died over it changes nothing: where the account is, it was whole.
 * Who was taken out since it said yes is left out (rule A11).
 */
export const foundAccount = async (
  context: Context,
  holdings: Holdings,
  own: OwnLeaving,
  files: LeavingFiles,
): Done<number> => {
  const { homes, store } = context.ports;
  if (homes === undefined) return err({ kind: 'leaving-unsupported' });
  const keys = await homes.vault(own.profile).load();
  const account = accountOf(own.record);
  const bound = envelopeContext(account, own.record.commitment);
  const isOurs = keys !== null && keys.signer.device === own.record.admin;
  const secret = isOurs ? await keys.sealer.open(own.envelope, bound) : null;
  if (keys === null || secret?.ok !== true) return err({ kind: 'leaving-lost' });
  const members = mayLeave(holdings.chain());
  const leavers = own.answers.flatMap(({ device: signer, signature }) =>
    signature !== null && members.includes(signer) ? { signer, signature } : [],
  );
  const admitted = await signFounding(keys, own.record, context.ports.verifier, leavers);
  if (!admitted.ok) return err({ kind: 'leaving-lost' });
  const state = own.tail ? holdings.fold().state() : holdings.base().state;
  const into = { account, record: own.record, keys, secret: secret.value };
  const opened = await homes.open(own.profile);
  if (!opened.ok) return err({ kind: 'store', error: opened.error });
  const home = opened.value;
  try {
    const there = await accountIn(home);
    if (there === account) return ok(leavers.length);
    if (there !== null) return err({ kind: 'leaving-lost' });
    const first = await firstSnapshotRows(context, state, holdings.foldVersion(), files, into);
    const copied = await copyFiles(store, home, first.blobs);
    if (!copied.ok) return err({ kind: 'store', error: copied.error });
    const done = await home.commit(
      [
        ...accountRows(account, context.deviceName),
        ...rosterRows(admitted.value),
        envelopesRow(admitted.value.hash, [{ device: keys.signer.device, envelope: own.envelope }]),
        ...first.rows,
      ],
      'strict',
    );
    return done.ok ? ok(leavers.length) : err({ kind: 'store', error: done.error });
  } finally {
    await home.close();
  }
};
