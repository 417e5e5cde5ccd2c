import type { BlobId, DeviceId } from '../../core/base/brands.js';
import { compareText } from '../../core/base/ordering.js';
import { chunkCountOf, isChunkHash, readIndex } from '../../core/blobs/blob-index.js';
import { chunksIn } from '../../core/blobs/chunk-ranges.js';
import { type Giver as Offer, planRequests } from '../../core/blobs/fetch-plan.js';
import type { BlobHaveMessage, Message } from '../../core/links/messages.js';
import type { Cancel } from '../../ports/clock.js';
import type { StoreError } from '../../ports/store.js';
import { roomWaitMs } from '../loop/back-off.js';
import { createBlobGiving } from './blob-giving.js';
import type { BlobNames, Named } from './blob-names.js';
import type { BlobSettings } from './blob-settings.js';
import type { BlobShelf } from './blob-shelf.js';
import type { TransferView } from './blob-view.js';
import type { Context } from '../context.js';
import { createBlobTelling } from './blob-telling.js';
import { ASKED_AT_ONCE, type Giver, createGivers, keyOf } from './givers.js';
import { type Link, isPresentMember } from '../links/link.js';
import { addProblem } from '../loop/problems.js';
import type { PeerChoice } from '../snapshots/payload-exchange.js';
import { PART_BYTES_MAX, createSpareRoom } from './spare-room.js';

/** Moving files between devices: who has what, and chunks from several at once (rule N7). */
export interface BlobExchange {
  /** True for a message that is about files, whatever came of it. */
  readonly received: (link: Link, message: Message) => Promise<boolean>;
  /** Tells peers what is here, and asks them for what is wanted and is not. */
  readonly follow: () => void;
  readonly changed: (blob: BlobId) => void;
  readonly closed: (link: Link) => void;
  /** Members that are connected and said that they have all of it. */
  readonly holdersOf: (blob: BlobId) => readonly DeviceId[];
  readonly transfers: () => readonly TransferView[];
  /** Resolves once nothing is being written any more. */
  readonly close: () => Promise<void>;
}

/** Whoever was passed over has another chance after so long; a disk that was full not before. */
const AGAIN_MS = 30_000;
const BLOBS_PER_PEER_MAX = 10_000;
/** The index stands for chunk −1. */
const INDEX = -1;

type BlobPeer = Giver<BlobId>;

