import type { DeviceId } from '../../core/base/brands.js';
import type { KnownMessage } from '../../core/links/messages.js';
import type { Cancel, Clock } from '../../ports/clock.js';
import { type Link, isOpenMember, sendOn } from '../links/link.js';
import { backOffMs } from '../loop/back-off.js';

/** A device that parts of something can be asked of. */
export interface Giver<Id> {
  readonly link: Link;
  /** Which parts of what it said that it has. */
  readonly has: Map<Id, ReadonlySet<number>>;
  /** What it was asked for and has not answered: keys of `keyOf`. */
  readonly asked: Map<string, Id>;
  silence: Cancel | null;
}

/** A part of a whole, within it. */
export type PartName = number | string;

/** Who has what, who is asked for what, and who is not asked any more (rules N7 and N8). */
export interface Givers<Id> {
  readonly of: (link: Link) => Giver<Id>;
  readonly forget: (link: Link) => void;
  /** Those who may be asked for something of it. */
  readonly ableTo: (id: Id) => readonly Giver<Id>[];
  /** Whether anybody may be asked for anything more now. */
  readonly haveRoom: () => boolean;
  readonly isAsked: (id: Id, part: PartName) => boolean;
  /** Whether anything was asked for and has not come. */
  readonly isAnyAsked: () => boolean;
  readonly request: (peer: Giver<Id>, id: Id, part: PartName, message: KnownMessage) => void;
  /** Takes note of an answer; false for one that nobody asked for. */
  readonly answered: (peer: Giver<Id>, id: Id, part: PartName) => boolean;
  /** Gave false bytes of it: asked for something of it again after a while, ever more seldom. */
  readonly lied: (peer: Giver<Id>, id: Id) => void;
  /** Those who were silent may be asked again. */
  readonly forgive: () => void;
  readonly countFor: (id: Id) => number;
  /** Members that are connected and said that they have so many parts. */
  readonly holdersOf: (id: Id, partCount: number) => readonly DeviceId[];
  readonly close: () => void;
}

/** Parts asked of one peer at a time: of a file at most 768 KiB under way. */
export const ASKED_AT_ONCE = 4;
/** A peer that promised and sends nothing for so long is passed over. */
const SILENCE_MS = 10_000;

/** One name for one part of one whole. */
export const keyOf = (id: string, part: PartName): string => `${id}/${part}`;

/** Who gave false bytes of something, and does not hear of it for now. */
interface Bar {
  times: number;
  lift: Cancel | null;
}

/** `silenced`: somebody is not asked any more. `freed`: somebody may be asked for it again. */
export const createGivers = <Id extends string>(
  clock: Clock,
  silenced: (device: DeviceId) => void,
  freed: () => void,
): Givers<Id> => {
  const peers = new Map<Link, Giver<Id>>();
  const bars = new Map<string, Bar>();
  const silent = new Set<DeviceId>();
  let isClosed = false;

  const isHeard = ({ link }: Giver<Id>): boolean => isOpenMember(link) && !silent.has(link.peer);

  const isBarred = (id: Id, device: DeviceId): boolean =>
    (bars.get(keyOf(id, device))?.lift ?? null) !== null;

  /** Its time to answer begins anew with each word about what it was asked for. */
  const listen = (peer: Giver<Id>): void => {
    peer.silence?.();
    peer.silence = null;
    if (peer.asked.size === 0 || isClosed) return;
    peer.silence = clock.after(SILENCE_MS, () => {
      peer.silence = null;
      peer.asked.clear();
      silent.add(peer.link.peer);
      silenced(peer.link.peer);
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
    ableTo: (id) =>
      [...peers.values()].filter((peer) => isHeard(peer) && !isBarred(id, peer.link.peer)),
    haveRoom: () =>
      [...peers.values()].some((peer) => peer.asked.size < ASKED_AT_ONCE && isHeard(peer)),
    isAsked: (id, part) => {
      const key = keyOf(id, part);
      return [...peers.values()].some(({ asked }) => asked.has(key));
    },
    isAnyAsked: () => [...peers.values()].some(({ asked }) => asked.size > 0),
    request: (peer, id, part, message) => {
      peer.asked.set(keyOf(id, part), id);
      sendOn(peer.link, message);
      listen(peer);
    },
    answered: (peer, id, part) => {
      const isOurs = peer.asked.delete(keyOf(id, part));
      listen(peer);
      return isOurs;
    },
    lied: (peer, id) => {
      peer.link.offences += 1;
      for (const [key, each] of peer.asked) if (each === id) peer.asked.delete(key);
      const key = keyOf(id, peer.link.peer);
      const bar = bars.get(key) ?? { times: 0, lift: null };
      bars.set(key, bar);
      if (bar.lift !== null || isClosed) return;
      // The line may have spoilt them, and nobody else may have them.
      bar.times += 1;
      bar.lift = clock.after(backOffMs(bar.times), () => {
        bar.lift = null;
        freed();
      });
    },
    forgive: () => silent.clear(),
    countFor: (id) =>
      [...peers.values()].filter(({ asked }) => [...asked.values()].includes(id)).length,
    holdersOf: (id, partCount) => {
      const whole = [...peers.values()].filter(({ has }) => has.get(id)?.size === partCount);
      return [...new Set(whole.flatMap(({ link }) => (isOpenMember(link) ? link.peer : [])))];
    },
    close: () => {
      isClosed = true;
      for (const { silence } of peers.values()) silence?.();
      for (const { lift } of bars.values()) lift?.();
    },
  };
};
