import * as Y from 'yjs';
import type { Copy, Engine } from './engine.js';
import { pinnedVersion } from './pinned.js';
import { changeOf, fieldsOf, lineOfFields } from './work.js';

const RECORDS = 'records';

/** Yjs alone: one map of records, each a map of its fields. */
const open = (writer: number, saved?: Uint8Array): Copy => {
  const doc = new Y.Doc();
  doc.clientID = writer;
  const records = doc.getMap<Y.Map<unknown>>(RECORDS);
  if (saved !== undefined) Y.applyUpdate(doc, saved);
  let own: Uint8Array[] = [];
  doc.on('update', (update: Uint8Array, origin: unknown) => {
    if (origin === null) own.push(update);
  });
  return {
    act: ({ key, deed }) => {
      if (deed.kind === 'remove') return records.delete(key);
      if (deed.kind === 'create') {
        return void records.set(key, new Y.Map<unknown>(Object.entries(fieldsOf(deed.content))));
      }
      const change = changeOf(deed);
      if (change !== null) records.get(key)?.set(...change);
    },
    drain: () => {
      const drained = own;
      own = [];
      return drained;
    },
    whole: () => Y.encodeStateAsUpdate(doc),
    take: (updates) =>
      doc.transact(() => updates.forEach((update) => Y.applyUpdate(doc, update)), 'remote'),
    records: () => [...records.values()].map((record) => lineOfFields(record.toJSON())),
    save: () => Y.encodeStateAsUpdate(doc),
  };
};

export const yjs: Engine = {
  name: 'yjs',
  version: pinnedVersion('yjs'),
  does: {
    signs: 'no',
    prunes: 'no: drops deleted content, keeps a mark for each deleted key for ever',
    starts: 'one update of all',
  },
  open,
  tell: async (from, to) => {
    const updates = from.drain();
    to.take(updates);
    return updates.reduce((sum, update) => sum + update.length, 0);
  },
  trimmed: null,
};
