import type { BlobId, DeviceId } from '../core/base/brands.js';
import type { Cancel, Clock } from '../ports/clock.js';
import { type Link, isOpenMember, sendOn } from './link.js';

/** A device that files can be asked of. */
export interface BlobPeer {
  readonly link: Link;
  /** Which chunks of which blobs it said that it has. */
  readonly has: Map<BlobId, ReadonlySet<number>>;
  /** What it was asked for and has not answered: keys of `keyOf`. */
  readonly asked: Map<string, BlobId>;
  silence: Cancel | null;
}

/** Who has what, who is asked for what, and who is not asked any more (rules N7 and N8). */
export interface BlobGivers {
  readonly of: (link: Link) => BlobPeer;
  readonly forget: (link: Link) => void;
  /** Those who may be asked for something of this blob. */
  readonly ableTo: (blob: BlobId) => readonly BlobPeer[];
  /** Whether anybody may be asked for anything more now. */
  readonly haveRoom: () => boolean;
  readonly isAsked: (blob: BlobId, chunk: number) => boolean;
  readonly request: (peer: BlobPeer, blob: BlobId, chunk: number) => void;
  /** Takes note of an answer; false for one that nobody asked for. */
  readonly answered: (peer: BlobPeer, blob: BlobId, chunk: number) => boolean;
  /** Gave false bytes of it: never asked for that blob again. */
  readonly lied: (peer: BlobPeer, blob: BlobId) => void;
  /** Those who were silent may be asked again. */
  readonly forgive: () => void;
  readonly countFor: (blob: BlobId) => number;
  /** Whether a member that is connected said that it has so many chunks. */
  readonly isElsewhere: (blob: BlobId, chunkCount: number) => boolean;
  readonly close: () => void;
}

/** Chunks asked of one peer at a time: 768 KiB under way. */
export const ASKED_AT_ONCE = 4;
/** The index stands for chunk −1. */
export const INDEX = -1;
/** A peer that promised and sends nothing for so long is passed over. */
const SILENCE_MS = 10_000;

/** One name for one chunk, or the index, of one blob. */
export const keyOf = (blob: BlobId, chunk: number): string => `${blob}/${chunk}`;

export const createBlobGivers = (clock: Clock, silenced: () => void): BlobGivers => {
  const peers = new Map<Link, BlobPeer>();
  const liars = new Map<BlobId, Set<DeviceId>>();
  const silent = new Set<DeviceId>();
  let isClosed = false;

  const isHeard = ({ link }: BlobPeer): boolean => isOpenMember(link) && !silent.has(link.peer);

  /** Its time to answer begins anew with each word about files. */
  const listen = (peer: BlobPeer): void => {
    peer.silence?.();
    peer.silence = null;
    if (peer.asked.size === 0 || isClosed) return;
    peer.silence = clock.after(SILENCE_MS, () => {
      peer.silence = null;
      peer.asked.clear();
      silent.add(peer.link.peer);
      silenced();
    });
  };

  return {
    of: (link) => {
      const found = peers.get(link) ?? { link, has: new Map(), asked: new Map(), silence: null };
      peers.set(link, found);
      return found;
    },
    forget: (link) => {
      peers.get(link)?.silence?.();
      peers.delete(link);
    },
    ableTo: (blob) =>
      [...peers.values()].filter(
        (peer) => isHeard(peer) && liars.get(blob)?.has(peer.link.peer) !== true,
      ),
    haveRoom: () =>
      [...peers.values()].some((peer) => peer.asked.size < ASKED_AT_ONCE && isHeard(peer)),
    isAsked: (blob, chunk) => {
      const key = keyOf(blob, chunk);
      return [...peers.values()].some(({ asked }) => asked.has(key));
    },
    request: (peer, blob, chunk) => {
      peer.asked.set(keyOf(blob, chunk), blob);
      const isIndex = chunk === INDEX;
      sendOn(peer.link, isIndex ? { kind: 'wantIndex', blob } : { kind: 'wantChunk', blob, chunk });
      listen(peer);
    },
    answered: (peer, blob, chunk) => {
      const isOurs = peer.asked.delete(keyOf(blob, chunk));
      listen(peer);
      return isOurs;
    },
    lied: (peer, blob) => {
      peer.link.offences += 1;
      liars.set(blob, (liars.get(blob) ?? new Set<DeviceId>()).add(peer.link.peer));
      for (const [key, each] of peer.asked) if (each === blob) peer.asked.delete(key);
    },
    forgive: () => silent.clear(),
    countFor: (blob) =>
      [...peers.values()].filter(({ asked }) => [...asked.values()].includes(blob)).length,
    isElsewhere: (blob, chunkCount) =>
      [...peers.values()].some(
        ({ link, has }) => isOpenMember(link) && has.get(blob)?.size === chunkCount,
      ),
    close: () => {
      isClosed = true;
      for (const { silence } of peers.values()) silence?.();
    },
  };
};
