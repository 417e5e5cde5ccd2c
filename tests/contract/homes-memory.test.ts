import { describe, it } from 'vitest';
import { createMemoryHomes } from '../../src/adapters/memory/memory-homes.js';
import { createMemoryVault } from '../../src/adapters/memory/memory-keys.js';
import type { KeyVault } from '../../src/ports/keys.js';
import { homesContract } from './homes-contract.js';

describe('profiles in memory', () => {
  for (const { title, run } of homesContract) {
    it(title, async () => {
      const vaults = new Map<string, KeyVault>();
      const vaultOf = (name: string): KeyVault => {
        const vault = vaults.get(name) ?? createMemoryVault(name);
        vaults.set(name, vault);
        return vault;
      };
      await run({ profile: 'bob', homes: createMemoryHomes('bob', new Map(), vaultOf) });
    });
  }
});
