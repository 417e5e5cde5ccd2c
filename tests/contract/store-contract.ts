import { TABLES } from '../../src/ports/store.js';
import type { Change, Row, Store, Table } from '../../src/ports/store.js';
import { expectEqual, expectTrue, kindOf, valueOf } from './expectation.js';
import type { ContractCase } from './expectation.js';

/** One device's disk. */
export interface StoreBench {
  /** A store over what the disk holds; the one before must be closed first. */
  readonly open: () => Promise<Store>;
}

const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values);

const put = (table: Table, key: string, value: Uint8Array): Change => ({
  kind: 'put',
  table,
  key,
  value,
});

const keysOf = (rows: readonly Row[]): readonly string[] => rows.map((row) => row.key);

const opened = async (bench: StoreBench, changes: readonly Change[]): Promise<Store> => {
  const store = await bench.open();
  valueOf(await store.commit(changes, 'relaxed'));
  return store;
};

/** What every Store does, whatever is below it. */
export const storeContract: readonly ContractCase<StoreBench>[] = [
  {
    title: '[F9] an empty store has every table and no row',
    run: async (bench) => {
      const store = await bench.open();
      for (const table of TABLES) expectEqual(valueOf(await store.read(table)), [], table);
      expectEqual(valueOf(await store.get('own', 'nothing')), null);
      await store.close();
    },
  },
  {
    title: '[F9] what is committed is read back, in either durability',
    run: async (bench) => {
      const store = await bench.open();
      valueOf(await store.commit([put('own', 'fence', bytes(1, 2))], 'strict'));
      valueOf(await store.commit([put('facts', 'a', bytes())], 'relaxed'));
      expectEqual(valueOf(await store.get('own', 'fence')), bytes(1, 2));
      expectEqual(valueOf(await store.get('facts', 'a')), bytes());
      expectTrue(valueOf(await store.get('facts', 'a')) instanceof Uint8Array, 'bytes stay bytes');
      expectEqual(valueOf(await store.get('own', 'a')), null, 'tables are apart');
      await store.close();
    },
  },
  {
    title: '[F9] a table is read whole and in order, however many rows and whatever they weigh',
    run: async (bench) => {
      const sizes = Array.from({ length: 300 }, (_, at) => (at % 40 === 9 ? 200_000 : at % 7));
      const keyAt = (at: number): string => `k${String(at).padStart(4, '0')}`;
      const rows = sizes.map((size, at) => ({
        key: keyAt(at),
        value: new Uint8Array(size).fill(at),
      }));
      const changes = rows.map(({ key, value }) => put('payloads', key, value));
      const store = await opened(bench, changes);
      expectEqual(keysOf(valueOf(await store.read('payloads'))), keysOf(rows));
      const part = valueOf(await store.read('payloads', keyAt(3), keyAt(290)));
      expectEqual(part, rows.slice(3, 290));
      expectEqual(
        keysOf(valueOf(await store.read('payloads', keyAt(295)))),
        keysOf(rows.slice(295)),
      );
      await store.close();
    },
  },
  {
    title: '[F9] rows survive closing and opening again',
    run: async (bench) => {
      const before = await opened(bench, [put('profile', 'name', bytes(7))]);
      await before.close();
      const after = await bench.open();
      expectEqual(valueOf(await after.read('profile')), [{ key: 'name', value: bytes(7) }]);
      await after.close();
    },
  },
  {
    title: '[F9] rows are read sorted by UTF-16 code units, from inclusive, to exclusive',
    run: async (bench) => {
      const keys = ['b', 'a', '', '\u{1F600}', '￿', 'B', 'é', 'a0', 'a\u0000'];
      const store = await opened(
        bench,
        keys.map((key) => put('facts', key, bytes(1))),
      );
      const sorted = [...keys].sort((a, b) => (a < b ? -1 : 1));
      expectEqual(keysOf(valueOf(await store.read('facts'))), sorted);
      expectEqual(valueOf(await store.keys('facts')), sorted);
      expectEqual(valueOf(await store.keys('own')), []);
      const middle = sorted.filter((key) => key >= 'a' && key < 'b');
      expectEqual(keysOf(valueOf(await store.read('facts', 'a', 'b'))), middle);
      expectEqual(valueOf(await store.keys('facts', 'a', 'b')), middle);
      expectEqual(valueOf(await store.keys('facts', 'c', 'b')), []);
      const high = sorted.filter((key) => key >= 'b');
      expectEqual(keysOf(valueOf(await store.read('facts', 'b'))), high);
      const low = sorted.filter((key) => key < 'b');
      expectEqual(keysOf(valueOf(await store.read('facts', undefined, 'b'))), low);
      expectEqual(keysOf(valueOf(await store.read('facts', 'b', 'b'))), [], 'an empty range');
      expectEqual(keysOf(valueOf(await store.read('facts', 'c', 'b'))), [], 'a turned range');
      await store.close();
    },
  },
  {
    title: '[F9] the changes of one commit apply in their order, over several tables',
    run: async (bench) => {
      const store = await opened(bench, [
        put('facts', 'a', bytes(1)),
        put('facts', 'a', bytes(2)),
        put('queue', 'gone', bytes(3)),
        { kind: 'delete', table: 'queue', key: 'gone' },
        { kind: 'delete', table: 'queue', key: 'never there' },
        { kind: 'delete', table: 'own', key: 'back' },
        put('own', 'back', bytes(4)),
      ]);
      expectEqual(valueOf(await store.read('facts')), [{ key: 'a', value: bytes(2) }]);
      expectEqual(valueOf(await store.read('queue')), []);
      expectEqual(valueOf(await store.get('own', 'back')), bytes(4));
      await store.close();
    },
  },
  {
    title: '[F9] a range is deleted from inclusive to exclusive, in its table only',
    run: async (bench) => {
      const rows = ['a', 'b', 'c', 'd'].flatMap((key) => [
        put('facts', key, bytes(1)),
        put('signatures', key, bytes(2)),
      ]);
      const store = await opened(bench, [
        ...rows,
        { kind: 'delete-range', table: 'facts', from: 'b', to: 'd' },
        { kind: 'delete-range', table: 'facts', from: 'd', to: 'd' },
        { kind: 'delete-range', table: 'facts', from: 'd', to: 'a' },
      ]);
      expectEqual(keysOf(valueOf(await store.read('facts'))), ['a', 'd']);
      expectEqual(valueOf(await store.read('signatures')).length, 4);
      await store.close();
    },
  },
  {
    title: '[F9] commits apply in the order of their calls, and a read sees those before it',
    run: async (bench) => {
      const store = await bench.open();
      const calls = Array.from({ length: 20 }, (_, index) =>
        store.commit(
          [
            put(index % 2 === 0 ? 'facts' : 'own', 'same', bytes(index)),
            put('queue', 'last', bytes(index)),
          ],
          index % 3 === 0 ? 'strict' : 'relaxed',
        ),
      );
      const read = store.get('queue', 'last');
      expectEqual(valueOf(await read), bytes(19));
      for (const call of calls) valueOf(await call);
      expectEqual(valueOf(await store.get('facts', 'same')), bytes(18));
      expectEqual(valueOf(await store.get('own', 'same')), bytes(19));
      await store.close();
    },
  },
  {
    title: '[F9] a row is a copy of the bytes at the time of the call, and only of that view',
    run: async (bench) => {
      const store = await bench.open();
      const whole = bytes(9, 1, 2, 9);
      const commit = store.commit([put('facts', 'a', whole.subarray(1, 3))], 'relaxed');
      whole.fill(0);
      valueOf(await commit);
      const read = valueOf(await store.get('facts', 'a'));
      expectEqual(read, bytes(1, 2));
      expectEqual(read?.buffer.byteLength, 2, 'bytes kept');
      read?.fill(5);
      expectEqual(valueOf(await store.get('facts', 'a')), bytes(1, 2));
      for (const row of valueOf(await store.read('facts'))) row.value.fill(6);
      expectEqual(valueOf(await store.read('facts')), [{ key: 'a', value: bytes(1, 2) }]);
      await store.close();
    },
  },
  {
    title: '[F9] an empty commit succeeds, and a closed store fails without throwing',
    run: async (bench) => {
      const store = await opened(bench, []);
      await store.close();
      await store.close();
      expectEqual(kindOf(await store.commit([put('facts', 'a', bytes(1))], 'strict')), 'failed');
      expectEqual(kindOf(await store.read('facts')), 'failed');
      expectEqual(kindOf(await store.get('facts', 'a')), 'failed');
    },
  },
];
