import type { Result } from '../core/base/result.js';
import type { CommandError, Done } from '../replica/commands.js';

/** A command as a button needs it: whether it runs, and why it last did nothing. */
export interface Command<A extends readonly unknown[], T> {
  readonly isBusy: boolean;
  readonly error: CommandError | null;
  /** Runs it unless it runs already; the answer is null then. */
  readonly run: (...input: A) => Promise<Result<T, CommandError> | null>;
  /** Forgets the last error. */
  readonly forget: () => void;
}

/** Wraps a command of the replica, so that its error reaches the person and it never runs twice. */
export const createCommand = <A extends readonly unknown[], T>(
  command: (...input: A) => Done<T>,
): Command<A, T> => {
  let isBusy = $state(false);
  let error = $state.raw<CommandError | null>(null);
  return {
    get isBusy() {
      return isBusy;
    },
    get error() {
      return error;
    },
    run: async (...input) => {
      if (isBusy) return null;
      isBusy = true;
      error = null;
      try {
        const result = await command(...input);
        if (!result.ok) error = result.error;
        return result;
      } finally {
        isBusy = false;
      }
    },
    forget: () => (error = null),
  };
};
