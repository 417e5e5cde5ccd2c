import { readRow as read } from '../../../src/replica/storage/rows.js';

export * from '../../../src/replica/storage/rows.js';

const readByBytes = new WeakMap<Uint8Array, ReturnType<typeof read>>();

/** The readRow of the app, asked once for the same bytes in memory: disks never change theirs. */
export const readRow: typeof read = (bytes) => {
  const held = readByBytes.get(bytes);
  if (held !== undefined) return held;
  const row = read(bytes);
  readByBytes.set(bytes, row);
  return row;
};
