import { assertNever } from '../../core/base/result.js';
import { type Change, type Durability, TABLES, type Table } from '../../ports/store.js';

type Rows = Map<string, Uint8Array>;

/** What outlives a device's lives: its rows. Bytes are never changed in place. */
export interface SimDisk {
  readonly rowsOf: (table: Table) => ReadonlyMap<string, Uint8Array>;
  readonly apply: (changes: readonly Change[], durability: Durability) => void;
  /** What no strict commit followed is gone, as after a power cut. */
  readonly cutPower: () => void;
  readonly wipe: () => void;
  readonly copy: () => SimDisk;
  /** Takes the rows of another disk in place of its own. */
  readonly become: (other: SimDisk) => void;
}

export const createSimDisk = (from?: SimDisk): SimDisk => {
  const tables = new Map<Table, Rows>();
  let safe: Map<Table, Rows> | null = null;
  const rowsOf = (table: Table): Rows => {
    const held = tables.get(table) ?? new Map<string, Uint8Array>();
    tables.set(table, held);
    return held;
  };
  const become = (other: SimDisk): void => {
    safe = null;
    for (const table of TABLES) tables.set(table, new Map(other.rowsOf(table)));
  };
  const disk: SimDisk = {
    rowsOf,
    apply: (changes, durability) => {
      if (durability === 'strict') safe = null;
      else safe ??= new Map([...tables].map(([table, rows]) => [table, new Map(rows)]));
      for (const change of changes) applyChange(rowsOf(change.table), change);
    },
    cutPower: () => {
      if (safe === null) return;
      for (const table of TABLES) tables.set(table, safe.get(table) ?? new Map());
      safe = null;
    },
    wipe: () => {
      safe = null;
      tables.clear();
    },
    copy: () => createSimDisk(disk),
    become,
  };
  if (from !== undefined) become(from);
  return disk;
};

const applyChange = (rows: Rows, change: Change): void => {
  switch (change.kind) {
    case 'put':
      return void rows.set(change.key, change.value);
    case 'delete':
      return void rows.delete(change.key);
    case 'delete-range':
      for (const key of [...rows.keys()]) {
        if (key >= change.from && key < change.to) rows.delete(key);
      }
      return;
    default:
      return assertNever(change);
  }
};
