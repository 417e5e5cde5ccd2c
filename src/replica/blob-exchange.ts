import type { BlobId, DeviceId } from '../core/base/brands.js';
import { compareText } from '../core/base/ordering.js';
import { chunkCountOf, isChunkHash, readIndex } from '../core/blobs/blob-index.js';
import { chunksIn } from '../core/blobs/chunk-ranges.js';
import { type Giver, planRequests } from '../core/blobs/fetch-plan.js';
import type { BlobHaveMessage, Message } from '../core/links/messages.js';
import type { Cancel } from '../ports/clock.js';
import type { StoreError } from '../ports/store.js';
import { createBlobGiving } from './blob-giving.js';
import type { BlobNames, Named } from './blob-names.js';
import type { BlobSettings } from './blob-settings.js';
import type { BlobShelf } from './blob-shelf.js';
import type { TransferView } from './blob-view.js';
import type { Context } from './context.js';
import { createBlobTelling } from './blob-telling.js';
import { type Link, isOpenMember, isPresentMember, sendOn } from './link.js';
import { addProblem } from './problems.js';

/** Moving files between devices: who has what, and chunks from several at once (rule N7). */
export interface BlobExchange {
  /** True for a message that is about files, whatever came of it. */
  readonly received: (link: Link, message: Message) => Promise<boolean>;
  /** Tells peers what is here, and asks them for what is wanted and is not. */
  readonly follow: () => void;
  readonly changed: (blob: BlobId) => void;
  readonly closed: (link: Link) => void;
  /** Whether a member that is connected said that it has all of it. */
  readonly isElsewhere: (blob: BlobId) => boolean;
  readonly transfers: () => readonly TransferView[];
  /** Resolves once nothing is being written any more. */
  readonly close: () => Promise<void>;
}

/** Chunks asked of one peer at a time: 768 KiB under way. */
const WINDOW = 4;
/** A peer that promised and sends nothing for so long is passed over. */
const SILENCE_MS = 10_000;
/** Whoever was passed over has another chance after so long; so has a disk that was full. */
const AGAIN_MS = 30_000;
const BLOBS_PER_PEER_MAX = 10_000;
/** The index stands for chunk −1. */
const INDEX = -1;

interface Peer {
  readonly link: Link;
  readonly has: Map<BlobId, ReadonlySet<number>>;
  /** What is asked and not answered yet. */
  readonly asked: Map<string, { readonly blob: BlobId; readonly chunk: number }>;
  silence: Cancel | null;
}

const keyOf = (blob: BlobId, chunk: number): string => `${blob}/${chunk}`;

