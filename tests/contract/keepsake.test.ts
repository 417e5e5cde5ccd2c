import { describe, expect, it } from 'vitest';
import {
  createBrowserKeepsake,
  keepsakeNameOf,
  type NoteStorage,
} from '../../src/adapters/browser-keepsake.js';
import { createMemoryKeepsake } from '../../src/adapters/memory/memory-keepsake.js';
import { keepsakeContract } from './keepsake-contract.js';

/** Local storage as Node has none. */
const createStorage = (): NoteStorage => {
  const texts = new Map<string, string>();
  return {
    getItem: (name) => texts.get(name) ?? null,
    setItem: (name, text) => void texts.set(name, text),
    removeItem: (name) => void texts.delete(name),
  };
};

describe('keepsake in memory', () => {
  for (const { title, run } of keepsakeContract) {
    const keepsake = createMemoryKeepsake();
    it(title, () => run({ open: () => keepsake }));
  }
});

describe('keepsake in local storage', () => {
  for (const { title, run } of keepsakeContract) {
    const storage = createStorage();
    it(title, () => run({ open: () => createBrowserKeepsake('main', () => storage) }));
  }

  it('[F9] profiles are apart', () => {
    const storage = createStorage();
    createBrowserKeepsake('main', () => storage).write({ name: 'Alice phone', opens: true });
    expect(createBrowserKeepsake('main-2', () => storage).read()).toBeNull();
  });

  it('[F9] what is no note is none', () => {
    const storage = createStorage();
    const texts = ['', '{', '7', '[]', '{}', '{"name":"","opens":true}', '{"name":7,"opens":true}'];
    const long = JSON.stringify({ name: 'x'.repeat(65), opens: true });
    for (const text of [...texts, long, '{"name":"Alice"}', '{"name":"Alice","opens":1}']) {
      storage.setItem(keepsakeNameOf('main'), text);
      expect(createBrowserKeepsake('main', () => storage).read()).toBeNull();
    }
  });

  it('[F9] a browser that keeps no such thing, or is full, is done without', () => {
    const refuse = (): never => {
      throw new DOMException('no', 'SecurityError');
    };
    const refusing = { getItem: refuse, setItem: refuse, removeItem: refuse };
    for (const storage of [refuse, () => refusing]) {
      const keepsake = createBrowserKeepsake('main', storage);
      keepsake.write({ name: 'Alice phone', opens: true });
      keepsake.forget();
      expect(keepsake.read()).toBeNull();
    }
  });
});
