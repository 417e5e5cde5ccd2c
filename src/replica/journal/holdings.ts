import { compareBy, compareText } from '../../core/base/ordering.js';
import type {
  AccountId,
  BaseId,
  DeviceId,
  Hash,
  HeadId,
  RosterHash,
  SessionId,
  StatementHash,
} from '../../core/base/brands.js';
import { type RosterChain, foldChain } from '../../core/authority/chain.js';
import type { AdmittedCompletion } from '../../core/authority/completion.js';
import { createJudge } from '../../core/authority/judge.js';
import { settleAuthority } from '../../core/authority/standing.js';
import type { QuarantinePoint } from '../../core/authority/statement.js';
import type { AdmittedTransition } from '../../core/authority/transition.js';
import { ceremoniesIn } from '../../core/ceremonies/binding-ask.js';
import type { Ceremony } from '../../core/ceremonies/ceremony.js';
import type { AdmittedFact, AdmittedRun } from '../../core/facts/run.js';
import type { DigestTree } from '../../core/journal/digest-tree.js';
import { FIRST_FOLD_VERSION, FOLD_VERSION } from '../../core/journal/fold-version.js';
import type { Fold, Judge } from '../../core/journal/fold.js';
import { type Journal, type StoredFacts, createJournal } from '../../core/journal/journal.js';
import { EMPTY_STATE, type State, joinStates } from '../../core/journal/state.js';
import type { Ground } from '../../core/snapshots/proposal.js';
import { type IsOver, type Kept, type RefusedFact, createFolding } from './folding.js';
import { footingOf } from './footing.js';
import { baseIdOf, foldVersionOf, isSameSet, standsOf, tipsOf } from './heads.js';
import { type MovedJournal, type Pruned, movedOnto } from './journal-moving.js';
import { type AddGovernance, joinInto } from './taking-in.js';

/** What the journal continues from: the joined states of the standing heads held with payload. */
export interface Base {
  readonly id: BaseId;
  /** Sorted; empty before the first snapshot. */
  readonly heads: readonly HeadId[];
  readonly index: number;
  readonly state: State;
}

/**
 * Everything one replica holds of its account, in memory, with what follows from it.
 *
 * Deterministic: no clock, chance, network or storage. Objects of the governance layer and facts
 * come in already verified; what they mean together is recomputed here, the same whatever their
 * order.
 */
export interface Holdings {
  readonly account: AccountId;
  readonly me: DeviceId;
  readonly chain: () => RosterChain;
  readonly base: () => Base;
  readonly journal: () => Journal;
  readonly fold: () => Fold;
  readonly tree: () => DigestTree;
  readonly transitions: () => ReadonlyMap<RosterHash, AdmittedTransition>;
  readonly completions: () => ReadonlyMap<HeadId, AdmittedCompletion>;
  readonly standing: () => ReadonlySet<HeadId>;
  /** Standing heads that no other standing head builds on, newest last. */
  readonly tips: () => readonly HeadId[];
  readonly payloadStates: () => ReadonlyMap<HeadId, State>;
  /** What heads said that this replica had adopted and that fell (rule A11). */
  readonly fallen: () => ReadonlyMap<HeadId, State>;
  readonly shares: () => ReadonlyMap<StatementHash, ReadonlyMap<DeviceId, Uint8Array>>;
  readonly quarantine: () => ReadonlyMap<SessionId, QuarantinePoint>;
  readonly ceremonies: () => ReadonlyMap<StatementHash, Ceremony>;
  readonly undecidedCount: () => number;
  /** `fold` is the version whose kinds count; the one that is folded here when absent. */
  readonly judgeAt: (
    roster: RosterHash,
    quarantine: readonly QuarantinePoint[],
    fold?: number,
  ) => Judge;
  /** The account's, of its standing heads (rule S13). */
  readonly foldVersion: () => number;
  /** The highest fold version that this device's code implements. */
  readonly reads: () => number;
  /** The version whose kinds are folded here: the account's, or the highest that is read. */
  readonly folded: () => number;
  /** Says what the code implements; what newer versions brought is not folded from then on. */
  readonly readUpTo: (fold: number) => void;
  readonly ground: () => Ground;

