/** The outcome of something that may fail as expected; a broken invariant throws instead. */
export type Result<T, E> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: E };

export const ok = <T>(value: T): { readonly ok: true; readonly value: T } => ({ ok: true, value });

export const err = <E>(error: E): { readonly ok: false; readonly error: E } => ({
  ok: false,
  error,
});

/** Throws when an invariant of our own code is broken; never used on what comes from outside. */
export function assert(condition: unknown, message: string): asserts condition {
  if (!condition) throw new Error(`broken invariant: ${message}`);
}

/** Marks the branch of a switch that no value reaches. */
export const assertNever = (value: never): never => {
  throw new Error(`broken invariant: unreachable ${JSON.stringify(value)}`);
};
