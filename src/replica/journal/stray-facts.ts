import { need } from '../../core/authority/capability.js';
import type { RecordKey } from '../view.js';
import type { RosterChain } from '../../core/authority/chain.js';
import { createJudge } from '../../core/authority/judge.js';
import { memberOf } from '../../core/authority/roster.js';
import type { AccountId, DeviceId, RosterHash, SessionId } from '../../core/base/brands.js';
import type { AdmittedFact } from '../../core/facts/run.js';
import type { Fold, Verdict } from '../../core/journal/fold.js';
import type { Holdings } from './holdings.js';

/**
 * Why what was written is part of nothing.
 *
 * let-go: its record was gone in a snapshot already (F7). beyond: its author was taken out, lost
 * the right to write or followed a list of devices that fell, and it lies after that point (A4,
 * A11). fallen: only a snapshot that was adopted here, and that counts no more, covers it (A11).
 * two-stories: its session holds two histories, and it lies after they part (F6).
 */
export type StrandedCause = 'let-go' | 'beyond' | 'fallen' | 'two-stories';

/** A fact about a record that is held and folded nowhere. */
export interface StrayFact {
  readonly fact: AdmittedFact;
  readonly cause: Exclude<StrandedCause, 'let-go' | 'fallen'>;
}

/** What was written and is part of nothing, until a person takes it over. */
export interface StrandedEditView {
  /** Of no record: names this very entry. */
  readonly key: RecordKey;
  readonly cause: StrandedCause;
  readonly title: string;
  readonly text: string;
  readonly labels: readonly string[];
  readonly editedMs: number;
  readonly editedBy: DeviceId;
  /** As the last list of devices called it that knew it: it may be gone from the present one. */
  readonly editedByName: string | null;
}

/**
 * The facts about records that are held here and that authority keeps out of the state for good.
 *
 * A member sees those of everybody; who is no member sees its own. Costs nothing for sessions that
 * nothing closed; computed again only where facts or judgements changed.
 */
export const strayFacts = (holdings: Holdings): readonly StrayFact[] => {
  const fold = holdings.fold();
  const count = holdings.journal().factCount();
  const held = known.get(fold);
  if (held?.count === count) return held.strays;
  const strays = collect(holdings);
  known.set(fold, { count, strays });
  return strays;
};

const known = new WeakMap<Fold, { readonly count: number; readonly strays: StrayFact[] }>();

const collect = (holdings: Holdings): StrayFact[] => {
  const chain = holdings.chain();
  const { me } = holdings;
  const isMember = memberOf(chain.tip, me) !== null;
  const quarantinedFrom = (session: SessionId) => holdings.quarantine().get(session)?.seq ?? null;
  const judge = createJudge({ chain, upTo: null, fold: holdings.folded(), quarantinedFrom });
  const strays: StrayFact[] = [];
  for (const [session, log] of holdings.journal().sessions()) {
    const author = holdings.journal().tip(session)?.author;
    if (author === undefined || !(isMember || author === me)) continue;
    const from = firstDoubtful(chain, session, author, quarantinedFrom(session));
    if (from === null) continue;
    for (const fact of log.since(from)) {
      if (!fact.envelope.kind.startsWith('record.')) continue;
      const cause = causeOf(judge(fact));
      if (cause !== null) strays.push({ fact, cause });
    }
  }
  return strays;
};

/** The first seq of a session that may count for nothing; null where all of it counts. */
const firstDoubtful = (
  chain: RosterChain,
  session: SessionId,
  author: DeviceId,
  quarantinedFrom: number | null,
): number | null => {
  if (chain.outside.size > 0 || hasLostWriting(chain, session, author)) return 0;
  const closed = chain.closedAt(session, author);
  const from = [closed === null ? null : closed + 1, quarantinedFrom].filter((at) => at !== null);
  return from.length === 0 ? null : Math.min(...from);
};

const hasLostWriting = (chain: RosterChain, session: SessionId, author: DeviceId): boolean => {
  const roster = asRoster(chain.account);
  if (chain.boundAt({ author, roster, session }, 'record_write') !== null) return true;
  return memberOf(chain.tip, author) !== null && !need('record_write')(chain.tip, author);
};

/** The first record has the account's name. */
const asRoster = (account: AccountId): RosterHash => account as string as RosterHash;

const causeOf = (verdict: Verdict): StrayFact['cause'] | null => {
  switch (verdict.kind) {
    case 'beyond':
      return 'beyond';
    case 'wait':
      return verdict.reason === 'quarantined' ? 'two-stories' : null;
    case 'refused':
      return verdict.reason === 'rival-roster' || verdict.reason === 'lacks-capability'
        ? 'beyond'
        : null;
    case 'allowed':
      return null;
  }
};
