import { describe, expect, it } from 'vitest';
import {
  areSameDrafts,
  createDrafts,
  type DraftStorage,
  EMPTY_DRAFT,
} from '../../../src/ui/screens/records/drafts.js';

const createStorage = (): DraftStorage & { readonly rows: Map<string, string> } => {
  const rows = new Map<string, string>();
  return {
    rows,
    getItem: (name) => rows.get(name) ?? null,
    setItem: (name, value) => void rows.set(name, value),
    removeItem: (name) => void rows.delete(name),
  };
};
const refuse = (): never => {
  throw new Error('refused');
};
const kept = { draft: { title: 'Boiler', text: 'May', labels: ['house'] }, sinceMs: 7 };

describe('[P1] text that is not saved yet', () => {
  it('[P1] survives a reload, and is gone once dropped', () => {
    const storage = createStorage();
    createDrafts('alice', storage).keep('a:1', kept);
    const after = createDrafts('alice', storage);
    expect(after.get('a:1')).toEqual(kept);
    after.drop('a:1');
    expect(after.get('a:1')).toBeNull();
    expect(createDrafts('alice', storage).get('a:1')).toBeNull();
  });

  it('[P1] keeps records and devices of one browser apart', () => {
    const storage = createStorage();
    createDrafts('alice', storage).keep('new', kept);
    expect(createDrafts('alice', storage).get('a:1')).toBeNull();
    expect(createDrafts('bob', storage).get('new')).toBeNull();
  });

  it('[P1] stays in memory where the browser refuses to store', () => {
    const drafts = createDrafts('alice', { getItem: refuse, setItem: refuse, removeItem: refuse });
    expect(drafts.get('new')).toBeNull();
    drafts.keep('new', kept);
    expect(drafts.get('new')).toEqual(kept);
    drafts.drop('new');
    expect(drafts.get('new')).toBeNull();
    expect(createDrafts('alice', null).get('new')).toBeNull();
  });

  it.each(['', '{', '3', '{"draft":{"title":1}}', '{"draft":{"title":"a","text":"b"}}'])(
    '[P1] reads a damaged row as none: %s',
    (row) => {
      const storage = createStorage();
      storage.rows.set('upkeep-draft:alice:new', row);
      expect(createDrafts('alice', storage).get('new')).toBeNull();
    },
  );

  it('[P1] compares drafts whatever the order of labels', () => {
    const draft = { title: 'a', text: 'b', labels: ['x', 'y'] };
    expect(areSameDrafts(draft, { ...draft, labels: ['y', 'x'] })).toBe(true);
    expect(areSameDrafts(draft, { ...draft, labels: ['x'] })).toBe(false);
    expect(areSameDrafts(draft, { ...draft, text: 'c' })).toBe(false);
    expect(areSameDrafts(EMPTY_DRAFT, draft)).toBe(false);
  });
});
