import type { DeviceId } from '../../core/base/brands.js';
import type { SignedValue } from '../../core/base/signed-value.js';
import type { Message, WantSharedMessage } from '../../core/links/messages.js';
import type { Context } from '../context.js';
import { createGivers } from '../blobs/givers.js';
import { createGiving } from '../blobs/giving.js';
import { type Link, isPresentMember } from '../links/link.js';
import type { PeerChoice } from '../snapshots/payload-exchange.js';

/** Asking other devices for values that they worked out, and giving out one's own (rule K4). */
export interface SharedExchange {
  /** What to wait for of a message about shared values; null for any other. */
  readonly received: (link: Link, message: Message) => Promise<void> | null;
  /** Asks one device after the other, the best first, until one gives a value that is taken. */
  readonly ask: (key: string, take: TakeValue) => Promise<void>;
  readonly closed: (link: Link) => void;
  readonly close: () => void;
}

/** Whether a value that came is taken; else the next device is asked. */
export type TakeValue = (value: SignedValue) => Promise<boolean>;

/** So many devices are asked for one value at most: it only spares work. */
const ASKED_MAX = 3;
/** So many values are asked for at a time; more are not waited for. */
const WANTED_MAX = 64;
const PART = 0;

interface Wanted {
  readonly key: string;
  readonly take: TakeValue;
  readonly asked: Set<DeviceId>;
  readonly end: () => void;
}

export const createSharedExchange = (
  context: Context,
  find: (key: string) => Promise<SignedValue | null>,
  choice: Pick<PeerChoice, 'ranked' | 'note'>,
): SharedExchange => {
  const wanted = new Map<string, Wanted>();
  const givers = createGivers<string>(
    context.ports.clock,
    () => goOn(),
    () => goOn(),
  );
  const giving = createGiving<WantSharedMessage>(async (_link, { key }) => ({
    ...{ kind: 'sharedValue', key },
    value: await find(key),
  }));

  const next = (want: Wanted): void => {
    const link = choice.ranked().find(({ peer }) => !want.asked.has(peer));
    if (link === undefined || want.asked.size >= ASKED_MAX) {
      wanted.delete(want.key);
      return want.end();
    }
    want.asked.add(link.peer);
    givers.request(givers.of(link), want.key, PART, { kind: 'wantShared', key: want.key });
  };

  /** Those whose device fell silent or left are asked of the next one. */
  const goOn = (): void => {
    for (const want of [...wanted.values()]) if (!givers.isAsked(want.key, PART)) next(want);
  };

  const came = async (link: Link, key: string, value: SignedValue | null): Promise<void> => {
    const want = wanted.get(key);
    // What nobody asked for, or what comes late, is nothing to look at.
    if (!givers.answered(givers.of(link), key, PART) || want === undefined) return;
    if (value !== null && (await want.take(value))) {
      choice.note(link.peer, 'gave');
      wanted.delete(key);
      return want.end();
    }
    next(want);
  };

  return {
    received: (link, message) => {
      if (message.kind !== 'wantShared' && message.kind !== 'sharedValue') return null;
      if (!link.isOpen || !isPresentMember(link)) return Promise.resolve();
      if (message.kind === 'sharedValue') return came(link, message.key, message.value);
      giving.give(link, message);
      return Promise.resolve();
    },
    ask: (key, take) => {
      if (wanted.has(key) || wanted.size >= WANTED_MAX) return Promise.resolve();
      return new Promise((end) => {
        const want = { key, take, asked: new Set<DeviceId>(), end };
        wanted.set(key, want);
        next(want);
      });
    },
    closed: (link) => {
      givers.forget(link);
      goOn();
    },
    close: () => {
      givers.close();
      for (const { end } of wanted.values()) end();
      wanted.clear();
    },
  };
};
