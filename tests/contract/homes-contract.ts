import { isProfileName } from '../../src/adapters/configuration.js';
import type { NewHomes } from '../../src/ports/new-homes.js';
import { type ContractCase, expectEqual, expectTrue, kindOf, valueOf } from './expectation.js';

/** The profiles beside one that nothing lives under but its own. */
export interface HomesBench {
  readonly profile: string;
  readonly homes: NewHomes;
}

const row = { table: 'own', key: 'a' } as const;
const VALUE = Uint8Array.of(1, 2, 3);

/** What every NewHomes does. */
export const homesContract: readonly ContractCase<HomesBench>[] = [
  {
    title: '[A12, P4] the next profile is another one, and the same until something lives there',
    run: async ({ profile, homes }) => {
      const next = await homes.nextProfile();
      expectTrue(next !== profile && isProfileName(next), 'it is the name of another profile');
      expectEqual(await homes.vault(next).load(), null);
      expectEqual(await homes.nextProfile(), next);
      await valueOf(await homes.open(next)).close();
      const after = await homes.nextProfile();
      expectTrue(![profile, next].includes(after) && isProfileName(after), 'it is yet another one');
    },
  },
  {
    title: '[A12, A1] keys that are made there are of that profile alone',
    run: async ({ profile, homes }) => {
      const next = await homes.nextProfile();
      const { signer } = await homes.vault(next).create();
      expectEqual((await homes.vault(next).load())?.signer.device, signer.device);
      expectEqual(await homes.vault(profile).load(), null);
      await homes.vault(next).erase();
      expectEqual(await homes.vault(next).load(), null);
    },
  },
  {
    title: '[A12, F9] what was kept there is there when it is opened again, and nowhere else',
    run: async ({ homes }) => {
      const next = await homes.nextProfile();
      const store = valueOf(await homes.open(next));
      valueOf(await store.commit([{ kind: 'put', ...row, value: VALUE }], 'strict'));
      await store.close();
      const other = valueOf(await homes.open(await homes.nextProfile()));
      expectEqual(valueOf(await other.get(row.table, row.key)), null);
      await other.close();
      const again = valueOf(await homes.open(next));
      expectEqual(valueOf(await again.get(row.table, row.key)), VALUE);
      await again.close();
    },
  },
  {
    title: '[A12, P5] a profile in which somebody writes is blocked until it is let go',
    run: async ({ homes }) => {
      const next = await homes.nextProfile();
      const store = valueOf(await homes.open(next));
      expectEqual(kindOf(await homes.open(next)), 'blocked');
      await store.close();
      await valueOf(await homes.open(next)).close();
    },
  },
];
