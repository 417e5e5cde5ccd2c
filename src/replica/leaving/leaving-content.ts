import {
  type AdmittedCompletion,
  admitCompletion,
  completionChecks,
  createCompletion,
  encodeSnapshotCompletion,
} from '../../core/authority/completion.js';
import type { RosterRecord } from '../../core/authority/roster.js';
import {
  shareSigningBytes,
  snapshotStatement,
  statementHashOf,
} from '../../core/authority/statement.js';
import { joinShares } from '../../core/authority/threshold-signature.js';
import type { AccountId, BlobId, Hash } from '../../core/base/brands.js';
import { brandHex } from '../../core/base/brands.js';
import { bytesToHex } from '../../core/base/hash.js';
import { assert, ok, type Result } from '../../core/base/result.js';
import { attachmentsOf } from '../../core/blobs/attachments.js';
import { wrapKey } from '../../core/blobs/wraps.js';
import { sessionIdOf } from '../../core/facts/session.js';
import { EMPTY_STATE, type State } from '../../core/journal/state.js';
import { adoptContent } from '../../core/snapshots/adopted-content.js';
import { captureState } from '../../core/snapshots/payload.js';
import { planSnapshot } from '../../core/snapshots/proposal.js';
import type { DeviceKeys } from '../../ports/keys.js';
import type { Change, Store, StoreError } from '../../ports/store.js';
import type { BlobKeys } from '../blobs/blob-keys.js';
import type { BlobShelf } from '../blobs/blob-shelf.js';
import type { Context } from '../context.js';
import { KEYS, putBytes } from '../storage/rows.js';
import { wallNowMs } from '../loop/wall-time.js';

/** The account that content is taken over into. */
export interface NewAccount {
  readonly account: AccountId;
  readonly record: RosterRecord;
  readonly keys: DeviceKeys;
  /** Of its first epoch. */
  readonly secret: Uint8Array;
}

/** The files of an account as leaving needs them. */
export interface LeavingFiles {
  readonly shelf: Pick<BlobShelf, 'isWhole'>;
  readonly keys: Pick<BlobKeys, 'keyOf'>;
}

/**
 * The first snapshot of a new account: the adopted content, agreed to by its only member (A12).
 *
 * Gives the rows that hold it. Its files are named only where all their bytes and their key are
 * here.
 */
export const firstSnapshotRows = async (
  context: Context,
  state: State,
  fold: number,
  files: LeavingFiles,
  into: NewAccount,
): Promise<{ readonly rows: readonly Change[]; readonly blobs: readonly BlobId[] }> => {
  const { account, record, keys, secret } = into;
  const wraps = new Map<BlobId, Uint8Array>();
  for (const blob of blobsIn(state)) {
    const key = files.shelf.isWhole(blob) ? await files.keys.keyOf(blob) : null;
    if (key !== null) wraps.set(blob, wrapKey(secret, account, key));
  }
  const nonce = brandHex<Hash>(bytesToHex(context.ports.randomness.bytes(32)));
  const session = sessionIdOf(account, record.admin, nonce);
  const wallMs = wallNowMs(context.ports.clock);
  const adopted = adoptContent(state, { device: record.admin, session, wallMs, wraps });
  const roster = account as string as Parameters<typeof captureState>[1];
  const capture = captureState(adopted, roster, fold);
  const ground = {
    ...{ account, epoch: 0, roster, predecessors: [], predecessorIndex: 0 },
    ...{ base: EMPTY_STATE, quarantine: [], fold, reads: fold },
  };
  const subject = planSnapshot(ground, capture);
  const statement = statementHashOf(snapshotStatement(subject));
  const signature = await keys.signer.sign(shareSigningBytes(statement));
  const share = { signer: keys.signer.device, signature };
  const completion = createCompletion(subject, joinShares(record, [share]));
  const checks = completionChecks(completion, record);
  const admitted = admitCompletion(
    completion,
    { account, record },
    await context.ports.verifier.verify(checks),
  );
  assert(admitted.ok, 'the first member alone agrees to its first snapshot');
  return { rows: rowsOf(admitted.value, capture.bytes, wraps.size > 0), blobs: [...wraps.keys()] };
};

const rowsOf = (
  { head, completion }: AdmittedCompletion,
  payload: Uint8Array,
  hasFiles: boolean,
): readonly Change[] => [
  putBytes('governance', KEYS.head(head), encodeSnapshotCompletion(completion)),
  putBytes('payloads', KEYS.payload(completion.payload), payload),
  ...(hasFiles ? [putBytes('profile', KEYS.blobs, Uint8Array.of(0xf5))] : []),
];

const blobsIn = (state: State): ReadonlySet<BlobId> =>
  new Set(
    [...state.items.values()].flatMap(({ fields }) =>
      attachmentsOf(fields).map(({ blob }) => blob),
    ),
  );

/** So many rows of files are in memory at a time. */
const ROWS_AT_ONCE = 8;

/** Copies files as they lie here, encrypted, into another store. */
export const copyFiles = async (
  from: Store,
  into: Store,
  blobs: readonly BlobId[],
): Promise<Result<void, StoreError>> => {
  for (const blob of blobs) {
    const keys = await from.keys('blobs', KEYS.blobFrom(blob), KEYS.blobTo(blob));
    if (!keys.ok) return keys;
    for (let at = 0; at < keys.value.length; at += ROWS_AT_ONCE) {
      const rows: Change[] = [];
      for (const key of keys.value.slice(at, at + ROWS_AT_ONCE)) {
        const value = await from.get('blobs', key);
        if (!value.ok) return value;
        if (value.value !== null) rows.push(putBytes('blobs', key, value.value));
      }
      const done = await into.commit(rows, 'strict');
      if (!done.ok) return done;
    }
  }
  return ok(undefined);
};
