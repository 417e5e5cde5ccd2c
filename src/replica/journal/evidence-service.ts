import type { SessionId } from '../../core/base/brands.js';
import { encodeBody } from '../../core/facts/bodies.js';
import type { Context } from '../context.js';
import type { Intake } from './intake.js';
import { type Link, sendOn } from '../links/link.js';
import { KEYS, putRow } from '../storage/rows.js';

/** Telling everyone of an equivocation, with the proof (rule F6). */
export interface EvidenceService {
  /** Publishes proofs that nobody has published yet, each once. True when it wrote. */
  readonly settle: () => Promise<boolean>;
  /**
   * Shows a peer the proofs about sessions that it holds by its own word: they outlive the facts
   * that told of them, and say nothing to who does not know whose session it is.
   */
  readonly show: (link: Link) => Promise<void>;
  readonly load: (keys: readonly string[]) => void;
}

export const createEvidenceService = (context: Context, intake: Intake): EvidenceService => {
  const proofOf = async (session: SessionId): Promise<Uint8Array | null> => {
    const row = await context.ports.store.get('governance', KEYS.evidence(session));
    return row.ok ? row.value : null;
  };

  const settle = async (): Promise<boolean> => {
    for (const { session, seq } of context.holdings?.quarantine().values() ?? []) {
      const key = KEYS.shown(session, seq);
      if (context.shownProofs.has(key)) continue;
      const proof = await proofOf(session);
      const body = proof === null ? null : ({ kind: 'equivocation.shown', proof } as const);
      // A proof that no fact can hold still passes from link to link.
      context.shownProofs.add(key);
      if (body === null || !encodeBody(body).ok) continue;
      const done = await intake.own([body], [putRow('own', key, true)]);
      if (!done.ok) context.shownProofs.delete(key);
      return done.ok;
    }
    return false;
  };

  const show = async (link: Link): Promise<void> => {
    for (const { session, seq } of context.holdings?.quarantine().values() ?? []) {
      const key = KEYS.shown(session, seq);
      if (link.shown.has(key) || !link.claimed.has(session)) continue;
      link.shown.add(key);
      const proof = await proofOf(session);
      if (proof !== null) sendOn(link, { kind: 'evidence', proofs: [proof] });
    }
  };

  return {
    settle,
    show,
    load: (keys) => {
      for (const key of keys) if (key.startsWith('shown:')) context.shownProofs.add(key);
    },
  };
};
