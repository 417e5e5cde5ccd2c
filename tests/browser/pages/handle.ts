import { openBrowserReplica, type RecordDraft, type Replica } from '../../../src/index.js';
import { createActs } from './acts.js';

/**
 * A device without its screens: the library, opened as an app of somebody else would open it, at
 * the address and with the profile of the app, so that both are the same device. At `?alone` it
 * finds no other device: what it shows then is what it kept.
 */
const own = new URL('rendezvous', location.href);
own.protocol = 'ws:';

const isAlone = new URLSearchParams(location.search).has('alone');

let hasPen = true;
const opened = await openBrowserReplica({
  profile: 'main',
  rendezvousUrls: isAlone ? [] : [own.href],
  onPen: () => location.reload(),
  onTakenOver: () => {
    hasPen = false;
  },
});
if (!opened.ok) throw new Error(opened.error.message);
const replica = opened.value;

/** What a device acknowledged: it must be found on every device for good. */
export interface Acknowledged {
  readonly title: string;
  readonly text: string;
}

export interface WriteOrder {
  /** Titles are `<prefix> <number>`. */
  readonly prefix: string;
  readonly records: number;
  /** So often each is changed after it was made. */
  readonly edits: number;
  /** Characters of each text. */
  readonly characters: number;
}

const draftOf = (order: WriteOrder, index: number, turn: number): RecordDraft => ({
  title: `${order.prefix} ${index}`,
  text: `${order.prefix} ${index}, change ${turn}. `.padEnd(order.characters, 'all is well '),
  labels: [order.prefix],
});

const attempt = async <T>(
  done: Promise<{ ok: true; value: T } | { ok: false; error: unknown }>,
) => {
  const result = await done;
  if (!result.ok) throw new Error(JSON.stringify(result.error));
  return result.value;
};

const surface = {
  replica: replica as Replica,
  /** Makes and changes records one after the other, as a quick person would. */
  write: async (order: WriteOrder): Promise<readonly Acknowledged[]> => {
    const done: Acknowledged[] = [];
    for (let index = 0; index < order.records; index += 1) {
      let draft = draftOf(order, index, 0);
      const key = await attempt(replica.records.create(draft));
      for (let turn = 1; turn <= order.edits; turn += 1) {
        draft = draftOf(order, index, turn);
        await attempt(replica.records.edit(key, draft));
      }
      const kept = { title: draft.title, text: draft.text };
      done.push(kept);
      // Heard from outside even if this page does not live to return.
      console.log(`kept ${JSON.stringify(kept)}`);
    }
    return done;
  },
  /** Makes records until the device says that it cannot keep one, and gives what it said then. */
  writeUntilRefused: async (order: WriteOrder) => {
    const kept: Acknowledged[] = [];
    for (let index = 0; index < order.records; index += 1) {
      const draft = draftOf(order, index, 0);
      const result = await replica.records.create(draft);
      if (!result.ok) return { kept, error: result.error };
      kept.push({ title: draft.title, text: draft.text });
    }
    return { kept, error: null };
  },
  /** Every record as this device holds it. */
  records: (): readonly Acknowledged[] =>
    replica.view().records.map(({ title, text }) => ({ title, text })),
  /** True in the one tab of the device that may write. */
  isWriter: (): boolean => hasPen && replica.view().stage === 'member',
  /** What it does by itself in a time of disorder. */
  acts: createActs(() => replica),
};

export type HandleSurface = typeof surface;

declare global {
  interface Window {
    handle?: HandleSurface;
  }
}

window.handle = surface;
