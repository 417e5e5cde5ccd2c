import { DATE_FIELD } from './effects.js';
import { FIRST_FOLD_VERSION, FOLD_VERSION } from './fold-version.js';
import type { Fields, Item, ItemKey, Pending, State } from './state.js';

/**
 * One change of the state's format, both ways (rule U12).
 *
 * `up` and `down` are pure and never throw. Up and then down gives back every state of `from`;
 * down and then up loses what `lossy` names and nothing else. Both go with the join: of two states
 * joined it makes what it makes of each, joined.
 */
export interface Migration {
  readonly from: number;
  readonly to: number;
  /** What it is for, in a sentence for people who look closer. */
  readonly note: string;
  /** Protocols that came with it. */
  readonly protocols: readonly string[];
  /** Fields of items that the older format does not hold; sorted. */
  readonly lossy: readonly string[];
  readonly up: (state: State) => State;
  readonly down: (state: State) => State;
}

/** Every migration that was ever released, oldest first: each begins where the one before ends. */
export const MIGRATIONS: readonly Migration[] = [
  {
    ...{ from: 1, to: 2, protocols: ['records/2'], lossy: [DATE_FIELD] },
    note: 'A record can bear the day on which it is to be looked at again.',
    // The new format holds all that the old one holds, written alike.
    up: (state) => state,
    down: (state) => withoutFields(state, [DATE_FIELD]),
  },
];

/** A state in another format, with what went over on the way. */
export interface Migrated {
  readonly state: State;
  /** Fields that the formats on the way down do not hold; sorted. */
  readonly lossy: readonly string[];
}

/**
 * Takes a state from one format to another, step by step, up or down.
 *
 * Formats from FIRST_FOLD_VERSION to FOLD_VERSION; throws for others, since what is not read is
 * refused before.
 */
export const migrateState = (state: State, from: number, to: number): Migrated => {
  if (![from, to].every(isFormat)) throw new Error('broken invariant: a format of this code');
  if (from <= to) {
    const steps = MIGRATIONS.filter((each) => each.from >= from && each.to <= to);
    return { state: steps.reduce((held, { up }) => up(held), state), lossy: [] };
  }
  const steps = MIGRATIONS.filter((each) => each.from >= to && each.to <= from).reverse();
  return {
    state: steps.reduce((held, { down }) => down(held), state),
    lossy: [...new Set(steps.flatMap(({ lossy }) => lossy))].sort(),
  };
};

const isFormat = (fold: number): boolean =>
  Number.isInteger(fold) && fold >= FIRST_FOLD_VERSION && fold <= FOLD_VERSION;

/** The same state, its items and what waits for items without these fields. */
const withoutFields = (state: State, names: readonly string[]): State => {
  const items = new Map<ItemKey, Item>();
  for (const [key, item] of state.items) {
    items.set(key, { ...item, fields: lessFields(item.fields, names) });
  }
  const pending = new Map<ItemKey, Pending>();
  for (const [key, wait] of state.pending) {
    const fields = lessFields(wait.fields, names);
    // What was nothing but such fields waits for nothing any more.
    if (wait.isRemoved || fields.size > 0) pending.set(key, { ...wait, fields });
  }
  return { ...state, items, pending };
};

const lessFields = (fields: Fields, names: readonly string[]): Fields =>
  names.some((name) => fields.has(name))
    ? new Map([...fields].filter(([name]) => !names.includes(name)))
    : fields;
