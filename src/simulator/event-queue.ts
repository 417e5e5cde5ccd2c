import { assert } from '../core/base/result.js';
import type { Cancel } from '../ports/clock.js';
import { quiet } from './quiet.js';

/** The one time of a simulation and everything that is to happen in it. */
export interface EventQueue {
  /** Milliseconds since the simulation began. */
  readonly nowMs: () => number;
  /** Runs it after so long; what is due at one time runs in the order in which it was put in. */
  readonly after: (delayMs: number, run: () => void) => Cancel;
  /** Lets so much time pass, event by event, each followed by all that its promises bring. */
  readonly pass: (ms: number) => Promise<void>;
  /**
   * As if every device had slept: time is later at once, and what fell due on the way runs now.
   */
  readonly sleep: (ms: number) => Promise<void>;
  readonly eventCount: () => number;
}

interface Event {
  readonly dueMs: number;
  readonly order: number;
  run: (() => void) | null;
}

/** A heap by due time, then by order. */
export const createEventQueue = (): EventQueue => {
  const heap: Event[] = [];
  let nowMs = 0;
  let orders = 0;
  let ran = 0;

  const put = (event: Event): void => {
    heap.push(event);
    let at = heap.length - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!isBefore(event, heap[parent] as Event)) break;
      heap[at] = heap[parent] as Event;
      at = parent;
    }
    heap[at] = event;
  };

  const take = (): void => {
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      const right = heap[child + 1];
      if (right !== undefined && isBefore(right, heap[child] as Event)) child += 1;
      if (!isBefore(heap[child] as Event, last)) break;
      heap[at] = heap[child] as Event;
      at = child;
    }
    heap[at] = last;
  };

  const pass = async (ms: number): Promise<void> => {
    assert(ms >= 0, 'time never falls');
    const endMs = nowMs + Math.floor(ms);
    await quiet();
    for (let event = heap[0]; event !== undefined && event.dueMs <= endMs; event = heap[0]) {
      take();
      const { run } = event;
      if (run === null) continue;
      nowMs = Math.max(nowMs, event.dueMs);
      event.run = null;
      ran += 1;
      run();
      await quiet();
    }
    nowMs = endMs;
  };

  return {
    nowMs: () => nowMs,
    after: (delayMs, run) => {
      const event: Event = {
        dueMs: nowMs + Math.max(0, Math.floor(delayMs)),
        order: orders++,
        run,
      };
      put(event);
      return () => {
        event.run = null;
      };
    },
    pass,
    sleep: async (ms) => {
      nowMs += Math.floor(ms);
      await pass(0);
    },
    eventCount: () => ran,
  };
};

const isBefore = (left: Event, right: Event): boolean =>
  left.dueMs < right.dueMs || (left.dueMs === right.dueMs && left.order < right.order);
