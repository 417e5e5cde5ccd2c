import { createHash } from 'node:crypto';
import { automerge } from './automerge.js';
import { createCojson } from './cojson.js';
import { peerOf } from './engine.js';
import { loro } from './loro.js';
import { createOrbit } from './orbitdb.js';
import type { Listed, Peer, Pruned, Returned, Told, Tries } from './peer.js';
import { tinybase } from './tinybase.js';
import { createUpkeep } from './upkeep.js';
import { recordsOf, workOf } from './work.js';
import { yjs } from './yjs.js';

/** Each library, ours first. */
export const PEERS: Readonly<Record<string, () => Peer>> = {
  upkeep: createUpkeep,
  cojson: createCojson,
  'loro-crdt': () => peerOf(loro),
  automerge: () => peerOf(automerge),
  tinybase: () => peerOf(tinybase),
  orbitdb: createOrbit,
  yjs: () => peerOf(yjs),
};

/** What a library is asked to do next; the lists are compared there, and only counted here. */
export interface Answers {
  readonly prepare: (facts: number) => Promise<Pick<Peer, 'version' | 'does'>>;
  readonly merge: () => Promise<Round>;
  readonly mergeSigned: () => Promise<Round | null>;
  readonly coldStart: () => Promise<Round>;
  readonly syncOne: () => Promise<Told>;
  readonly prune: (facts: number) => Promise<Pruned>;
  readonly staleReturn: () => Promise<Returned>;
  readonly tryAttacks: () => Promise<Tries>;
}

export interface Round {
  readonly ms: number;
  /** What all threads of the process computed meanwhile: nearly the same on a busy machine. */
  readonly computedMs: number;
  readonly records: number;
}

/** A hash of what is listed, whatever its order. */
export const contentOfList = (records: readonly string[]): string =>
  createHash('sha256')
    .update([...records].sort().join('\n'))
    .digest('hex');

/** Answers of one library. Errors: throws when it lists anything but the fold of all deeds. */
export const answersOf = (peer: Peer): Answers => {
  let wanted = '';
  const checked = async (run: () => Promise<Listed>): Promise<Round> => {
    const before = process.cpuUsage();
    const { ms, records } = await run();
    const { user, system } = process.cpuUsage(before);
    if (contentOfList(records) !== wanted) throw new Error(`${peer.name} lists something else`);
    return { ms, computedMs: (user + system) / 1_000, records: records.length };
  };
  return {
    ...peer,
    prepare: async (facts) => {
      const work = workOf(facts);
      wanted = contentOfList(recordsOf(work.acts));
      await peer.prepare(work);
      return { version: peer.version, does: peer.does };
    },
    merge: () => checked(peer.merge),
    mergeSigned: async () => (peer.mergeSigned === null ? null : checked(peer.mergeSigned)),
    coldStart: () => checked(peer.coldStart),
  };
};
