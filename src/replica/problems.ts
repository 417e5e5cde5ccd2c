import type { StoreError } from '../ports/store.js';
import type { Context } from './context.js';

/** Shows a failure of the store, once for each kind. */
export const noteStoreError = (context: Context, error: StoreError): void => {
  const kind =
    error.kind === 'quota' ? 'quota' : error.kind === 'lost' ? 'store-lost' : 'store-failed';
  if (!context.problems.some((problem) => problem.kind === kind)) {
    const sinceMs = context.ports.clock.wallMs();
    context.problems = [...context.problems, { kind, device: null, sinceMs }];
  }
  context.changed();
};
