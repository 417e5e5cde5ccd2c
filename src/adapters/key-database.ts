import { deleteDB, openDB } from 'idb';
import type { DBSchema, IDBPDatabase } from 'idb';

/** What is kept of a device's keys: handles that the browser keeps inside, or a wrapped secret. */
export type KeyRow =
  | {
      readonly form: 'native';
      readonly signing: CryptoKey;
      readonly signingPublic: Uint8Array;
      readonly agreement: CryptoKey;
      readonly agreementPublic: Uint8Array;
    }
  | {
      readonly form: 'wrapped';
      /** AES-GCM, not extractable. */
      readonly wrapping: CryptoKey;
      readonly nonce: Uint8Array;
      /** Ed25519 seed ‖ X25519 secret, encrypted. */
      readonly wrapped: Uint8Array;
    };

interface KeySchema extends DBSchema {
  keys: { key: string; value: KeyRow };
}

const TABLE = 'keys';
const DEVICE = 'device';
const CANDIDATE = 'candidate';

/** Where one profile's keys lie; every call opens the database for itself and closes it. */
export interface KeyDatabase {
  readonly device: () => Promise<KeyRow | null>;
  /** Keeps a row that is not the device's yet, and reads it back over another connection. */
  readonly keptCandidate: (row: KeyRow) => Promise<KeyRow | null>;
  /** Makes a row the device's, durably. Rejects when there is one already. */
  readonly adopt: (row: KeyRow) => Promise<void>;
  readonly erase: () => Promise<void>;
}

/** Opens the key database of a profile. Errors: every call rejects with what the browser threw. */
export const createKeyDatabase = (profile: string): KeyDatabase => {
  const name = `upkeep-${profile}-keys`;
  return {
    device: () =>
      withDatabase(name, async (database) => (await database.get(TABLE, DEVICE)) ?? null),
    keptCandidate: async (row) => {
      await withDatabase(name, async (database) => {
        const transaction = database.transaction(TABLE, 'readwrite', { durability: 'strict' });
        await Promise.all([transaction.store.put(row, CANDIDATE), transaction.done]);
      });
      return withDatabase(name, async (database) => (await database.get(TABLE, CANDIDATE)) ?? null);
    },
    adopt: (row) =>
      withDatabase(name, async (database) => {
        const transaction = database.transaction(TABLE, 'readwrite', { durability: 'strict' });
        await Promise.all([
          transaction.store.add(row, DEVICE),
          transaction.store.delete(CANDIDATE),
          transaction.done,
        ]);
      }),
    erase: () => deleteDB(name),
  };
};

const withDatabase = async <T>(
  name: string,
  work: (database: IDBPDatabase<KeySchema>) => Promise<T>,
): Promise<T> => {
  const database = await openDB<KeySchema>(name, 1, {
    upgrade: (opened) => void opened.createObjectStore(TABLE),
  });
  try {
    return await work(database);
  } finally {
    database.close();
  }
};
