import type { BaseId } from '../../core/base/brands.js';
import type { Carrier, CarrierShelf } from '../../ports/carrier.js';
import { createDocument } from './document.js';
import { deleteKept, openPersistence } from './persistence.js';

/**
 * Carriers over Yjs, kept in IndexedDB as `upkeep-<profile>-carrier-<base>`.
 *
 * Errors: none; without a working IndexedDB carriers live in memory only.
 * Source: rule F10.
 */
export const createYjsCarrierShelf = (profile: string): CarrierShelf => {
  const prefix = `upkeep-${profile}-carrier-`;
  const opened = new Set<string>();

  const open = async (base: BaseId): Promise<Carrier> => {
    const name = prefix + base;
    opened.add(name);
    const persistence = await openPersistence(name, base);
    const { doc: _doc, onRebuilt, ...document } = createDocument(base, persistence.doc);
    onRebuilt(persistence.replace);
    const destroy = async (): Promise<void> => {
      await persistence.close();
      await deleteKept(name);
    };
    return { ...document, close: persistence.close, destroy };
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
