import { contentOf, editsOf } from '../page/samples.js';
import { tryAgainst } from './engine-tries.js';
import type { Listed, Peer, Pruned, Returned, Told } from './peer.js';
import { type Signed, signAll, verifyAll } from './signing.js';
import { type Act, SESSIONS, type Work, workOf } from './work.js';

/** One replica of a library that keeps a document and leaves keys and networks to others. */
export interface Copy {
  /** Does one deed as one change of its own. */
  readonly act: (act: Pick<Act, 'key' | 'deed'>) => void;
  /** The changes of its own since this was asked last, one a deed. */
  readonly drain: () => readonly Uint8Array[];
  /** All that it holds, for another. */
  readonly whole: () => Uint8Array;
  /** Takes in what others gave; throws where the library throws. */
  readonly take: (changes: readonly Uint8Array[]) => void;
  readonly records: () => readonly string[];
  /** What it keeps of itself; it starts from that. */
  readonly save: () => Uint8Array;
}

/** A library behind the few things that are asked of it here. */
export interface Engine {
  readonly name: string;
  readonly version: string;
  readonly does: Peer['does'];
  /** A fresh replica of the writer with that number, or one that starts on what it kept. */
  readonly open: (writer: number, saved?: Uint8Array) => Copy;
  /** Tells the other what this one wrote while both are connected; gives the bytes both ways. */
  readonly tell: (from: Copy, to: Copy) => Promise<number>;
  /** A replica without the past up to now; null where there is no documented way. */
  readonly trimmed: ((copy: Copy) => Uint8Array) | null;
}

/** Who did what while one was away: the others removed records; it edited, and wrote new ones. */
export const STALE = {
  facts: 1_000,
  removed: 100,
  written: 20,
  edited: 10,
  deeds: (creates: readonly Act[]): readonly StaleDeed[] => {
    const at = (place: number): string => creates[place]?.key ?? '';
    const retitled = (key: string, title: string): StaleDeed => ({
      writer: 'away',
      deed: { key, deed: { kind: 'retitle', record: 0, title } },
    });
    return [
      ...times(STALE.removed, (place): StaleDeed => ({
        writer: 'home',
        deed: { key: at(place), deed: { kind: 'remove', record: 0 } },
      })),
      ...times(STALE.edited, (place) => retitled(at(place), `late on a removed one ${place}`)),
      ...times(STALE.edited, (place) => retitled(at(STALE.removed + place), `late ${place}`)),
      ...times(STALE.written, (place): StaleDeed => {
        const content = { title: `written away ${place}`, text: '', labels: [] };
        const deed = { kind: 'create', record: 0, content } as const;
        return { writer: 'away', deed: { key: `away:${place}`, deed } };
      }),
    ];
  },
} as const;

interface StaleDeed {
  readonly writer: 'home' | 'away';
  readonly deed: Pick<Act, 'key' | 'deed'>;
}

const times = <T>(count: number, make: (place: number) => T): readonly T[] =>
  Array.from({ length: count }, (_, place) => make(place));

/** Writers beside those of the sessions: who reads, and who is told. */
const READER = SESSIONS + 1;
const TOLD = SESSIONS + 2;

/** Measures a library of documents. */
export const peerOf = (engine: Engine): Peer => {
  const { name, version, does, open } = engine;
  let held: Held | null = null;
  const prepared = (): Held => {
    if (held === null) throw new Error('prepare comes first');
    return held;
  };
  return {
    ...{ name, version, does },
    prepare: async (work) => {
      held = await prepareOn(engine, work);
    },
    merge: async () => listed(() => readInto(open(READER), prepared().wholes)),
    mergeSigned: async () => {
      const { signed } = prepared();
      const startedMs = performance.now();
      await verifyAll(signed);
      const { records } = listed(() => readInto(open(READER), signed.changes));
      return { ms: performance.now() - startedMs, records };
    },
    coldStart: async () => listed(() => open(READER, prepared().saved)),
    syncOne: () => syncOne(engine, prepared().saved),
    prune: (facts) => prune(engine, facts),
    staleReturn: () => returnStale(engine),
    tryAttacks: () => tryAgainst(engine),
  };
};

interface Held {
  /** What each session gives at once, and each change of all with its signature. */
  readonly wholes: readonly Uint8Array[];
  readonly signed: Signed;
  readonly saved: Uint8Array;
}

