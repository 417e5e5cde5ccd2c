import type { SessionId } from '../../core/base/brands.js';
import type { AdmittedFact } from '../../core/facts/run.js';
import { type DigestTree, createDigestTree } from '../../core/journal/digest-tree.js';
import { actOf } from '../../core/journal/effects.js';
import {
  type Fold,
  type Folded,
  type Judge,
  type Verdict,
  createFold,
} from '../../core/journal/fold.js';
import { seqIn } from '../../core/journal/frontier.js';
import type { Journal } from '../../core/journal/journal.js';
import type { Act, State } from '../../core/journal/state.js';

/** A fact that folds to nothing, and why: told once. */
export interface RefusedFact {
  readonly fact: AdmittedFact;
  readonly verdict: Verdict;
}

/** What a fold came to, with the snapshot acts that its state does not keep. */
export interface Kept extends Folded {
  readonly snapshotActs: readonly Act[];
}

/** Says whether a turn of long work is over. */
export type IsOver = () => boolean;

/** What the facts of a journal fold into, and what of them waits or was refused. */
export interface Folding {
  readonly fold: () => Fold;
  readonly tree: () => DigestTree;
  /** What was said of ceremonies: by the state, and of snapshots by the facts beyond it. */
  readonly acts: () => readonly Act[];
  readonly actCount: () => number;
  readonly waitingCount: () => number;
  /**
   * Folds on from where each session stands, until something waits, or it is over: at least one
   * fact, if there is one. True once nothing is left to fold.
   */
  readonly advance: (journal: Journal, judge: Judge, isOver?: IsOver) => boolean;
  /** Folds everything again, from a base on. */
  readonly restart: (base: State, journal: Journal, judge: Judge) => void;
  /** Takes up where a fold over that base stood. */
  readonly resume: (base: State, kept: Kept) => void;
  readonly kept: () => Kept;
  /** Whether the state was taken up and not folded from facts. */
  readonly isResumed: () => boolean;
  readonly takeRefused: () => readonly RefusedFact[];
}

const never = (): boolean => false;

export const createFolding = (base: State): Folding => {
  let fold = createFold(base);
  let tree = createDigestTree();
  let snapshotActs: Act[] = [];
  let waiting = new Map<SessionId, number>();
  let refused: RefusedFact[] = [];
  let isResumed = false;
  const told = new Set<string>();

  const tell = (fact: AdmittedFact, verdict: Verdict): void => {
    const key = `${fact.id}:${verdict.kind}`;
    if (told.has(key)) return;
    told.add(key);
    refused.push({ fact, verdict });
  };

  const advance: Folding['advance'] = (journal, judge, isOver = never) => {
    waiting = new Map();
    for (const [session, log] of journal.sessions()) {
      const end = log.firstSeq + log.count;
      for (const fact of log.since(seqIn(fold.state().frontier, session) + 1)) {
        const verdict = judge(fact);
        if (verdict.kind === 'wait') waiting.set(session, end - fact.envelope.seq);
        if (verdict.kind !== 'allowed') tell(fact, verdict);
        if (verdict.kind === 'wait' || verdict.kind === 'beyond') break;
        fold.apply(fact, verdict);
        const isAct = fact.envelope.kind.startsWith('snapshot.');
        if (isAct && verdict.kind === 'allowed') snapshotActs.push(actOf(fact));
        if (!isOver()) continue;
        tree.touch(fold.takeTouched());
        return false;
      }
    }
    tree.touch(fold.takeTouched());
    return true;
  };

  const begin = (from: State, kept: Kept | null): void => {
    fold = createFold(from, kept);
    tree = createDigestTree();
    snapshotActs = [...(kept?.snapshotActs ?? [])];
    isResumed = kept !== null;
  };

  return {
    fold: () => fold,
    tree: () => tree,
    acts: () => [...fold.state().acts.values(), ...snapshotActs],
    actCount: () => fold.state().acts.size + snapshotActs.length,
    waitingCount: () => [...waiting.values()].reduce((sum, count) => sum + count, 0),
    advance,
    restart: (from, journal, judge) => {
      begin(from, null);
      advance(journal, judge);
    },
    resume: begin,
    kept: () => ({ state: fold.state(), late: fold.lateEdits(), snapshotActs }),
    isResumed: () => isResumed,
    takeRefused: () => {
      const taken = refused;
      refused = [];
      return taken;
    },
  };
};
