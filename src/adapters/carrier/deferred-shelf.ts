import type { CarrierShelf } from '../../ports/carrier.js';

/**
 * A shelf whose code is fetched when it is first used; what could not be fetched is tried again.
 *
 * Errors: `open` and `keepOnly` reject where the code cannot be fetched.
 */
export const createDeferredShelf = (load: () => Promise<CarrierShelf>): CarrierShelf => {
  let loading: Promise<CarrierShelf> | null = null;
  const shelf = (): Promise<CarrierShelf> =>
    (loading ??= load().catch((cause: unknown) => {
      loading = null;
      throw cause;
    }));
  return {
    open: async (base) => (await shelf()).open(base),
    keepOnly: async (base) => (await shelf()).keepOnly(base),
  };
};
