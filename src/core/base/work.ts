/** Long work that says, again and again, where it may be cut. */
export type Work<T> = Generator<undefined, T, undefined>;

/** Does work in one go. */
export const atOnce = <T>(work: Work<T>): T => {
  for (;;) {
    const step = work.next();
    if (step.done === true) return step.value;
  }
};
