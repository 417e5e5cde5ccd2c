import type { BaseId } from '../../core/base/brands.js';
import type { Carrier, CarrierShelf } from '../../ports/carrier.js';
import { createDocument } from './document.js';
import { type Breathe, deleteKept, openPersistence } from './persistence.js';
import type { UpdateReader } from './worker-reader.js';

/**
 * Carriers over Yjs, kept in IndexedDB as `upkeep-<profile>-carrier-<base>`.
 *
 * Foreign updates are read by `reader`, which rests while no carrier is open; without one they are
 * read on the caller's thread. Between parts of long work here there is a `breathe`.
 * Errors: none; without a working IndexedDB carriers live in memory only.
 * Source: rules F10 and F11.
 */
export const createYjsCarrierShelf = (
  profile: string,
  reader?: UpdateReader,
  breathe: Breathe = async () => undefined,
): CarrierShelf => {
  const prefix = `upkeep-${profile}-carrier-`;
  const opened = new Set<string>();
  const inUse = new Set<symbol>();

  const open = async (base: BaseId): Promise<Carrier> => {
    const name = prefix + base;
    opened.add(name);
    const persistence = await openPersistence(name, base, breathe);
    const made = createDocument(base, persistence.doc, reader?.read);
    const { doc: _doc, onRebuilt, ...document } = made;
    onRebuilt(persistence.replace);
    const use = Symbol(base);
    inUse.add(use);
    const close = async (): Promise<void> => {
      inUse.delete(use);
      if (inUse.size === 0) await reader?.rest();
      await persistence.close();
    };
    const destroy = async (): Promise<void> => {
      await close();
      await deleteKept(name);
    };
    return { ...document, close, destroy };
  };

  const keepOnly = async (base: BaseId): Promise<void> => {
    const names = new Set([...opened, ...(await keptNames())]);
    names.delete(prefix + base);
    const stale = [...names].filter((name) => name.startsWith(prefix));
    await Promise.all(stale.map(deleteKept));
    for (const name of stale) opened.delete(name);
  };

  return { open, keepOnly };
};

/** The databases of this origin; none where the browser does not tell. */
const keptNames = async (): Promise<readonly string[]> => {
  try {
    const databases = await indexedDB.databases();
    return databases.flatMap(({ name }) => (name === undefined ? [] : [name]));
  } catch {
    return [];
  }
};
