import { need } from '../../core/authority/capability.js';
import type { BlobId } from '../../core/base/brands.js';
import { LIMITS } from '../../core/base/limits.js';
import { err, ok, type Result } from '../../core/base/result.js';
import { checkFile } from '../../core/blobs/attachments.js';
import { encryptedBytes } from '../../core/blobs/blob-index.js';
import { BLOB_KEY_BYTES } from '../../core/blobs/wraps.js';
import { type Dot, itemKeyOf } from '../../core/journal/state.js';
import type { Row, StoreError } from '../../ports/store.js';
import type { Keepers } from './blob-copies.js';
import { decryptFile, encryptFile } from './blob-files.js';
import type { BlobKeys } from './blob-keys.js';
import { type BlobNames, spokenOf } from './blob-names.js';
import type { BlobSettings } from './blob-settings.js';
import type { BlobShelf } from './blob-shelf.js';
import type { CommandError, Done, NewFile, Replica } from '../commands.js';
import type { Context } from '../context.js';
import { runInTurn } from '../loop/inbox.js';
import type { RecordService } from '../records/record-service.js';
import { KEYS } from '../storage/rows.js';
import type { RecordKey } from '../view.js';
import { SPARE_BYTES, roomIn } from './spare-room.js';
import type { TrueKeys } from './true-keys.js';
import { wallNowMs } from '../loop/wall-time.js';

/** What the service of files is made of. */
export interface BlobParts {
  readonly shelf: BlobShelf;
  readonly names: BlobNames;
  readonly keys: BlobKeys;
  readonly truths: TrueKeys;
  readonly settings: BlobSettings;
  readonly records: RecordService;
  readonly keepers: Keepers;
  /** What is wanted here changed: look for who has it. */
  readonly look: () => void;
}

/** Files that hang on records: commands, what is kept, and what goes (rules S5 and N7). */
export interface BlobService {
  readonly commands: Replica['files'];
  /** Learns what is on disk, and sweeps up what a crash left; after the holdings are there. */
  readonly load: (profile: readonly Row[], own: readonly Row[], isWhole: boolean) => Promise<void>;
  /** Lets go of what a snapshot made unnamed. */
  readonly settle: () => Promise<void>;
}

