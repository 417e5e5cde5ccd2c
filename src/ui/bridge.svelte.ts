import { getContext, setContext } from 'svelte';
import { createSubscriber } from 'svelte/reactivity';
import type { Clock, Replica } from '../replica/commands.js';
import type { View } from '../replica/view.js';

/** How often ages such as "3 minutes ago" are told anew. */
const TICK_MS = 15_000;
const KEY = Symbol('replica');

/**
 * The replica as screens see it: `view` and `nowMs` are read like variables and keep screens fresh.
 *
 * Commands go to `replica` and answer with a Result.
 */
export interface Bridge {
  readonly replica: Replica;
  readonly view: View;
  /** Wall ms of this device, told anew every quarter of a minute. */
  readonly nowMs: number;
  /** For long work in turns. */
  readonly clock: Clock;
}

/** Makes replica and clock readable by runes. Nothing is subscribed while nobody reads. */
const createBridge = (replica: Replica, clock: Clock): Bridge => {
  const followView = createSubscriber((update) => replica.subscribe(update));
  const followTime = createSubscriber((update) => {
    let cancel = (): void => undefined;
    const tick = (): void => {
      cancel = clock.after(TICK_MS, () => {
        update();
        tick();
      });
    };
    tick();
    return () => cancel();
  });
  return {
    replica,
    clock,
    get view() {
      followView();
      return replica.view();
    },
    get nowMs() {
      followTime();
      return clock.wallMs();
    },
  };
};

/** Gives a replica to everything below; several stand side by side where several are provided. */
export const provideReplica = (replica: Replica, clock: Clock): Bridge =>
  setContext(KEY, createBridge(replica, clock));

/** The replica provided above. Throws where none is. */
export const useReplica = (): Bridge => {
  const bridge = getContext<Bridge | undefined>(KEY);
  if (bridge === undefined) throw new Error('broken invariant: no replica is provided here');
  return bridge;
};
