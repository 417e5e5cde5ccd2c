import type { CanonicalValue } from '../../core/base/canonical.js';
import type { Row } from '../../ports/store.js';
import type { Context } from '../context.js';
import { KEYS, putRow, readRow } from '../storage/rows.js';

/**
 * What this device does about new versions by itself: three policies, each of its own (rule U2),
 * and its turn. They are kept on this device; `activate` and `cohort` alone are told to the others.
 */
export interface UpgradePolicies {
  /** `auto`: it fetches and checks soft upgrades by itself; else those that a person asks for. */
  readonly fetch: 'manual' | 'auto';
  /** What it gives the others of versions that lie here: any, or what they cannot do without. */
  readonly give: 'all' | 'needed';
  /** `auto`: it switches to soft upgrades by itself, once enough devices are ready. */
  readonly activate: 'manual' | 'auto';
  /**
   * When its turn comes where a version goes out in turns (rule U9): `early`, `usual` or `late`, or
   * a name of the embedding's own, of at most 40 characters; empty: its person never said.
   */
  readonly cohort: string;
}

/** What a person chose here. */
export interface OwnPolicies {
  readonly policies: () => UpgradePolicies;
  /** Keeps what is named and leaves the rest; false where the store refused it. */
  readonly setPolicies: (next: Partial<UpgradePolicies>) => Promise<boolean>;
  /** True where the row was one of these. */
  readonly load: (row: Row) => boolean;
}

const KEY_OF: Readonly<Record<keyof UpgradePolicies, string>> = {
  fetch: KEYS.upgradeFetch,
  give: KEYS.upgradeGive,
  activate: KEYS.upgradePolicy,
  cohort: KEYS.upgradeCohort,
};

export const createOwnPolicies = (context: Context): OwnPolicies => {
  const said = new Map<string, CanonicalValue>();

  return {
    policies: () => {
      const activate = said.get(KEY_OF.activate) === 'auto' ? 'auto' : 'manual';
      const fetch = said.get(KEY_OF.fetch);
      const cohort = said.get(KEY_OF.cohort);
      return {
        // Who switches by itself fetches by itself, where nothing else was said.
        fetch: fetch === 'auto' || fetch === 'manual' ? fetch : activate,
        give: said.get(KEY_OF.give) === 'needed' ? 'needed' : 'all',
        activate,
        cohort: typeof cohort === 'string' ? cohort : '',
      };
    },
    setPolicies: async (next) => {
      const chosen = Object.entries(next).map(
        ([name, value]) => [KEY_OF[name as keyof UpgradePolicies], value] as const,
      );
      const rows = chosen.map(([key, value]) => putRow('own', key, value));
      const done = await context.commit(rows, 'strict');
      for (const [key, value] of done.ok ? chosen : []) said.set(key, value);
      return done.ok;
    },
    load: ({ key, value }) => {
      const isOurs = Object.values(KEY_OF).includes(key);
      const read = isOurs ? readRow(value) : null;
      if (read !== null) said.set(key, read);
      return isOurs;
    },
  };
};
