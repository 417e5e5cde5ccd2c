import type { DeviceId, HeadId, RosterHash, StatementHash } from '../../core/base/brands.js';
import {
  type AdmittedCompletion,
  admitCompletion,
  completionChecks,
  encodeSnapshotCompletion,
  headOf,
  joinCompletions,
  parseSnapshotCompletion,
} from '../../core/authority/completion.js';
import {
  type RosterCompletion,
  parseRosterCompletion,
} from '../../core/authority/roster-completion.js';
import { rosterHashOf } from '../../core/authority/roster.js';
import { namedSigners } from '../../core/authority/threshold-signature.js';
import { shareSigningBytes } from '../../core/authority/statement.js';
import {
  type AdmittedTransition,
  admitTransition,
  predecessorOf,
  transitionChecks,
} from '../../core/authority/transition.js';
import { joinTransitions, wouldAdd } from '../../core/authority/transition-join.js';
import { parseBody } from '../../core/facts/bodies.js';
import {
  equivocationChecks,
  equivocationPoint,
  parseEquivocationProof,
} from '../../core/facts/equivocation.js';
import type { Fact } from '../../core/facts/codec.js';
import type { QuarantinePoint } from '../../core/authority/statement.js';
import type { Change } from '../../ports/store.js';
import type { Verifier } from '../../ports/verifier.js';
import type { Holdings } from '../journal/holdings.js';
import { rosterRows } from './roster-rows.js';
import { KEYS, putBytes } from '../storage/rows.js';

/** A member's approval as it was found in a fact or came by itself. */
export interface OfferedShare {
  readonly statement: StatementHash;
  readonly signer: DeviceId;
  readonly signature: Uint8Array;
}

/** Self-certifying objects that arrived, not yet verified (rule F7). */
export interface GovernanceOffer {
  readonly transitions: readonly Uint8Array[];
  readonly completions: readonly Uint8Array[];
  readonly proofs: readonly Uint8Array[];
  readonly shares: readonly OfferedShare[];
}

export const NOTHING_OFFERED: GovernanceOffer = {
  transitions: [],
  completions: [],
  proofs: [],
  shares: [],
};

/** What was found valid and is new here; each applies whoever carried it. */
export interface GovernanceNews {
  readonly transitions: readonly AdmittedTransition[];
  readonly completions: readonly AdmittedCompletion[];
  readonly points: readonly QuarantinePoint[];
  readonly shares: readonly OfferedShare[];
  readonly changes: readonly Change[];
  /** Typed reasons of what was refused, for the log. */
  readonly refused: readonly string[];
}

/** The governance objects that kernel facts carry, whether their authors were allowed or not. */
export const offerOf = (facts: readonly Fact[]): GovernanceOffer => {
  const transitions: Uint8Array[] = [];
  const completions: Uint8Array[] = [];
  const proofs: Uint8Array[] = [];
  const shares: OfferedShare[] = [];
  for (const fact of facts) {
    const { kind, author } = fact.envelope;
    if (kind.startsWith('record.')) continue;
    const parsed = parseBody(kind, fact.bodyBytes);
    if (!parsed.ok) continue;
    const body = parsed.value;
    if (body.kind === 'roster.completed') transitions.push(body.completion);
    if (body.kind === 'snapshot.completed') completions.push(body.completion);
    if (body.kind === 'equivocation.shown') proofs.push(body.proof);
    if (body.kind === 'snapshot.approved' || body.kind === 'roster.approved') {
      shares.push({ statement: body.statement, signer: author, signature: body.signature });
    }
  }
  return { transitions, completions, proofs, shares };
};

/**
 * Verifies governance objects against what is held.
 *
 * Transitions are judged one after the other, since each needs its predecessor; what cannot be
 * judged yet (an unknown predecessor or roster) is left out and comes again with its chain. What
 * adds votes or signatures to what is held comes out joined with it.
 */
