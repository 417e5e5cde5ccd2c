import type { RecordDraft } from '../../../replica/commands.js';
import type { RecordKey, RecordView } from '../../../replica/view.js';

/** What was being written, and what it began from. */
export interface KeptDraft {
  readonly draft: RecordDraft;
  /** When the record it began from had last been edited; null for a new one. */
  readonly sinceMs: number | null;
}

/** Where drafts survive a reload; `sessionStorage` fits. */
export type DraftStorage = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

/** Unsaved text of one device, by record; `new` for one that is not made yet. */
export interface Drafts {
  readonly get: (key: RecordKey | 'new') => KeptDraft | null;
  readonly keep: (key: RecordKey | 'new', kept: KeptDraft) => void;
  readonly drop: (key: RecordKey | 'new') => void;
}

export const EMPTY_DRAFT: RecordDraft = { title: '', text: '', labels: [] };

export const recordToDraft = ({ title, text, labels }: RecordView): RecordDraft => ({
  title,
  text,
  labels,
});

export const areSameDrafts = (a: RecordDraft, b: RecordDraft): boolean =>
  a.title === b.title &&
  a.text === b.text &&
  a.labels.length === b.labels.length &&
  a.labels.every((label) => b.labels.includes(label));

/** What was stored may be of an older version, or another's: it is read with suspicion. */
const parseKept = (stored: string): KeptDraft | null => {
  try {
    const { draft, sinceMs } = JSON.parse(stored) as Partial<KeptDraft>;
    if (typeof draft?.title !== 'string' || typeof draft.text !== 'string') return null;
    if (!Array.isArray(draft.labels)) return null;
    const labels = draft.labels.filter((label) => typeof label === 'string');
    const { title, text } = draft;
    return {
      draft: { title, text, labels },
      sinceMs: typeof sinceMs === 'number' ? sinceMs : null,
    };
  } catch {
    return null;
  }
};

/**
 * Keeps drafts in memory, and in `storage` as far as the browser allows.
 *
 * `owner` keeps the drafts of several devices in one browser apart. Errors: none; where storing is
 * refused, a draft lives as long as the page.
 */
export const createDrafts = (owner: string, storage: DraftStorage | null): Drafts => {
  const byKey = new Map<string, KeptDraft | null>();
  const nameOf = (key: string): string => `upkeep-draft:${owner}:${key}`;
  const attempt = <T>(act: () => T): T | null => {
    try {
      return act();
    } catch {
      return null;
    }
  };
  return {
    get: (key) => {
      const known = byKey.get(key);
      if (known !== undefined) return known;
      const stored = attempt(() => storage?.getItem(nameOf(key)) ?? null);
      const kept = stored === null ? null : parseKept(stored);
      byKey.set(key, kept);
      return kept;
    },
    keep: (key, kept) => {
      byKey.set(key, kept);
      attempt(() => storage?.setItem(nameOf(key), JSON.stringify(kept)));
    },
    drop: (key) => {
      byKey.set(key, null);
      attempt(() => storage?.removeItem(nameOf(key)));
    },
  };
};

/** The browser's storage of this tab; null where it is forbidden. */
export const openDraftStorage = (): DraftStorage | null => {
  try {
    return globalThis.sessionStorage;
  } catch {
    return null;
  }
};
