/** The rows of one table of one database, as they lie there. */
export interface SavedTable {
  readonly database: string;
  readonly table: string;
  readonly rows: readonly { readonly key: unknown; readonly value: unknown }[];
}

/** Keys are of no use in a file, and cannot leave; the loader's own rows say nothing of anybody. */
const LEFT_OUT = /(?:-keys|^upkeep\.loader)$/;

/** Reads the rows of every account on this device. Errors: rejects when one cannot be read. */
export const readRows = async (factory: IDBFactory): Promise<readonly SavedTable[]> => {
  const found = await factory.databases();
  const names = found.flatMap(({ name }) => name ?? []).filter((name) => /^upkeep/.test(name));
  const tables: SavedTable[] = [];
  for (const name of names.filter((each) => !LEFT_OUT.test(each)).sort()) {
    const database = await answer(factory.open(name));
    for (const table of [...database.objectStoreNames]) {
      const store = database.transaction(table).objectStore(table);
      const [keys, values] = await Promise.all([
        answer(store.getAllKeys()),
        answer<unknown[]>(store.getAll()),
      ]);
      const rows = keys.map((key, at) => ({ key, value: values[at] }));
      tables.push({ database: name, table, rows });
    }
    database.close();
  }
  return tables;
};

/** One JSON file; bytes stand in it as `{"base64": …}`. */
export const asFile = (tables: readonly SavedTable[]): Blob => {
  const text = JSON.stringify({ upkeep: 'rows', v: 1, tables }, (_key, value: unknown) => {
    if (value instanceof ArrayBuffer) return { base64: base64Of(new Uint8Array(value)) };
    if (ArrayBuffer.isView(value)) {
      const { buffer, byteOffset, byteLength } = value;
      return { base64: base64Of(new Uint8Array(buffer, byteOffset, byteLength)) };
    }
    return value instanceof Map ? [...value] : value;
  });
  return new Blob([text], { type: 'application/json' });
};

const base64Of = (bytes: Uint8Array): string => {
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text);
};

const answer = <Value>(request: IDBRequest<Value>): Promise<Value> =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error('not read'));
  });
