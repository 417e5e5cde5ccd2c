import type { Keepsake } from '../../src/ports/keepsake.js';
import { type ContractCase, expectEqual } from './expectation.js';

/** A note as it is found by whoever opens it anew; both are of one device. */
export interface KeepsakeBench {
  readonly open: () => Keepsake;
}

/** What every Keepsake does. */
export const keepsakeContract: readonly ContractCase<KeepsakeBench>[] = [
  {
    title: '[F5, F9] nothing is noted of a device that was never here',
    run: async ({ open }) => expectEqual(open().read(), null),
  },
  {
    title:
      '[F5, F9] what was written last is found by whoever opens it next, until it is forgotten',
    run: async ({ open }) => {
      const name = 'Wohnzimmer \u2068“1”\u2069 📱 ' + 'x'.repeat(30);
      open().write({ name, opens: true });
      expectEqual(open().read(), { name, opens: true });
      open().write({ name: null, opens: false });
      expectEqual(open().read(), { name: null, opens: false });
      open().forget();
      expectEqual(open().read(), null);
      open().forget();
    },
  },
];