const prepareOn = async (engine: Engine, work: Work): Promise<Held> => {
  const writers = Array.from({ length: SESSIONS }, (_, session) => engine.open(session + 1));
  for (const { session, ...act } of work.acts) writers[session]?.act(act);
  const wholes = writers.map((each) => each.whole());
  const changes = writers.flatMap((each) => each.drain());
  // A label that is there already is no change to some.
  const isAll = changes.length <= work.facts && changes.length > work.facts * 0.98;
  if (!isAll) throw new Error(`${engine.name}: ${changes.length} changes`);
  const saved = readInto(engine.open(READER), wholes).save();
  return { wholes, signed: await signAll(changes), saved };
};

const readInto = (copy: Copy, changes: readonly Uint8Array[]): Copy => {
  copy.take(changes);
  return copy;
};

const listed = (make: () => Copy): Listed => {
  const startedMs = performance.now();
  const records = make().records();
  return { ms: performance.now() - startedMs, records };
};

const syncOne = async (engine: Engine, saved: Uint8Array): Promise<Told> => {
  const [from, to] = [engine.open(READER, saved), engine.open(TOLD, saved)];
  await engine.tell(from, to);
  const count = Math.max(from.records().length, to.records().length);
  const startedMs = performance.now();
  from.act({ key: 'new', deed: { kind: 'create', record: 0, content: contentOf(7) } });
  const bytes = await engine.tell(from, to);
  const ms = performance.now() - startedMs;
  if (to.records().length !== count + 1) throw new Error(`${engine.name}: the record is there`);
  return { ms, bytes };
};

const prune = async ({ open, trimmed }: Engine, facts: number): Promise<Pruned> => {
  const writers = times(SESSIONS, (session) => open(session + 1));
  for (const { session, ...act } of workOf(facts, editsOf).acts) writers[session]?.act(act);
  const wholes = writers.map((each) => each.whole());
  const copy = readInto(open(READER), wholes);
  const bytesBefore = copy.save().length;
  if (trimmed === null) return { ms: null, bytesBefore, bytesLeft: bytesBefore, bytesLater: null };
  const startedMs = performance.now();
  const kept = trimmed(copy);
  const left = open(READER, kept);
  const ms = performance.now() - startedMs;
  if (left.records().length !== copy.records().length) throw new Error('the records stay');
  return { ms, bytesBefore, bytesLeft: kept.length, bytesLater: null };
};

/** One who was away edits what stands and what does not; the other removed and let go meanwhile. */
const returnStale = async (engine: Engine): Promise<Returned> => {
  const { acts } = workOf(STALE.facts);
  const creates = acts.filter(({ session, deed }) => session === 0 && deed.kind === 'create');
  const home = engine.open(1);
  for (const act of creates) home.act(act);
  const away = engine.open(2, home.save());
  for (const { writer, deed } of STALE.deeds(creates)) (writer === 'home' ? home : away).act(deed);
  const kept = engine.trimmed === null ? home : engine.open(1, engine.trimmed(home));
  const errors: string[] = [];
  for (const [to, from] of [
    [kept, away],
    [away, kept],
  ] as const) {
    try {
      to.take([from === kept && engine.trimmed !== null ? kept.save() : from.whole()]);
    } catch (error) {
      errors.push(error instanceof Error ? error.message : String(error));
    }
  }
  const lists = [kept, away].map((each) => [...each.records()].sort());
  return judgeReturn(lists, creates.slice(0, STALE.removed), errors.join('; '));
};

/** Counts what is missing or back, on the lists of two who have met. */
export const judgeReturn = (
  lists: readonly (readonly string[])[],
  removed: readonly Act[],
  note: string,
): Returned => {
  const titles = lists.map((list) => new Set(list.map((line) => line.split('|')[0] ?? '')));
  const wanted = [
    ...times(STALE.edited, (place) => `late ${place}`),
    ...times(STALE.written, (place) => `written away ${place}`),
  ];
  const gone = removed.flatMap(({ deed }, place) => [
    ...(deed.kind === 'create' ? [deed.content.title] : []),
    `late on a removed one ${place}`,
  ]);
  const areEqual = new Set(lists.map((list) => list.join('\n'))).size === 1;
  return {
    lost: wanted.filter((title) => !titles.every((each) => each.has(title))).length,
    resurrected: gone.filter((title) => titles.some((each) => each.has(title))).length,
    ...{ areEqual, note },
  };
};