export const admitGovernance = async (
  holdings: Holdings,
  verifier: Verifier,
  offer: GovernanceOffer,
): Promise<GovernanceNews> => {
  const refused: string[] = [];
  const transitions = await admitTransitions(holdings, verifier, offer.transitions, refused);
  const known = new Map(transitions.map((each) => [each.hash, each.record]));
  const recordAt = (roster: RosterHash) =>
    holdings.chain().recordAt(roster) ?? known.get(roster) ?? null;
  const completions = new Map<HeadId, AdmittedCompletion>();
  for (const bytes of offer.completions) {
    const parsed = parseSnapshotCompletion(bytes);
    const record = parsed.ok ? recordAt(parsed.value.roster) : null;
    if (!parsed.ok) refused.push(`completion-${parsed.error.kind}`);
    if (!parsed.ok || record === null) continue;
    const head = headOf(parsed.value);
    const held = completions.get(head) ?? holdings.completions().get(head);
    const named = namedSigners(parsed.value.signature, record);
    if (held !== undefined && named.every((signer) => held.signers.includes(signer))) continue;
    const verdicts = await verifier.verify(completionChecks(parsed.value, record));
    const under = { account: holdings.account, record };
    const admitted = admitCompletion(parsed.value, under, verdicts);
    if (!admitted.ok) refused.push(`completion-${admitted.error.kind}`);
    // Stored as it counts: one that came alone would leave the other signatures behind (rule C4).
    else completions.set(head, held ? joinCompletions(held, admitted.value) : admitted.value);
  }
  const points = await admitProofs(holdings, verifier, offer.proofs, refused);
  const shares = await admitShares(holdings, verifier, offer.shares, refused);
  const changes = [
    ...transitions.flatMap(rosterRows),
    ...[...completions.values()].map((each) =>
      putBytes('governance', KEYS.head(each.head), encodeSnapshotCompletion(each.completion)),
    ),
    ...points.map(({ point, proof }) =>
      putBytes('governance', KEYS.evidence(point.session), proof),
    ),
    ...shares.map((share) =>
      putBytes('governance', KEYS.share(share.statement, share.signer), share.signature),
    ),
  ];
  return {
    transitions,
    completions: [...completions.values()],
    points: points.map(({ point }) => point),
    shares,
    changes,
    refused,
  };
};

const admitTransitions = async (
  holdings: Holdings,
  verifier: Verifier,
  offered: readonly Uint8Array[],
  refused: string[],
): Promise<readonly AdmittedTransition[]> => {
  const fresh = new Map<RosterHash, AdmittedTransition>();
  const parsed: RosterCompletion[] = [];
  for (const bytes of offered) {
    const read = parseRosterCompletion(bytes);
    if (read.ok) parsed.push(read.value);
    else refused.push(`roster-${read.error.kind}`);
  }
  parsed.sort((a, b) => a.record.epoch - b.record.epoch);
  // What a base left outside may be united with it by a record to come.
  const heldAt = (hash: RosterHash) => fresh.get(hash) ?? holdings.transitions().get(hash);
  const recordAt = (hash: RosterHash) => heldAt(hash)?.record;
  for (const completion of parsed) {
    const hash = rosterHashOf(completion.record);
    const held = heldAt(hash);
    if (held !== undefined && !wouldAdd(held, completion)) continue;
    const predecessor = predecessorOf(holdings.account, completion.record, recordAt);
    if (predecessor === undefined) continue;
    const verdicts = await verifier.verify(transitionChecks(completion, predecessor));
    const admitted = admitTransition(completion, predecessor, verdicts, held !== undefined);
    if (!admitted.ok) refused.push(`roster-${admitted.error.kind}`);
    else if (admitted.value.account !== holdings.account) refused.push('roster-other-account');
    else {
      const joined = held ? joinTransitions(held, admitted.value) : admitted.value;
      if (joined !== held) fresh.set(hash, joined);
    }
  }
  return [...fresh.values()];
};

const admitProofs = async (
  holdings: Holdings,
  verifier: Verifier,
  offered: readonly Uint8Array[],
  refused: string[],
): Promise<readonly { readonly point: QuarantinePoint; readonly proof: Uint8Array }[]> => {
  const points: { point: QuarantinePoint; proof: Uint8Array }[] = [];
  for (const proof of offered) {
    const parsed = parseEquivocationProof(proof);
    if (!parsed.ok || parsed.value.account !== holdings.account) {
      refused.push('equivocation-proof');
      continue;
    }
    const verdicts = await verifier.verify(equivocationChecks(parsed.value));
    const { session, seq, author } = equivocationPoint(parsed.value);
    const held = holdings.quarantine().get(session);
    // A proof speaks against its author alone: it says nothing of somebody else's session.
    if (holdings.journal().tip(session)?.author !== author) continue;
    if (!verdicts.every(Boolean)) refused.push('equivocation-signature');
    else if (held === undefined || seq < held.seq) points.push({ point: { session, seq }, proof });
  }
  return points;
};

const admitShares = async (
  holdings: Holdings,
  verifier: Verifier,
  offered: readonly OfferedShare[],
  refused: string[],
): Promise<readonly OfferedShare[]> => {
  const fresh = offered.filter(
    (share) => !holdings.shares().get(share.statement)?.has(share.signer),
  );
  const verdicts = await verifier.verify(
    fresh.map((share) => ({
      key: share.signer,
      message: shareSigningBytes(share.statement),
      signature: share.signature,
    })),
  );
  verdicts.forEach((isValid) => isValid || refused.push('share-signature'));
  return fresh.filter((_, index) => verdicts[index]);
};
