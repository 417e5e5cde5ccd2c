import type { StorageInfo } from '../context.js';
import type { StorageView } from '../view.js';

/** What the browser says of its store, asked at the start and after each request to keep it. */
export interface StorageWatch {
  readonly view: () => StorageView;
  readonly isInstalled: () => boolean;
  readonly read: () => Promise<void>;
  readonly persist: () => Promise<boolean>;
}

export const createStorageWatch = (storage: StorageInfo, changed: () => void): StorageWatch => {
  let view: StorageView = { isPersisted: null, usedBytes: null, quotaBytes: null };

  const read = async (): Promise<void> => {
    const [isPersisted, estimate] = await Promise.all([storage.isPersisted(), storage.estimate()]);
    view = { isPersisted, usedBytes: estimate.used, quotaBytes: estimate.quota };
    changed();
  };

  return {
    view: () => view,
    isInstalled: () => storage.isInstalled?.() ?? false,
    read,
    persist: async () => {
      const isPersisted = await storage.persist();
      await read();
      return isPersisted;
    },
  };
};
