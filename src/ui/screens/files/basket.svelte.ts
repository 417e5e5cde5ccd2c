import { LIMITS } from '../../../core/base/limits.js';
import type { CommandError, Replica } from '../../../replica/commands.js';
import type { RecordKey, StorageView } from '../../../replica/view.js';
import { fileToName } from './file-names.js';
import { roomOf } from './room.js';

/** Why a file is not attached: told by the replica, or seen before it is asked. */
export type PendingFault =
  | CommandError
  | { readonly kind: 'not-readable' }
  | { readonly kind: 'too-many'; readonly max: number };

/** A file that was chosen and is not attached yet. */
export interface PendingFile {
  readonly id: number;
  readonly name: string;
  readonly file: File;
  /** chosen: shown until the record is saved; waiting: its turn comes; failed: `fault` says why. */
  readonly stage: 'chosen' | 'waiting' | 'reading' | 'storing' | 'failed';
  readonly fault: PendingFault | null;
}

/** What the first look at a file needs to know. */
export interface Given {
  readonly attachedCount: number;
  readonly storage: StorageView;
  /** The name of a file that brings none. */
  readonly unnamed: string;
}

/** Files on their way to one record; they outlive the screen, and a fault of one of them. */
export interface Basket {
  readonly items: readonly PendingFile[];
  readonly isBusy: boolean;
  readonly add: (files: readonly File[], given: Given) => void;
  readonly takeOut: (id: number) => void;
  readonly clear: () => void;
  /** Attaches what is chosen, one after the other; what fails stays and says why. */
  readonly store: (key: RecordKey) => Promise<void>;
  /** Tries one again that failed. */
  readonly retry: (id: number, key: RecordKey) => Promise<void>;
}

type Attach = Replica['files']['attach'];
export interface Baskets {
  readonly of: (key: RecordKey | 'new') => Basket;
  /** What was chosen for a record that was not there yet, or is gone, is for this one now. */
  readonly handOver: (from: RecordKey | 'new', to: RecordKey) => Basket;
}

let nextId = 0;

/** What can be told of a file before it is read; null: nothing stands against it. */
const faultOf = (
  file: File,
  before: readonly PendingFile[],
  { attachedCount, storage }: Given,
): PendingFault | null => {
  const max = LIMITS.attachmentsPerRecordMax;
  if (attachedCount + before.length >= max) return { kind: 'too-many', max };
  if (file.size > LIMITS.blobBytesMax)
    return { kind: 'too-large', bytes: file.size, max: LIMITS.blobBytesMax };
  const room = roomOf(storage);
  const needBytes = before.reduce((sum, each) => sum + each.file.size, file.size);
  if (room !== null && needBytes > room.leftBytes)
    return { kind: 'no-room', needBytes, roomBytes: room.leftBytes };
  return null;
};

const createBasket = (attach: Attach): Basket => {
  let items = $state.raw<readonly PendingFile[]>([]);
  let isBusy = $state(false);

  const change = (id: number, part: Partial<PendingFile>): void => {
    items = items.map((each) => (each.id === id ? { ...each, ...part } : each));
  };
  const takeOut = (id: number): void => {
    items = items.filter((each) => each.id !== id);
  };
  const storeOne = async ({ id, name, file }: PendingFile, key: RecordKey): Promise<void> => {
    change(id, { stage: 'reading', fault: null });
    let bytes: Uint8Array;
    try {
      bytes = new Uint8Array(await file.arrayBuffer());
    } catch {
      change(id, { stage: 'failed', fault: { kind: 'not-readable' } });
      return;
    }
    change(id, { stage: 'storing' });
    const done = await attach(key, {
      name,
      type: file.type.slice(0, LIMITS.fileTypeCharactersMax),
      bytes,
    });
    if (done.ok) takeOut(id);
    else change(id, { stage: 'failed', fault: done.error });
  };
  /** One at a time, so that memory holds one file; what was put in meanwhile comes after. */
  const storeAll = async (key: RecordKey): Promise<void> => {
    if (isBusy) return;
    isBusy = true;
    try {
      for (;;) {
        const next = items.find(({ stage }) => stage === 'waiting');
        if (next === undefined) return;
        await storeOne(next, key);
      }
    } finally {
      isBusy = false;
    }
  };

  return {
    get items() {
      return items;
    },
    get isBusy() {
      return isBusy;
    },
    add: (files, given) => {
      for (const file of files) {
        const sound = items.filter(({ stage }) => stage !== 'failed');
        const fault = faultOf(file, sound, given);
        const name = fileToName(file.name, given.unnamed);
        const stage = fault === null ? 'chosen' : 'failed';
        items = [...items, { id: (nextId += 1), name, file, stage, fault }];
      }
    },
    takeOut,
    clear: () => (items = []),
    store: (key) => {
      items = items.map((each) => (each.stage === 'chosen' ? { ...each, stage: 'waiting' } : each));
      return storeAll(key);
    },
    retry: (id, key) => {
      change(id, { stage: 'waiting', fault: null });
      return storeAll(key);
    },
  };
};

const basketsByReplica = new WeakMap<Replica, Baskets>();

/** The baskets of a replica: the same ones on whichever screen they are asked for. */
export const basketsOf = (replica: Replica): Baskets => {
  const known = basketsByReplica.get(replica);
  if (known !== undefined) return known;
  const basketByKey = new Map<RecordKey | 'new', Basket>();
  const of = (key: RecordKey | 'new'): Basket => {
    const there = basketByKey.get(key) ?? createBasket(replica.files.attach);
    basketByKey.set(key, there);
    return there;
  };
  const baskets: Baskets = {
    of,
    handOver: (from, to) => {
      const basket = of(from);
      basketByKey.delete(from);
      basketByKey.set(to, basket);
      return basket;
    },
  };
  basketsByReplica.set(replica, baskets);
  return baskets;
};
