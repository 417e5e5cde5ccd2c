import type { Hash, HeadId, SessionId } from '../core/base/brands.js';
import type { KnownMessage } from '../core/links/messages.js';
import type { Context } from './context.js';
import type { IncomingRun } from './foreign.js';
import type { Holdings } from './holdings.js';
import type { Link } from './link.js';

/** A run as it came in a message. */
export const incomingRun = (run: {
  readonly session: SessionId;
  readonly firstSeq: number;
  readonly facts: readonly Uint8Array[];
  readonly signatures: readonly { readonly seq: number; readonly signature: Uint8Array }[];
}): IncomingRun => ({
  session: run.session,
  firstSeq: run.firstSeq,
  facts: run.facts,
  signatures: new Map(run.signatures.map((each) => [each.seq, each.signature])),
});

/** Everything that decides whether a peer has to be told again. */
export const standingKey = (holdings: Holdings): string =>
  [
    holdings.journal().setDigest(),
    holdings.base().id,
    holdings.chain().tipHash,
    holdings.tips().join(),
  ].join(':');

/** Whether a peer, by its own last word, holds just what this device holds. */
export const isInStep = (context: Context, link: Link): boolean => {
  const { holdings } = context;
  if (holdings === null || link.theirs === null) return false;
  return (
    link.theirs.base === holdings.base().id &&
    link.theirs.rosterTip === holdings.chain().tipHash &&
    link.theirs.factSet === holdings.journal().setDigest()
  );
};

/** One's own standing; of the frontier only what this peer was not told yet. */
export const headsFor = (context: Context, holdings: Holdings, link: Link): KnownMessage => {
  const chain = holdings.chain();
  const frontier = [...holdings.journal().frontier()]
    .filter(([session, tip]) => link.told.get(session) !== tip.seq)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  for (const [session, tip] of frontier) link.told.set(session, tip.seq);
  const heldPayloads = [...holdings.payloadStates().keys()].flatMap((head: HeadId) => {
    const payload = holdings.completions().get(head)?.completion.payload;
    return payload === undefined ? [] : [payload];
  });
  return {
    kind: 'heads',
    rosterCount: chain.lineage.length,
    rosterTip: chain.tipHash,
    epoch: chain.tip.epoch,
    standingHeads: [...holdings.standing()].sort(),
    heldPayloads: heldPayloads.sort(),
    base: holdings.base().id,
    stateVector: context.carrier?.stateVector() ?? null,
    frontier: frontier.map(([session, tip]) => ({ session, seq: tip.seq, fact: tip.id })),
    factSet: holdings.journal().setDigest() as Hash,
    wallMs: Math.max(0, Math.floor(context.ports.clock.wallMs())),
    name: context.deviceName.slice(0, 64),
  };
};
