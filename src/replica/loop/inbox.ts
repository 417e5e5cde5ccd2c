import { err } from '../../core/base/result.js';
import type { Done } from '../command-error.js';

/**
 * Runs tasks one after the other, so that no decision is made on a state that another changes.
 *
 * A task that throws rejects its own promise and stops nobody else. Tasks must not wait for tasks
 * that they put in themselves.
 */
export interface Inbox {
  readonly put: <T>(task: () => Promise<T>) => Promise<T>;
  /** From now on nothing runs any more; what is put in never comes to be. */
  readonly close: () => void;
  readonly isClosed: () => boolean;
  /** Resolves when everything put in so far is done. */
  readonly idle: () => Promise<void>;
}

/** Runs a command in its turn. Errors: `busy` once nothing runs any more. */
export const runInTurn = async <T>(inbox: Inbox, command: () => Done<T>): Done<T> =>
  inbox.isClosed() ? err({ kind: 'busy' }) : inbox.put(command);

export const createInbox = (): Inbox => {
  let last: Promise<unknown> = Promise.resolve();
  let isClosed = false;
  const put = <T>(task: () => Promise<T>): Promise<T> => {
    if (isClosed) return new Promise<T>(() => undefined);
    const result = last.then(task);
    last = result.catch(() => undefined);
    return result;
  };
  const idle = async (): Promise<void> => {
    let seen: Promise<unknown>;
    do {
      seen = last;
      await seen;
    } while (seen !== last);
  };
  return {
    put,
    idle,
    close: () => {
      isClosed = true;
    },
    isClosed: () => isClosed,
  };
};
