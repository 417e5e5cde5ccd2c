import { IDBFactory } from 'fake-indexeddb';
import { describe, expect, it } from 'vitest';
import { isTryDatabase, removeTryDatabases } from '../../../src/ui/screens/try-it/databases.js';

const open = (factory: IDBFactory, name: string): Promise<void> =>
  new Promise((resolve, reject) => {
    const request = factory.open(name);
    request.onsuccess = () => {
      request.result.close();
      resolve();
    };
    request.onerror = () => reject(request.error ?? new Error(name));
  });

describe('[P4] starting the tried devices anew', () => {
  it('[P4] knows the databases of the tried devices from those of a real one', () => {
    expect(isTryDatabase('upkeep-try-1')).toBe(true);
    expect(isTryDatabase('upkeep-try-3-carrier-00ff')).toBe(true);
    expect(isTryDatabase('upkeep-try-2-keys')).toBe(true);
    expect(isTryDatabase('upkeep')).toBe(false);
    expect(isTryDatabase('upkeep-keys')).toBe(false);
    expect(isTryDatabase('upkeep-try-10')).toBe(false);
    expect(isTryDatabase('other-upkeep-try-1')).toBe(false);
  });

  it('[P4] removes facts, keys and carriers of all three, and nothing else', async () => {
    const factory = new IDBFactory();
    const tried = ['upkeep-try-1', 'upkeep-try-1-keys', 'upkeep-try-2-carrier-ab', 'upkeep-try-3'];
    for (const name of [...tried, 'upkeep', 'upkeep-keys']) await open(factory, name);
    expect(await removeTryDatabases(factory)).toBe(true);
    const left = (await factory.databases()).map(({ name }) => name);
    expect(left.sort()).toEqual(['upkeep', 'upkeep-keys']);
  });

  it('[P4] removes the known ones where the browser lists none', async () => {
    const factory = new IDBFactory();
    await open(factory, 'upkeep-try-2-keys');
    const listed = factory.databases.bind(factory);
    Object.defineProperty(factory, 'databases', { value: undefined });
    expect(await removeTryDatabases(factory)).toBe(true);
    expect(await listed()).toEqual([]);
  });
});
