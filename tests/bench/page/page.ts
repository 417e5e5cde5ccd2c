import { type CojsonHistory, mergeCojson, writeCojson } from './cojson.js';
import { device } from './device.js';
import { raw } from './raw-channel.js';
import { type Merged, createMergeGround, merge, runsOf } from './merging.js';
import { verifyRounds } from './verifying.js';

declare global {
  interface Window {
    figures: typeof figures;
  }
}

/** Milliseconds of each round, ours and theirs in turn. */
export interface MergeRounds {
  readonly ours: readonly number[];
  readonly cojson: readonly number[];
  readonly ourFacts: number;
  readonly ourRecords: number;
  readonly ourBytes: number;
  readonly cojsonTransactions: number;
  readonly cojsonRecords: number;
  readonly cojsonBytes: number;
}

let kept: Merged | null = null;

const mergeRounds = async (facts: number, sessions: number, rounds: number) => {
  const ground = await createMergeGround();
  const runs = await runsOf(ground, facts, sessions);
  const theirs: CojsonHistory = await writeCojson(facts, sessions);
  const ours: number[] = [];
  const cojson: number[] = [];
  let ourRecords = 0;
  let last = { records: 0, transactions: 0 };
  for (let round = 0; round < rounds; round += 1) {
    const merged = await merge(ground, runs);
    ours.push(merged.ms);
    ourRecords = merged.records.length;
    const peer = mergeCojson(theirs);
    cojson.push(peer.ms);
    last = peer;
  }
  const bytes = runs.flatMap((run) => run.facts).reduce((sum, fact) => sum + fact.length, 0);
  const rounded: MergeRounds = {
    ...{ ours, cojson, ourFacts: facts, ourRecords, ourBytes: bytes },
    ...{ cojsonTransactions: last.transactions, cojsonRecords: last.records },
    cojsonBytes: theirs.messages.reduce((sum, each) => sum + each.length, 0),
  };
  return rounded;
};

/** What the tools of this folder call from outside. */
const figures = {
  device,
  raw,
  mergeRounds,
  verifyRounds,
  /** Merges once and keeps the replica, so that its memory can be looked at. */
  mergeAndKeep: async (facts: number, sessions: number): Promise<number> => {
    const ground = await createMergeGround();
    kept = await merge(ground, await runsOf(ground, facts, sessions));
    return kept.records.length;
  },
  kept: (): number => kept?.holdings.journal().factCount() ?? 0,
};

window.figures = figures;
