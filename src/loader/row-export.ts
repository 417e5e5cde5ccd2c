/** The rows of one table of one database, as they lie there. */
export interface SavedTable {
  readonly database: string;
  readonly table: string;
  /** Each as its key and its value. */
  readonly rows: readonly (readonly [unknown, unknown])[];
}

/** Keys are of no use in a file, and cannot leave; the loader's own rows say nothing of anybody. */
const OF_ACCOUNTS = /^upkeep(?!\.loader$)(?!.*-keys$)/;

/** Reads the rows of every account on this device. Errors: rejects when one cannot be read. */
export const readRows = async (factory: IDBFactory): Promise<readonly SavedTable[]> => {
  const tables: SavedTable[] = [];
  for (const { name = '' } of await factory.databases()) {
    if (!OF_ACCOUNTS.test(name)) continue;
    const database = await answer(factory.open(name));
    for (const table of database.objectStoreNames) {
      const store = database.transaction(table).objectStore(table);
      const keys = store.getAllKeys();
      const values: readonly unknown[] = await answer(store.getAll());
      const rows = keys.result.map((key, at) => [key, values[at]] as const);
      tables.push({ database: name, table, rows });
    }
    database.close();
  }
  return tables;
};

/** One JSON file; bytes stand in it as `{"base64": …}`. */
export const asFile = (tables: readonly SavedTable[]): Blob =>
  new Blob([JSON.stringify({ upkeep: 'rows', v: 1, tables }, (_key, value) => plain(value))]);

const plain = (value: unknown): unknown => {
  if (value instanceof Map) return [...value];
  if (!(value instanceof ArrayBuffer || ArrayBuffer.isView(value))) return value;
  const { buffer = value, byteOffset, byteLength } = value as Partial<Uint8Array>;
  const bytes = new Uint8Array(buffer as ArrayBuffer, byteOffset, byteLength);
  return { base64: btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join('')) };
};

const answer = <Value>(request: IDBRequest<Value>): Promise<Value> =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
