import type { AccountId, DeviceId, FactId, SessionId } from '../base/brands.js';
import { decodeCanonical, encodeCanonical, type DecodeError } from '../base/canonical.js';
import { LIMITS } from '../base/limits.js';
import { compareText } from '../base/ordering.js';
import { assert, err, ok, type Result } from '../base/result.js';
import * as shape from '../base/shape.js';
import { list, map, row } from '../base/shape-groups.js';
import type { SignatureCheck } from '../base/signature-check.js';
import { factIdOf, factSigningBytes, parseEnvelopeBytes, type FactError } from './codec.js';
import type { Envelope } from './envelope.js';

/** One envelope of a branch; only the last of a branch is signed. */
export interface ProofLink {
  readonly id: FactId;
  readonly envelope: Envelope;
  readonly envelopeBytes: Uint8Array;
}

/** A hash-linked piece of a session and the signature of its last envelope. */
export interface SignedBranch {
  readonly links: readonly ProofLink[];
  readonly signature: Uint8Array;
}

/**
 * Two branches of one session from where they part on (rule F6).
 *
 * It speaks against `author` alone: facts of this session by anyone else are not of it anyway (F1),
 * and who applies a proof does so only where the session's author is the one named here.
 * `left` is the branch whose first id is the lesser, so one finding has one form.
 */
export interface EquivocationProof {
  readonly account: AccountId;
  readonly session: SessionId;
  readonly author: DeviceId;
  readonly left: SignedBranch;
  readonly right: SignedBranch;
}

export type ProofError =
  | { readonly kind: 'not-canonical'; readonly reason: DecodeError }
  /** The named part is missing or not of its shape. */
  | { readonly kind: 'malformed'; readonly field: string | null }
  | { readonly kind: 'too-long'; readonly facts: number; readonly factsMax: number }
  | { readonly kind: 'bad-envelope'; readonly reason: FactError }
  /** An envelope of another account, session or author, not linked, or at another seq. */
  | { readonly kind: 'unlinked'; readonly seq: number }
  /** The branches do not part: same first fact, or what they follow differs. */
  | { readonly kind: 'no-parting' };

const branch = list(
  row({
    envelope: shape.bytes(1, LIMITS.factBytesMax),
    signature: shape.nullable(shape.bytes(64, 64)),
  }),
);
type WireBranch = shape.Of<typeof branch>;

const PROOF = map({
  account: shape.hex32<AccountId>(),
  session: shape.hex32<SessionId>(),
  left: branch,
  right: branch,
});

/**
 * Writes the proof that two branches of a session part; both may begin anywhere up to the parting.
 *
 * Limits: LIMITS.equivocationFactsMax envelopes after the parting, both branches together; about 30
 * fit into one fact's body.
 * Errors: ProofError when the branches prove nothing or are too long.
 */
export const buildEquivocationProof = (
  one: SignedBranch,
  other: SignedBranch,
): Result<Uint8Array, ProofError> => {
  const parting = partingOf(one.links, other.links);
  if (parting === null) return err({ kind: 'no-parting' });
  const branches = [one, other].map((each) => ({
    links: each.links.filter((link) => link.envelope.seq >= parting),
    signature: each.signature,
  }));
  branches.sort((a, b) => compareText(firstOf(a.links).id, firstOf(b.links).id));
  const [left, right] = branches.map(branchToWire) as [WireBranch, WireBranch];
  const { account, session } = firstOf(one.links).envelope;
  const wire = { account, session, left, right };
  const bytes = encodeCanonical(PROOF.toCanonical(wire));
  const parsed = parseEquivocationProof(bytes);
  return parsed.ok ? ok(bytes) : parsed;
};

/**
 * Reads a proof. It proves something once both of its signature checks pass.
 *
 * Errors: ProofError, the first that is found.
 */
