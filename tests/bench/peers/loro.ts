import { LoroDoc, LoroMap } from 'loro-crdt';
import type { Copy, Engine } from './engine.js';
import { pinnedVersion } from './pinned.js';
import { type Fields, changeOf, fieldsOf, lineOfFields } from './work.js';

interface LoroCopy extends Copy {
  readonly doc: LoroDoc;
}

/** Loro: one map of records, each a map of its fields. */
const open = (writer: number, saved?: Uint8Array): LoroCopy => {
  const doc = saved === undefined ? new LoroDoc() : LoroDoc.fromSnapshot(saved);
  doc.setPeerId(writer);
  const records = doc.getMap('records');
  let own: Uint8Array[] = [];
  doc.subscribeLocalUpdates((update) => void own.push(update));
  return {
    doc,
    act: ({ key, deed }) => {
      if (deed.kind === 'remove') records.delete(key);
      else if (deed.kind === 'create') {
        const record = records.setContainer(key, new LoroMap());
        for (const [field, value] of Object.entries(fieldsOf(deed.content))) {
          record.set(field, value);
        }
      } else {
        const record = records.get(key);
        const change = changeOf(deed);
        if (record instanceof LoroMap && change !== null) record.set(...change);
      }
      doc.commit();
    },
    drain: () => {
      const drained = own;
      own = [];
      return drained;
    },
    whole: () => doc.export({ mode: 'update' }),
    take: (updates) => {
      if (updates.length < 10) updates.forEach((update) => doc.import(update));
      else doc.importBatch([...updates]);
    },
    records: () => Object.values(records.toJSON() as Record<string, Fields>).map(lineOfFields),
    save: () => doc.export({ mode: 'snapshot' }),
  };
};

export const loro: Engine = {
  name: 'loro-crdt',
  version: pinnedVersion('loro-crdt'),
  does: {
    signs: 'no',
    prunes: 'a shallow snapshot, by whoever makes one; what lies before it is refused later',
    starts: 'one snapshot',
  },
  open,
  tell: async (from, to) => {
    const updates = from.drain();
    to.take(updates);
    return updates.reduce((sum, update) => sum + update.length, 0);
  },
  trimmed: (copy) => {
    const { doc } = copy as LoroCopy;
    return doc.export({ mode: 'shallow-snapshot', frontiers: doc.frontiers() });
  },
};
