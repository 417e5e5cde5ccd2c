import 'fake-indexeddb/auto';
import { IDBFactory } from 'fake-indexeddb';
import * as idb from 'lib0/indexeddb';
import { beforeEach, describe, expect, it } from 'vitest';
import { createYjsCarrierShelf } from '../../src/adapters/carrier/yjs-carrier-shelf.js';
import type { BaseId } from '../../src/core/base/brands.js';
import { alice, idNamed, sessionOf } from '../unit/facts/fixtures.js';
import { carrierContract } from './carrier-contract.js';
import { scriptedBench } from './scripted-workers.js';

const BASE = idNamed<BaseId>('base');
const NAME = `upkeep-test-carrier-${BASE}`;
const facts = sessionOf(alice, 'home', 3);
const run = {
  session: facts[0]?.envelope.session as NonNullable<(typeof facts)[0]>['envelope']['session'],
  firstPlace: 0,
  facts: facts.map((fact) => fact.bytes),
};

const keepOneDocument = async (): Promise<void> => {
  const carrier = await createYjsCarrierShelf('test').open(BASE);
  carrier.append([run]);
  await carrier.close();
};

const reopened = async (): Promise<number | undefined> => {
  const carrier = await createYjsCarrierShelf('test').open(BASE);
  const length = carrier.lengths().get(run.session);
  carrier.append([run]);
  expect(carrier.lengths().get(run.session)).toBe(3);
  await carrier.close();
  return length;
};

describe('yjs carrier', () => {
  beforeEach(() => {
    globalThis.indexedDB = new IDBFactory();
  });

  for (const { title, run: runCase } of carrierContract) {
    it(title, () => runCase(async () => createYjsCarrierShelf('test')));
    it(`${title}, with a worker`, () => {
      const reader = scriptedBench().makeReader();
      return runCase(async () => createYjsCarrierShelf('test', reader));
    });
  }

  it('[F11] the worker rests once no document is open, and not before', async () => {
    const bench = scriptedBench();
    const shelf = createYjsCarrierShelf('test', bench.makeReader());
    const [one, other] = [await shelf.open(BASE), await shelf.open(idNamed<BaseId>('other'))];
    expect((await one.decodeUpdate(Uint8Array.of(0, 0))).ok).toBe(true);
    await one.close();
    expect(bench.counts()).toEqual({ started: 1, stopped: 0 });
    expect((await other.decodeUpdate(Uint8Array.of(0, 0))).ok).toBe(true);
    await other.destroy();
    expect(bench.counts()).toEqual({ started: 1, stopped: 1 });
  });

  it('[F10] a document without its database lives in memory only', async () => {
    Reflect.deleteProperty(globalThis, 'indexedDB');
    const shelf = createYjsCarrierShelf('test');
    const carrier = await shelf.open(BASE);
    carrier.append([run]);
    expect(carrier.lengths().get(run.session)).toBe(3);
    await carrier.close();
    await shelf.keepOnly(BASE);
  });

  it.each([
    ['bytes that are no update', Uint8Array.of(9, 9, 9)],
    ['something that is no bytes', 'text'],
    ['an update with a hole', Uint8Array.of(1, 1, 7, 0, 10, 3, 0)],
  ])('[F10] %s in the database: it starts empty and is kept anew', async (_title, damage) => {
    await keepOneDocument();
    expect(await reopened()).toBe(3);
    const db = await idb.openDB(NAME, () => undefined);
    const [updates] = idb.transact(db, ['updates']);
    if (updates === undefined) throw new Error('no store');
    await idb.addAutoKey(updates, damage as string);
    db.close();
    expect(await reopened()).toBeUndefined();
    expect(await reopened()).toBe(3);
  });

  const keptRows = async <T>(work: (updates: IDBObjectStore) => Promise<T>): Promise<T> => {
    const db = await idb.openDB(NAME, () => undefined);
    const [updates] = idb.transact(db, ['updates']);
    if (updates === undefined) throw new Error('no store');
    const done = await work(updates);
    db.close();
    return done;
  };

  it('[F10] a large one is loaded in parts, between which others have a turn', async () => {
    const many = sessionOf(alice, 'home', 1_000).map((fact) => fact.bytes);
    const carrier = await createYjsCarrierShelf('test').open(BASE);
    carrier.append([{ ...run, facts: many.slice(0, 700) }]);
    carrier.append([{ ...run, firstPlace: 700, facts: many.slice(700) }]);
    const before = carrier.snapshotBytes();
    await carrier.close();
    const rows = await keptRows((updates) => idb.count(updates));
    let turns = 0;
    const shelf = createYjsCarrierShelf('test', undefined, async () => void (turns += 1));
    const again = await shelf.open(BASE);
    expect(turns).toBeGreaterThan(7);
    expect(again.snapshotBytes()).toEqual(before);
    again.append([{ ...run, facts: many }]);
    await again.close();
    // Yjs' own keeper writes down that it began, and nothing of what was loaded.
    expect(await keptRows((updates) => idb.count(updates))).toBe(rows + 1);
    const last = await keptRows((updates) => idb.getLastKey(updates));
    expect(last).toBeGreaterThan(rows);
  });

  it('[F10] one whose middle is lost starts empty and is kept anew', async () => {
    const carrier = await createYjsCarrierShelf('test').open(BASE);
    for (const at of [0, 1, 2]) {
      carrier.append([{ ...run, firstPlace: at, facts: run.facts.slice(at, at + 1) }]);
    }
    await carrier.close();
    const keys = await keptRows((updates) => idb.getAllKeys(updates));
    await keptRows((updates) => idb.del(updates, keys.at(-2) as number));
    expect(await reopened()).toBeUndefined();
    expect(await reopened()).toBe(3);
  });

  it('[F10] a database of another make is replaced', async () => {
    const db = await idb.openDB(NAME, (fresh) => idb.createStores(fresh, [['else']]));
    db.close();
    expect(await reopened()).toBeUndefined();
    expect(await reopened()).toBe(3);
  });

  it('[F10] a database that is deleted underneath ends the cache, not the document', async () => {
    const shelf = createYjsCarrierShelf('test');
    const carrier = await shelf.open(BASE);
    await idb.deleteDB(NAME);
    carrier.append([run]);
    expect(carrier.lengths().get(run.session)).toBe(3);
    await carrier.close();
  });

  it('[F10] other profiles keep their documents', async () => {
    await keepOneDocument();
    await createYjsCarrierShelf('other').keepOnly(idNamed<BaseId>('another base'));
    expect(await reopened()).toBe(3);
  });
});