export const createBlobExchange = (
  context: Context,
  shelf: BlobShelf,
  names: BlobNames,
  settings: BlobSettings,
  links: () => readonly Link[],
  note: PeerChoice['note'],
): BlobExchange => {
  const giving = createBlobGiving(shelf, context.ports.cipher, () => ask());
  const telling = createBlobTelling(context, shelf, links);
  /** Checked, and on its way to the disk. */
  const arriving = new Set<string>();
  /** How large blobs are whose index names another size than every record. */
  const misnamed = new Map<BlobId, number>();
  let again: Cancel | null = null;
  const room = createSpareRoom(context.ports.storage);
  let isMeasuring = false;
  let isFull = false;
  /** How often in a row nothing could be written. */
  let refusals = 0;
  let isClosed = false;
  let writing: Promise<unknown> = Promise.resolve();

  const lookAgain = (): void => {
    if (isClosed) return;
    again ??= context.ports.clock.after(Math.max(AGAIN_MS, roomWaitMs(refusals)), () => {
      again = null;
      isFull = false;
      givers.forgive();
      askSoon();
    });
  };
  const askSoon = (): void => context.run(async () => ask());
  const silenced = (device: DeviceId): void => {
    note(device, 'kept-waiting');
    lookAgain();
    askSoon();
  };
  const givers = createGivers<BlobId>(context.ports.clock, silenced, askSoon);

  const isComing = (blob: BlobId, chunk: number): boolean =>
    arriving.has(keyOf(blob, chunk)) || givers.isAsked(blob, chunk);

  /** Whether one more part may come; it is measured anew once all that was asked for lies here. */
  const hasRoom = (): boolean => {
    if (room.take(PART_BYTES_MAX)) return true;
    if (isMeasuring || isFull || arriving.size > 0 || givers.isAnyAsked()) return false;
    isMeasuring = true;
    void room.measure().then((isSome) => {
      isMeasuring = false;
      if (isClosed) return;
      if (isSome) return askSoon();
      full();
      context.changed();
    });
    return false;
  };

  const full = (): void => {
    if (!isFull) refusals += 1;
    isFull = true;
    lookAgain();
  };

  const askFor = ({ blob, sizes }: Named): void => {
    const able = givers.ableTo(blob);
    const { index, chunks } = shelf.of(blob);
    if (index === null) {
      const size = misnamed.get(blob);
      if (size !== undefined && !sizes.has(size)) return;
      const giver = able.find(({ has, asked }) => has.has(blob) && asked.size < ASKED_AT_ONCE);
      if (giver !== undefined && !isComing(blob, INDEX) && hasRoom()) {
        givers.request(giver, blob, INDEX, { kind: 'wantIndex', blob });
      }
      return;
    }
    const count = chunkCountOf(index.bytes);
    const missing: number[] = [];
    for (let chunk = 0; chunk < count; chunk += 1) {
      if (!chunks.has(chunk) && !isComing(blob, chunk)) missing.push(chunk);
    }
    const offers = able.map(({ link, has, asked }): Offer => ({
      device: link.peer,
      chunks: has.get(blob) ?? new Set(),
      askedCount: asked.size,
    }));
    const first = Number.parseInt(context.holdings?.me.slice(0, 8) ?? '0', 16) % count;
    for (const { device, chunk } of planRequests(missing, offers, ASKED_AT_ONCE, first)) {
      const giver = able.find(({ link }) => link.peer === device);
      if (giver !== undefined && hasRoom()) {
        givers.request(giver, blob, chunk, { kind: 'wantChunk', blob, chunk });
      }
    }
  };

  /** Blobs that are wanted here and not here, newest first. */
  const wanted = (): readonly Named[] => {
    const { holdings } = context;
    if (holdings === null) return [];
    return [...names.byBlob(holdings).values()]
      .filter((named) => !shelf.isWhole(named.blob) && settings.isWanted(named))
      .sort((a, b) => b.addedMs - a.addedMs || compareText(a.blob, b.blob));
  };

  const ask = (): void => {
    if (isClosed || isFull || !givers.haveRoom()) return;
    for (const named of wanted()) {
      askFor(named);
      if (!givers.haveRoom()) return;
    }
  };

  const lied = (peer: BlobPeer, blob: BlobId): void => {
    givers.lied(peer, blob);
    note(peer.link.peer, 'gave-wrong');
    context.activity.add('message-refused', 'warn', peer.link.peer, { reason: 'malformed' });
    ask();
  };

  const keep = (done: { readonly ok: true } | { readonly ok: false; error: StoreError }): void => {
    if (done.ok) {
      refusals = 0;
      return ask();
    }
    // What is here stays; it goes on when there is room.
    full();
    addProblem(context, done.error.kind === 'quota' ? 'quota' : 'store-failed');
  };

  const write = (task: () => Promise<Parameters<typeof keep>[0]>): void => {
    writing = writing.then(task).then(keep, () => undefined);
  };

  /** It has it no more; somebody else may. */
  const hasNot = (peer: BlobPeer, blob: BlobId): void => {
    peer.has.delete(blob);
    ask();
  };

  const takeIndex = (peer: BlobPeer, blob: BlobId, bytes: Uint8Array | null): void => {
    if (!givers.answered(peer, blob, INDEX)) return;
    if (bytes === null) return hasNot(peer, blob);
    const read = readIndex(blob, bytes);
    if (!read.ok) return lied(peer, blob);
    const { holdings } = context;
    const isNamedSo =
      holdings !== null && names.byBlob(holdings).get(blob)?.sizes.has(read.value.bytes) === true;
    if (isNamedSo) {
      const key = keyOf(blob, INDEX);
      arriving.add(key);
      return write(() => shelf.putIndex(blob, read.value).finally(() => arriving.delete(key)));
    }
    misnamed.set(blob, read.value.bytes);
    ask();
  };

  const takeChunk = async (
    peer: BlobPeer,
    blob: BlobId,
    chunk: number,
    bytes: Uint8Array | null,
  ): Promise<void> => {
    const isOurs = givers.answered(peer, blob, chunk);
    const { index, chunks } = shelf.of(blob);
    if (!isOurs || index === null || chunks.has(chunk)) return ask();
    if (bytes === null) return hasNot(peer, blob);
    arriving.add(keyOf(blob, chunk));
    const hash = await context.ports.cipher.digest(bytes);
    if (!isChunkHash(index, chunk, hash)) {
      arriving.delete(keyOf(blob, chunk));
      return lied(peer, blob);
    }
    write(async () => {
      const done = await shelf.putChunk(blob, chunk, bytes);
      arriving.delete(keyOf(blob, chunk));
      if (done.ok && shelf.isWhole(blob)) note(peer.link.peer, 'gave');
      return done;
    });
  };

  const takeHave = (peer: BlobPeer, { scope, blobs }: BlobHaveMessage): void => {
    if (scope === 'all') peer.has.clear();
    for (const { blob, ranges } of blobs) {
      if (ranges.length === 0) peer.has.delete(blob);
      else if (peer.has.size < BLOBS_PER_PEER_MAX || peer.has.has(blob)) {
        peer.has.set(blob, new Set(chunksIn(ranges)));
      }
    }
    peer.link.meter.files = peer.has.size;
    ask();
    context.changed();
  };

  const take = async (link: Link, message: Message): Promise<void> => {
    switch (message.kind) {
      case 'blobHave':
        return takeHave(givers.of(link), message);
      case 'wantIndex':
      case 'wantChunk':
        return giving.give(link, message);
      case 'blobIndex':
        return takeIndex(givers.of(link), message.blob, message.index);
      case 'blobChunk':
        return takeChunk(givers.of(link), message.blob, message.chunk, message.bytes);
      default:
        return;
    }
  };

  return {
    received: async (link, message) => {
      // Whoever says anything is there to be told.
      if (!isClosed) telling.greet();
      if (!KINDS.has(message.kind)) return false;
      const isHeard = message.kind === 'blobHave' || isPresentMember(link);
      if (link.isOpen && isHeard && !isClosed) await take(link, message);
      return true;
    },
    follow: () => {
      if (isClosed || context.holdings === null) return;
      telling.greet();
      ask();
    },
    changed: telling.changed,
    closed: (link) => {
      givers.forget(link);
      ask();
    },
    holdersOf: (blob) => {
      const { index } = shelf.of(blob);
      return index === null ? [] : givers.holdersOf(blob, chunkCountOf(index.bytes));
    },
    transfers: () =>
      wanted().map((named) => ({
        ...{ blob: named.blob, name: named.name, bytes: named.bytes },
        heldBytes: shelf.heldBytes(named.blob),
        givers: givers.countFor(named.blob),
        lacksRoom: isFull,
      })),
    close: async () => {
      isClosed = true;
      telling.close();
      again?.();
      givers.close();
      await writing;
    },
  };
};

const KINDS = new Set<Message['kind']>([
  ...(['blobHave', 'wantIndex', 'blobIndex', 'wantChunk', 'blobChunk'] as const),
]);
