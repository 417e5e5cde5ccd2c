import type { Fact } from '../../core/facts/codec.js';
import {
  type ProofLink,
  type SignedBranch,
  buildEquivocationProof,
  equivocationPoint,
  parseEquivocationProof,
} from '../../core/facts/equivocation.js';
import type { Change } from '../../ports/store.js';
import type { Context } from '../context.js';
import type { Clash } from './foreign.js';
import type { Holdings } from './holdings.js';
import { KEYS, putRow } from '../storage/rows.js';

/** A proof that someone published needs no second telling. */
export const shownBy = (context: Context, proofs: readonly Uint8Array[]): Change[] =>
  proofs.flatMap((bytes) => {
    const proof = parseEquivocationProof(bytes);
    if (!proof.ok) return [];
    const { session, seq } = equivocationPoint(proof.value);
    context.shownProofs.add(KEYS.shown(session, seq));
    return [putRow('own', KEYS.shown(session, seq), true)];
  });

/** Proofs of equivocation from branches that clash with what is held (rule F6). */
export const proofsOf = (holdings: Holdings, clashes: readonly Clash[]): readonly Uint8Array[] => {
  const proofs: Uint8Array[] = [];
  for (const clash of clashes) {
    const log = holdings.journal().sessions().get(clash.session);
    const known = holdings.quarantine().get(clash.session);
    if (known !== undefined && known.seq <= clash.seq) continue;
    const signedSeq = Math.max(...clash.signatures.keys());
    const theirs = clash.facts.filter((fact) => fact.envelope.seq <= signedSeq);
    const signature = clash.signatures.get(signedSeq);
    if (log?.signed == null || signature === undefined) continue;
    const held = log.facts.filter((fact) => fact.envelope.seq <= (log.signed?.seq ?? -1));
    const proof = buildEquivocationProof(
      branchOf(held, log.signed.signature),
      branchOf(theirs, signature),
    );
    if (proof.ok) proofs.push(proof.value);
  }
  return proofs;
};

const branchOf = (facts: readonly Fact[], signature: Uint8Array): SignedBranch => ({
  links: facts.map((fact): ProofLink => ({
    id: fact.id,
    envelope: fact.envelope,
    envelopeBytes: fact.envelopeBytes,
  })),
  signature,
});