export const parseEquivocationProof = (
  bytes: Uint8Array,
): Result<EquivocationProof, ProofError> => {
  const decoded = decodeCanonical(bytes, LIMITS.equivocationFactsMax * 1024);
  if (!decoded.ok) return err({ kind: 'not-canonical', reason: decoded.error });
  const wire = PROOF.parse(decoded.value);
  if (wire === undefined) {
    return err({ kind: 'malformed', field: shape.keyAtFault(PROOF, decoded.value) });
  }
  const facts = wire.left.length + wire.right.length;
  const factsMax = LIMITS.equivocationFactsMax;
  if (facts > factsMax) return err({ kind: 'too-long', facts, factsMax });
  const left = branchFromWire(wire.left, 'left');
  if (!left.ok) return left;
  const right = branchFromWire(wire.right, 'right');
  if (!right.ok) return right;
  const { account, session } = wire;
  return checkProof({ account, session, left: left.value, right: right.value });
};

/** What must be verified: the last envelope of each branch, by the author's key. */
export const equivocationChecks = (proof: EquivocationProof): readonly SignatureCheck[] =>
  [proof.left, proof.right].map(({ links, signature }) => ({
    key: proof.author,
    message: factSigningBytes(lastOf(links).id),
    signature,
  }));

/** Where the session is quarantined from: the least seq at which two facts of it are known. */
export const equivocationPoint = (
  proof: EquivocationProof,
): { readonly session: SessionId; readonly seq: number; readonly author: DeviceId } => ({
  session: proof.session,
  seq: firstOf(proof.left.links).envelope.seq,
  author: proof.author,
});

/** The least seq at which both branches have an envelope and these differ. */
const partingOf = (one: readonly ProofLink[], other: readonly ProofLink[]): number | null => {
  const idBySeq = new Map(one.map((link) => [link.envelope.seq, link.id]));
  const parted = other.find((link) => {
    const id = idBySeq.get(link.envelope.seq);
    return id !== undefined && id !== link.id;
  });
  return parted?.envelope.seq ?? null;
};

const branchToWire = ({ links, signature }: SignedBranch): WireBranch =>
  links.map((link, index) => ({
    envelope: link.envelopeBytes,
    signature: index === links.length - 1 ? signature : null,
  }));

const branchFromWire = (
  wire: WireBranch,
  field: 'left' | 'right',
): Result<SignedBranch, ProofError> => {
  const links: ProofLink[] = [];
  const signature = wire.at(-1)?.signature ?? null;
  const isSignedOnce = wire.filter((entry) => entry.signature !== null).length === 1;
  if (signature === null || !isSignedOnce) return err({ kind: 'malformed', field });
  for (const { envelope: envelopeBytes } of wire) {
    const envelope = parseEnvelopeBytes(envelopeBytes);
    if (!envelope.ok) return err({ kind: 'bad-envelope', reason: envelope.error });
    links.push({ id: factIdOf(envelopeBytes), envelope: envelope.value, envelopeBytes });
  }
  return ok({ links, signature });
};

const checkProof = (
  proof: Omit<EquivocationProof, 'author'>,
): Result<EquivocationProof, ProofError> => {
  const left = firstOf(proof.left.links);
  const right = firstOf(proof.right.links);
  const { author } = left.envelope;
  const isOfSession = ({ envelope }: ProofLink): boolean =>
    envelope.account === proof.account &&
    envelope.session === proof.session &&
    envelope.author === author;
  for (const { links } of [proof.left, proof.right]) {
    const unlinked = links.find(
      (link, index) => !isOfSession(link) || (index > 0 && !follows(links[index - 1], link)),
    );
    if (unlinked !== undefined) return err({ kind: 'unlinked', seq: unlinked.envelope.seq });
  }
  const isParting =
    left.envelope.seq === right.envelope.seq &&
    left.envelope.prev === right.envelope.prev &&
    left.id < right.id;
  return isParting ? ok({ ...proof, author }) : err({ kind: 'no-parting' });
};

const follows = (before: ProofLink | undefined, link: ProofLink): boolean =>
  before !== undefined &&
  link.envelope.prev === before.id &&
  link.envelope.seq === before.envelope.seq + 1;

const firstOf = (links: readonly ProofLink[]): ProofLink => {
  const first = links[0];
  assert(first !== undefined, 'a branch has envelopes');
  return first;
};

const lastOf = (links: readonly ProofLink[]): ProofLink => {
  const last = links.at(-1);
  assert(last !== undefined, 'a branch has envelopes');
  return last;
};