export const createBlobExchange = (
  context: Context,
  shelf: BlobShelf,
  names: BlobNames,
  settings: BlobSettings,
  links: () => readonly Link[],
): BlobExchange => {
  const giving = createBlobGiving(shelf);
  const peers = new Map<Link, Peer>();
  const telling = createBlobTelling(context, shelf, links);
  /** Checked, and on its way to the disk. */
  const arriving = new Set<string>();
  /** Who gave false bytes of a blob, and who was silent: not asked for it. */
  const liars = new Map<BlobId, Set<DeviceId>>();
  const silent = new Set<DeviceId>();
  let again: Cancel | null = null;
  let isFull = false;
  let isClosed = false;
  let writing: Promise<unknown> = Promise.resolve();

  const peerOf = (link: Link): Peer => {
    const found = peers.get(link) ?? { link, has: new Map(), asked: new Map(), silence: null };
    peers.set(link, found);
    return found;
  };

  const lookAgain = (): void => {
    if (isClosed) return;
    again ??= context.ports.clock.after(AGAIN_MS, () => {
      again = null;
      isFull = false;
      silent.clear();
      context.run(async () => ask());
    });
  };

  const isAsked = (blob: BlobId, chunk: number): boolean =>
    arriving.has(keyOf(blob, chunk)) ||
    [...peers.values()].some(({ asked }) => asked.has(keyOf(blob, chunk)));

  const mayAsk = (peer: Peer, blob: BlobId): boolean =>
    isOpenMember(peer.link) &&
    !silent.has(peer.link.peer) &&
    liars.get(blob)?.has(peer.link.peer) !== true;

  const request = (peer: Peer, blob: BlobId, chunk: number): void => {
    peer.asked.set(keyOf(blob, chunk), { blob, chunk });
    const isIndex = chunk === INDEX;
    sendOn(peer.link, isIndex ? { kind: 'wantIndex', blob } : { kind: 'wantChunk', blob, chunk });
    listen(peer);
  };

  const listen = (peer: Peer): void => {
    peer.silence?.();
    peer.silence = null;
    if (peer.asked.size === 0 || isClosed) return;
    peer.silence = context.ports.clock.after(SILENCE_MS, () => {
      peer.silence = null;
      peer.asked.clear();
      silent.add(peer.link.peer);
      lookAgain();
      context.run(async () => ask());
    });
  };

  const askFor = (blob: BlobId): void => {
    const able = [...peers.values()].filter((peer) => mayAsk(peer, blob));
    const { index, chunks } = shelf.of(blob);
    if (index === null) {
      const giver = able.find(({ has, asked }) => has.has(blob) && asked.size < WINDOW);
      if (giver !== undefined && !isAsked(blob, INDEX)) request(giver, blob, INDEX);
      return;
    }
    const count = chunkCountOf(index.bytes);
    const missing: number[] = [];
    for (let chunk = 0; chunk < count; chunk += 1) {
      if (!chunks.has(chunk) && !isAsked(blob, chunk)) missing.push(chunk);
    }
    const givers = able.map(({ link, has, asked }): Giver => ({
      device: link.peer,
      chunks: has.get(blob) ?? new Set(),
      askedCount: asked.size,
    }));
    const first = Number.parseInt(context.holdings?.me.slice(0, 8) ?? '0', 16) % count;
    for (const { device, chunk } of planRequests(missing, givers, WINDOW, first)) {
      const giver = able.find(({ link }) => link.peer === device);
      if (giver !== undefined) request(giver, blob, chunk);
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
    if (isClosed || isFull) return;
    for (const { blob } of wanted()) askFor(blob);
  };

  const lied = (peer: Peer, blob: BlobId): void => {
    peer.link.offences += 1;
    liars.set(blob, (liars.get(blob) ?? new Set<DeviceId>()).add(peer.link.peer));
    context.activity.add('message-refused', 'warn', peer.link.peer, { reason: 'malformed' });
    for (const [key, each] of peer.asked) if (each.blob === blob) peer.asked.delete(key);
  };

  const keep = (done: { readonly ok: true } | { readonly ok: false; error: StoreError }): void => {
    if (done.ok) return ask();
    // What is here stays; it goes on when there is room.
    isFull = true;
    addProblem(context, done.error.kind === 'quota' ? 'quota' : 'store-failed');
    lookAgain();
  };

  const write = (task: () => Promise<Parameters<typeof keep>[0]>): void => {
    writing = writing.then(task).then(keep, () => undefined);
  };

  const answered = (peer: Peer, blob: BlobId, chunk: number): boolean => {
    const isOurs = peer.asked.delete(keyOf(blob, chunk));
    listen(peer);
    return isOurs;
  };

  const takeIndex = (peer: Peer, blob: BlobId, bytes: Uint8Array | null): void => {
    if (!answered(peer, blob, INDEX)) return;
    if (bytes === null) return void peer.has.delete(blob);
    const read = readIndex(blob, bytes);
    if (!read.ok) {
      lied(peer, blob);
      return ask();
    }
    const { holdings } = context;
    const isNamedSo =
      holdings !== null && names.byBlob(holdings).get(blob)?.sizes.has(read.value.bytes) === true;
    if (isNamedSo) write(() => shelf.putIndex(blob, read.value));
  };

  const takeChunk = async (
    peer: Peer,
    blob: BlobId,
    chunk: number,
    bytes: Uint8Array | null,
  ): Promise<void> => {
    const isOurs = answered(peer, blob, chunk);
    const { index, chunks } = shelf.of(blob);
    if (!isOurs || index === null || chunks.has(chunk)) return ask();
    if (bytes === null) return void peer.has.delete(blob);
    const hash = await context.ports.cipher.digest(bytes);
    if (!isChunkHash(index, chunk, hash)) {
      lied(peer, blob);
      return ask();
    }
    arriving.add(keyOf(blob, chunk));
    write(() =>
      shelf.putChunk(blob, chunk, bytes).finally(() => arriving.delete(keyOf(blob, chunk))),
    );
  };

  const takeHave = (peer: Peer, { scope, blobs }: BlobHaveMessage): void => {
    if (scope === 'all') peer.has.clear();
    for (const { blob, ranges } of blobs) {
      if (ranges.length === 0) peer.has.delete(blob);
      else if (peer.has.size < BLOBS_PER_PEER_MAX || peer.has.has(blob)) {
        peer.has.set(blob, new Set(chunksIn(ranges)));
      }
    }
    ask();
    context.changed();
  };

  const take = async (link: Link, message: Message): Promise<void> => {
    switch (message.kind) {
      case 'blobHave':
        return takeHave(peerOf(link), message);
      case 'wantIndex':
      case 'wantChunk':
        return giving.give(link, message);
      case 'blobIndex':
        return takeIndex(peerOf(link), message.blob, message.index);
      case 'blobChunk':
        return takeChunk(peerOf(link), message.blob, message.chunk, message.bytes);
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
      peers.get(link)?.silence?.();
      peers.delete(link);
      ask();
    },
    isElsewhere: (blob) => {
      const { index } = shelf.of(blob);
      if (index === null) return false;
      const count = chunkCountOf(index.bytes);
      return [...peers.values()].some(
        ({ link, has }) => isOpenMember(link) && has.get(blob)?.size === count,
      );
    },
    transfers: () =>
      wanted().map((named) => ({
        ...{ blob: named.blob, name: named.name, bytes: named.bytes },
        heldBytes: shelf.heldBytes(named.blob),
        givers: [...peers.values()].filter((peer) => isGiving(peer, named.blob)).length,
      })),
    close: async () => {
      isClosed = true;
      telling.close();
      again?.();
      for (const { silence } of peers.values()) silence?.();
      await writing;
    },
  };
};

const isGiving = ({ asked }: Peer, blob: BlobId): boolean =>
  [...asked.values()].some((each) => each.blob === blob);

const KINDS = new Set<Message['kind']>([
  'blobHave',
  'wantIndex',
  'blobIndex',
  'wantChunk',
  'blobChunk',
]);