  readonly addTransition: (transition: AdmittedTransition) => void;
  readonly addCompletion: (completion: AdmittedCompletion) => void;
  /** Many of both: what they come to is worked out once. */
  readonly addGovernance: AddGovernance;
  readonly addShare: (statement: StatementHash, device: DeviceId, signature: Uint8Array) => boolean;
  readonly addQuarantine: (point: QuarantinePoint) => void;
  /** Takes runs in and folds them, until it is over; gives the facts that are new. */
  readonly addRuns: (runs: readonly AdmittedRun[], isOver?: IsOver) => readonly AdmittedFact[];
  /** Folds on, until it is over; true once nothing is left to fold. */
  readonly foldOn: (isOver: IsOver) => boolean;
  /** Takes a verified payload's state in; the base moves if the head stands. */
  readonly addPayload: (head: HeadId, state: State) => Pruned;
  /** Takes in what a head says that does not stand; the base stays. */
  readonly addFallen: (head: HeadId, state: State) => void;
  /** Lets go of payloads that no base can need any more. */
  readonly dropPayloads: (heads: Iterable<HeadId>) => void;
  /** Lets go of the shares of statements that no decision here is about any more. */
  readonly dropShares: (statements: Iterable<StatementHash>) => void;
  readonly takeRefused: () => readonly RefusedFact[];

  /** Names everything but facts that the state follows from: equal footings judge alike. */
  readonly footing: () => Hash;
  /** What the facts were folded into: enough to take it up again on an equal footing. */
  readonly kept: () => Kept;
  /** Takes up what was kept, with the facts that it came from; nothing was taken in before. */
  readonly resume: (kept: Kept, stored: ReadonlyMap<SessionId, StoredFacts>) => void;
  /** Folds all facts again: what was taken up no longer counts. */
  readonly refold: () => void;
}