export const createBlobService = (context: Context, parts: BlobParts): BlobService => {
  const { shelf, names, keys, truths, settings, records } = parts;
  /** Written here, and not yet in a fact. */
  const arriving = new Set<BlobId>();
  let prunedBase: string | null = null;
  /** What lay here at the start was not looked through yet. */
  let isSweepDue = false;

  const filesOf = (target: Dot | number): ReadonlySet<BlobId> => {
    const { holdings } = context;
    const isDot = typeof target !== 'number';
    const present = isDot && holdings !== null ? names.ofItem(holdings, itemKeyOf(target)) : [];
    const blobs = new Set(present.map(({ blob }) => blob));
    for (const { edit } of records.queue()) {
      if (edit.kind === 'attach' && isSame(edit.target, target)) blobs.add(edit.file.blob);
      if (edit.kind === 'detach' && isSame(edit.dot, target)) blobs.delete(edit.blob);
    }
    return blobs;
  };

  const whyNot = async (key: RecordKey, bytes: number): Promise<CommandError | null> => {
    const { holdings } = context;
    if (holdings === null) return { kind: 'no-account' };
    if (!need('record_write')(holdings.chain().tip, holdings.me)) {
      return { kind: 'not-allowed', capability: 'record_write' };
    }
    const target = records.targetOf(key);
    if (target === null) return { kind: 'unknown-record' };
    const max = LIMITS.attachmentsPerRecordMax;
    if (filesOf(target).size >= max) return { kind: 'too-many-files', max };
    const needBytes = encryptedBytes(bytes) + SPARE_BYTES;
    const roomBytes = await roomIn(context.ports.storage);
    return roomBytes < needBytes ? { kind: 'no-room', needBytes, roomBytes } : null;
  };

  const attach = async (key: RecordKey, given: NewFile): Done<BlobId> => {
    const checked = checkFile({ ...given, bytes: given.bytes.length });
    if (!checked.ok) return checked;
    const refusal = await whyNot(key, given.bytes.length);
    if (refusal !== null) return err(refusal);
    const blobKey = context.ports.randomness.bytes(BLOB_KEY_BYTES);
    const { cipher } = context.ports;
    const { blob, index, chunks } = await encryptFile(cipher, blobKey, given.bytes.slice());
    arriving.add(blob);
    try {
      // Bytes are durable before a fact names them; without the fact they are swept up.
      const kept = await shelf.putWhole(blob, index, chunks);
      const done = kept.ok
        ? await context.inbox.put(() => name(key, { blob, ...checked.value }, blobKey))
        : storeError(kept.error);
      if (!done.ok) await shelf.drop([blob]);
      return done.ok ? ok(blob) : done;
    } finally {
      arriving.delete(blob);
    }
  };

  const name = async (
    key: RecordKey,
    file: { readonly blob: BlobId; readonly name: string; readonly type: string; bytes: number },
    blobKey: Uint8Array,
  ): Done<RecordKey> => {
    const target = records.targetOf(key);
    if (target === null) return err({ kind: 'unknown-record' });
    const wrapped = await keys.wrap(blobKey);
    if (wrapped === null) return err({ kind: 'not-allowed', capability: 'record_write' });
    const wallMs = wallNowMs(context.ports.clock);
    return records.submit({ kind: 'attach', wallMs, target, file, key: wrapped });
  };

  const detach = async (key: RecordKey, blob: BlobId): Done => {
    const target = records.targetOf(key);
    if (target === null) return err({ kind: 'unknown-record' });
    if (!filesOf(target).has(blob)) return err({ kind: 'unknown-blob' });
    const entry = records
      .queue()
      .find(
        ({ edit }) =>
          edit.kind === 'attach' && edit.file.blob === blob && isSame(edit.target, target),
      );
    if (entry !== undefined) return records.withdraw(entry);
    if (typeof target === 'number') return err({ kind: 'unknown-blob' });
    const wallMs = wallNowMs(context.ports.clock);
    const done = await records.submit({ kind: 'detach', wallMs, dot: target, blob });
    return done.ok ? ok(undefined) : done;
  };

  const isNamed = (blob: BlobId): boolean => {
    const { holdings } = context;
    if (holdings === null) return false;
    const isQueued = records
      .queue()
      .some(({ edit }) => edit.kind === 'attach' && edit.file.blob === blob);
    return isQueued || names.byBlob(holdings).has(blob);
  };

  const read = async (blob: BlobId): Done<Uint8Array> => {
    if (!isNamed(blob)) return err({ kind: 'unknown-blob' });
    if (!shelf.isWhole(blob)) {
      const { holdings } = context;
      const bytes = holdings === null ? 0 : (names.byBlob(holdings).get(blob)?.bytes ?? 0);
      return err({ kind: 'not-here', heldBytes: shelf.heldBytes(blob), bytes });
    }
    const key = await truths.keyOf(blob);
    if (key === null) return err({ kind: 'no-key' });
    const file = await decryptFile(context.ports.cipher, shelf, blob, key);
    if (!file.ok) parts.look();
    return file;
  };

  const fetch = async (blob: BlobId): Done => {
    if (!isNamed(blob)) return err({ kind: 'unknown-blob' });
    const done = await settings.setWish(blob, 'wanted');
    parts.look();
    return done.ok ? ok(undefined) : storeError(done.error);
  };

  const drop = async (blob: BlobId): Done => {
    if (!isNamed(blob)) return err({ kind: 'unknown-blob' });
    const { holdings } = context;
    if (shelf.heldBytes(blob) > 0 && holdings !== null) {
      const part = await import('./blob-copies.js').catch(() => null);
      if (part === null) return err({ kind: 'busy' });
      const kept = part.whyKept(holdings, names, blob, parts.keepers);
      if (kept !== null) return err(kept);
    }
    const wished = await settings.setWish(blob, 'dropped');
    const done = wished.ok ? await shelf.drop([blob]) : wished;
    parts.look();
    return done.ok ? ok(undefined) : storeError(done.error);
  };

  /** Takes away what nothing speaks of any more, but what is just being written. */
  const sweep = async (): Promise<void> => {
    const { holdings } = context;
    if (holdings === null) return;
    const kept = new Set<BlobId>([...spokenOf(holdings), ...arriving]);
    for (const { edit } of records.queue()) {
      if (edit.kind === 'attach') kept.add(edit.file.blob);
    }
    const gone = [...shelf.blobs()].filter((blob) => !kept.has(blob));
    if (gone.length > 0) await shelf.drop(gone);
  };

  const put = <T>(task: () => Done<T>): Done<T> => runInTurn(context.inbox, task);
  return {
    commands: {
      attach: async (key, file) =>
        context.inbox.isClosed() ? err({ kind: 'busy' }) : attach(key, file),
      detach: (key, blob) => put(() => detach(key, blob)),
      read: async (blob) => (context.inbox.isClosed() ? err({ kind: 'busy' }) : read(blob)),
      fetch: (blob) => put(() => fetch(blob)),
      drop: (blob) => put(() => drop(blob)),
      setPolicy: (policy) =>
        put(async () => {
          const done = await settings.setPolicy(policy);
          parts.look();
          context.changed();
          return done.ok ? ok(undefined) : storeError(done.error);
        }),
    },
    load: async (profile, own, isWhole) => {
      settings.load(own);
      if (!profile.some(({ key }) => key === KEYS.blobs)) return;
      const loaded = await shelf.load();
      // A fact that is damaged here comes again from others: its bytes wait for it.
      isSweepDue = loaded.ok && isWhole;
    },
    settle: async () => {
      const base = context.holdings?.base().id ?? null;
      if (base === prunedBase) return;
      const isDue = prunedBase !== null || isSweepDue;
      prunedBase = base;
      if (isDue && context.harmed.size === 0) await sweep();
    },
  };
};

const storeError = (error: StoreError): Result<never, CommandError> =>
  err({ kind: 'store', error });

const isSame = (left: Dot | number, right: Dot | number): boolean =>
  typeof left === 'number' || typeof right === 'number'
    ? left === right
    : itemKeyOf(left) === itemKeyOf(right);