export const createHoldings = (account: AccountId, me: DeviceId): Holdings => {
  const transitions = new Map<RosterHash, AdmittedTransition>();
  const completions = new Map<HeadId, AdmittedCompletion>();
  const payloadStates = new Map<HeadId, State>();
  const fallen = new Map<HeadId, State>();
  const shares = new Map<StatementHash, Map<DeviceId, Uint8Array>>();
  const quarantine = new Map<SessionId, QuarantinePoint>();
  let version = FIRST_FOLD_VERSION;
  let reads = FOLD_VERSION;
  let chain = foldChain(account, []);
  let standing: ReadonlySet<HeadId> = new Set();
  let tips: readonly HeadId[] | null = null;
  let base: Base = { id: baseIdOf([]), heads: [], index: 0, state: EMPTY_STATE };
  let journal = createJournal(base.state.frontier);
  let apart: MovedJournal['apart'] = [];
  const folding = createFolding(base.state);
  let ceremonies: ReadonlyMap<StatementHash, Ceremony> | null = null;
  let isFolded = true;

  const folded = (): number => Math.min(version, reads);

  const judgeOf = (
    points: ReadonlyMap<SessionId, QuarantinePoint>,
    upTo: RosterHash | null,
    fold: number = folded(),
  ): Judge =>
    createJudge({
      chain,
      upTo,
      fold,
      quarantinedFrom: (session) => points.get(session)?.seq ?? null,
    });

  const advance = (isOver?: IsOver): boolean => {
    const before = folding.actCount();
    isFolded = folding.advance(journal, judgeOf(quarantine, null), isOver);
    if (folding.actCount() !== before) ceremonies = null;
    return isFolded;
  };

  const refold = (): void => {
    ceremonies = null;
    folding.restart(base.state, journal, judgeOf(quarantine, null));
  };

  /**
   * Settles records and heads together; what stands may move the base, either way.
   *
   * A chain follows from its records and from what the base covers of them. Where neither these nor
   * the base changed, everything folds to what it folded to before, and is not folded again.
   */
  const regovern = (areRecordsSame: boolean): Pruned => {
    const settled = settleAuthority(
      account,
      [...transitions.values()],
      [...completions.values()],
      new Set(payloadStates.keys()),
    );
    const before = base.id;
    const isSameChain = areRecordsSame && isSameSet(chain.covered, settled.chain.covered);
    if (!isSameChain) chain = settled.chain;
    standing = standsOf(settled, completions);
    const foldBefore = folded();
    version = foldVersionOf(completions, standing);
    tips = null;
    const pruned = rebase();
    if (!isSameChain || base.id !== before || folded() !== foldBefore) refold();
    return pruned;
  };

  const addGovernance: AddGovernance = (records, heads) => {
    const before = transitions.size;
    joinInto(transitions, completions, records, heads);
    const areSame = transitions.size === before;
    // More completions of a record change who voted, and nothing that facts fold into.
    if (areSame && records.length > 0)
      chain = foldChain(account, transitions.values(), chain.covered);
    if (!areSame || heads.length > 0) regovern(areSame);
  };

  /** Moves the journal onto the joined standing payloads, keeping every uncovered fact. */
  const rebase = (): Pruned => {
    const heads = tipsOf(completions, (head) => standing.has(head) && payloadStates.has(head));
    const id = baseIdOf(heads);
    if (id === base.id) return { facts: 0, bytes: 0 };
    const states = heads.flatMap((head) => payloadStates.get(head) ?? []);
    const state = states.reduce(joinStates, EMPTY_STATE);
    const index = Math.max(0, ...heads.map((head) => completions.get(head)?.completion.index ?? 0));
    const before = journal;
    base = { id, heads, index, state };
    ({ journal, apart } = movedOnto(before, apart, state.frontier));
    return {
      facts: before.factCount() - journal.factCount(),
      bytes: before.byteCount() - journal.byteCount(),
    };
  };

  return {
    account,
    me,
    chain: () => chain,
    base: () => base,
    journal: () => journal,
    fold: folding.fold,
    tree: folding.tree,
    transitions: () => transitions,
    completions: () => completions,
    standing: () => standing,
    tips: () => (tips ??= tipsOf(completions, (head) => standing.has(head))),
    payloadStates: () => payloadStates,
    fallen: () => new Map([...fallen].filter(([head]) => !standing.has(head))),
    shares: () => shares,
    quarantine: () => quarantine,
    ceremonies: () => (ceremonies ??= ceremoniesIn(chain, folding.acts(), shares)),
    undecidedCount: folding.waitingCount,
    judgeAt: (roster, points, fold) =>
      judgeOf(new Map(points.map((point) => [point.session, point])), roster, fold),
    foldVersion: () => version,
    folded,
    reads: () => reads,
    readUpTo: (fold) => {
      const before = folded();
      reads = fold;
      if (folded() !== before) refold();
    },
    ground: () => ({
      ...{ account, epoch: chain.tip.epoch, roster: chain.tipHash },
      predecessors: base.heads,
      predecessorIndex: base.index,
      base: base.state,
      quarantine: [...quarantine.values()].sort(compareBy(({ session }) => session, compareText)),
      ...{ fold: version, reads },
    }),
    addTransition: (transition) => addGovernance([transition], []),
    addCompletion: (completion) => addGovernance([], [completion]),
    addGovernance,
    addShare: (statement, device, signature) => {
      const held = shares.get(statement) ?? new Map<DeviceId, Uint8Array>();
      if (held.has(device)) return false;
      shares.set(statement, held.set(device, signature));
      ceremonies = null;
      return true;
    },
    addQuarantine: (point) => {
      const held = quarantine.get(point.session);
      if (held !== undefined && held.seq <= point.seq) return;
      quarantine.set(point.session, point);
      refold();
    },
    addRuns: (runs, isOver) => {
      const fresh = runs.flatMap((run) => journal.append(run));
      if (fresh.length > 0) advance(isOver);
      return fresh;
    },
    foldOn: (isOver) => isFolded || advance(isOver),
    addPayload: (head, state) => {
      payloadStates.set(head, state);
      return regovern(true);
    },
    addFallen: (head, state) => void fallen.set(head, state),
    dropPayloads: (heads) => {
      for (const head of heads) payloadStates.delete(head);
    },
    dropShares: (statements) => {
      for (const statement of statements) shares.delete(statement);
    },
    takeRefused: folding.takeRefused,
    footing: () =>
      footingOf(account, {
        transitions: transitions.keys(),
        covered: chain.covered,
        base: base.id,
        quarantine: quarantine.values(),
        fold: folded(),
      }),
    kept: folding.kept,
    resume: (kept, stored) => {
      ceremonies = null;
      folding.resume(base.state, kept);
      for (const [session, each] of stored) journal.adopt(session, each);
      advance();
    },
    refold,
  };
};
