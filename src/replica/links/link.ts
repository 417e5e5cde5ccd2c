import type { DeviceId, SessionId } from '../../core/base/brands.js';
import {
  type CodeSaid,
  codeInExtensions,
  codeToExtensions,
  lackedProtocols,
} from '../../core/links/code-said.js';
import type { LinkParty, ProofCheck } from '../../core/links/handshake.js';
import {
  type AwaitingHello,
  type AwaitingProof,
  proofBytes,
  receiveHello,
  receiveProof,
  startHandshake,
} from '../../core/links/handshake.js';
import { type Membership, judgePeer } from '../../core/links/membership.js';
import type { ByeReason } from '../../core/links/message-kinds.js';
import { type HeadsMessage, type KnownMessage, encodeMessage } from '../../core/links/messages.js';
import type { HeadsDigest, Step } from '../../core/links/step.js';
import { assert } from '../../core/base/result.js';
import { memberOf } from '../../core/authority/roster.js';
import type { Channel } from '../../ports/transport.js';
import type { Context } from '../context.js';
import type { Holdings } from '../journal/holdings.js';
import { type PeerMeter, count } from './peer-book.js';
import { WAITING_MAX } from './traffic.js';

/** An authenticated connection to one other device (rule N2). */
export interface Link {
  readonly peer: DeviceId;
  readonly party: LinkParty;
  /** The epochs that this device proved itself under, and that the link runs under (rule C5). */
  readonly under: LinkParty;
  readonly channel: Channel;
  /** What the peer's code speaks, by its own word (rule U5). */
  readonly code: CodeSaid;
  membership: Membership;
  /** Monotonic ms at which the peer had proved itself. */
  readonly openedMs: number;
  /** Monotonic ms at which anything was last heard. */
  heardMs: number;
  /** What the peer said of itself last; null before its first word. */
  theirs: HeadsMessage | null;
  /** How far the peer stands in each session, as far as this device knows. */
  readonly frontier: Map<SessionId, number>;
  /** How far the peer last said that it stands. */
  readonly claimed: Map<SessionId, number>;
  /** What this device told the peer of its own frontier. */
  readonly told: Map<SessionId, number>;
  toldFactSet: string | null;
  /** The base, roster and tips that it was told last; null where all is to be told again. */
  toldGround: string | null;
  /** What the peer was told last besides facts; null where all is to be told again. */
  toldHeads: string | null;
  /** The first word of this device, until it was answered. */
  said: { readonly step: Step; readonly rest: HeadsDigest; readonly heads: HeadsMessage } | null;
  /** Where the peer stands, as far as this device knows; null before its first word. */
  step: Step | null;
  /** Where it said itself that it stands, in whatever message. */
  ownWord: Step | null;
  /** Monotonic ms at which it was last found, by its own word, where this device stood. */
  agreedMs: number;
  /** Where it said in words that it stands, heartbeats apart. */
  word: Step | null;
  /** It sent facts, or was sent some with no word of where this device stands: it is told next. */
  isOwed: boolean;
  /** Monotonic ms of the last exchange of whole frontiers. */
  healedMs: number;
  /** How long the next exchange of whole frontiers waits after the last. */
  healWaitMs: number;
  /** A look at whether the peer is behind is due. */
  isHealing: boolean;
  /** Messages that were not handed to the network yet. */
  sending: number;
  offences: number;
  /** What passed over all links with this peer. */
  readonly meter: PeerMeter;
  /** False once an update of this peer took too long to read: from then on it sends runs. */
  takesUpdates: boolean;
  /** Proofs that this peer was shown on this link. */
  readonly shown: Set<string>;
  isOpen: boolean;
}

/** Messages of a member may be this large; before it has proved itself, 64 KiB. */
const MEMBER_BYTES_MAX = 16 * 1024 * 1024;

/** So long a peer may take to read the last words. */
const LEAVE_MS = 5_000;

/** Who opens a channel and proves nothing for so long is turned away. */
const HANDSHAKE_MS = 15_000;

/** Gives its length in bytes; 0 where the link is closed. */
export const sendOn = (link: Link, message: KnownMessage): number => {
  if (!link.isOpen) return 0;
  const bytes = encodeMessage(message);
  link.sending += 1;
  count(link.meter.sent, message.kind, bytes.length);
  void link.channel.send(bytes).then(() => (link.sending -= 1));
  return bytes.length;
};

/**
 * Says why this device goes, and leaves the closing to the peer, which closes once it has read all
 * that came before; closing at once would cut that off. A peer that does not close is closed on.
 */
export const takeLeave = (context: Context, link: Link, reason: ByeReason): void => {
  sendOn(link, { kind: 'bye', reason });
  context.ports.clock.after(LEAVE_MS, () => link.channel.close());
};

/** Whether what runs over a link belongs to an epoch that this one, at both ends, left behind. */
export const outlives = (newer: Link, older: Link): boolean =>
  newer !== older &&
  newer.peer === older.peer &&
  newer.party.epoch === newer.under.epoch &&
  older.under.epoch < newer.under.epoch;

/** Whom the account's content may reach now. */
export const isPresentMember = ({ membership }: Link): boolean =>
  membership === 'member' || membership === 'stale';

/**
 * Whether one of both ends lacks what hard forks made indispensable: then only the kernel channel
 * is open between them (rules U5 and C9).
 */
export const isKernelOnly = ({ code }: Context, link: Link): boolean =>
  lackedProtocols(code.required, link.code.protocols).length > 0 ||
  lackedProtocols(code.required, code.protocols).length > 0;

/** Whom it can be sent to now. */
export const isOpenMember = (link: Link): boolean => link.isOpen && isPresentMember(link);

/** The peer holds a session at least up to there. */
export const raiseFrontier = ({ frontier }: Link, session: SessionId, seq: number): void => {
  if (seq > (frontier.get(session) ?? -1)) frontier.set(session, seq);
};

/** The next word to this peer says everything again. */
export const forgetTold = (link: Link): void => {
  link.told.clear();
  link.toldFactSet = null;
  link.toldGround = null;
  link.toldHeads = null;
};

export const selfParty = (holdings: Holdings): LinkParty => ({
  device: holdings.me,
  epoch: holdings.chain().tip.epoch,
  roster: holdings.chain().tipHash,
  snapshotIndex: holdings.base().index,
});

/** What this device thinks of a peer now; asked again after each change of the roster. */
export const judge = (holdings: Holdings, party: LinkParty): Membership => {
  const chain = holdings.chain();
  return judgePeer(
    {
      epoch: chain.tip.epoch,
      epochOf: (roster) => chain.recordAt(roster)?.epoch ?? null,
      isMember: (device) => memberOf(chain.tip, device) !== null,
      wasMember: (device) => chain.membersEver.has(device),
    },
    party,
  );
};

/** What becomes of a link. */
export interface LinkUses {
  readonly meterOf: (device: DeviceId) => PeerMeter;
  readonly opened: (link: Link) => void;
  /** Whatever it returns is waited for before the next message is read. */
  readonly received: (link: Link, bytes: Uint8Array) => void | Promise<void>;
  /** More waits to be read than an honest peer ever sends. */
  readonly flooded: (link: Link) => void;
  readonly closed: (link: Link | null) => void;
}

/**
 * Runs the handshake of one channel; calls back once the peer has proved who it is.
 *
 * Anything unexpected closes the channel. Bytes that follow the proof wait for its verification, in
 * order, because the caller's listener is given them one after the other.
 */
export const openLink = (
  context: Context,
  channel: Channel,
  { meterOf, opened, received, flooded, closed }: LinkUses,
): void => {
  const { holdings, keys } = context;
  assert(holdings !== null && keys !== null, 'links are opened by members');
  const nonce = context.ports.randomness.bytes(32);
  const under = selfParty(holdings);
  const start = startHandshake(
    holdings.account,
    under,
    channel,
    nonce,
    codeToExtensions(context.code),
  );
  let phase: AwaitingHello | AwaitingProof | Link = start.state;
  let last: Promise<void> = Promise.resolve();
  const waiting = { messages: 0, bytes: 0 };
  const patience = context.ports.clock.after(HANDSHAKE_MS, () => {
    if ('phase' in phase) refuse('silent');
  });

  const refuse = (kind: string): void => {
    context.activity.add('link-refused', 'warn', null, { reason: kind });
    channel.close();
  };

  const takeHello = async (state: AwaitingHello, bytes: Uint8Array): Promise<void> => {
    const hello = receiveHello(state, bytes);
    if (!hello.ok) return refuse(hello.error.kind);
    phase = hello.value.state;
    void channel.send(proofBytes(await keys.signer.sign(hello.value.toSign)));
  };

  const takeProof = async (state: AwaitingProof, bytes: Uint8Array): Promise<void> => {
    const proof = receiveProof(state, bytes);
    if (!proof.ok) return refuse(proof.error.kind);
    if (!(await isValid(context, proof.value.check))) return refuse('bad-proof');
    const code = codeInExtensions(state.extensions);
    const link = createLink(context, channel, under, proof.value.peer, code, meterOf);
    phase = link;
    patience();
    channel.setMessageBytesMax(MEMBER_BYTES_MAX);
    opened(link);
  };

  const take = async (bytes: Uint8Array): Promise<void> => {
    const now = phase;
    if (!('phase' in now)) return received(now, bytes);
    return now.phase === 'hello' ? takeHello(now, bytes) : takeProof(now, bytes);
  };

  channel.onMessage((bytes) => {
    waiting.messages += 1;
    waiting.bytes += bytes.length;
    if (waiting.messages > WAITING_MAX.messages || waiting.bytes > WAITING_MAX.bytes) {
      return 'phase' in phase ? refuse('flood') : flooded(phase);
    }
    last = last.then(() => take(bytes)).catch(() => refuse('broken'));
    void last.then(() => {
      waiting.messages -= 1;
      waiting.bytes -= bytes.length;
    });
  });
  channel.onClose(() => {
    const now = phase;
    patience();
    if ('phase' in now) return closed(null);
    now.isOpen = false;
    closed(now);
  });
  void channel.send(start.send);
};

const isValid = async (context: Context, check: ProofCheck): Promise<boolean> =>
  (await context.ports.verifier.verify([check]))[0] === true;

const createLink = (
  context: Context,
  channel: Channel,
  under: LinkParty,
  party: LinkParty,
  code: CodeSaid,
  meterOf: LinkUses['meterOf'],
): Link => {
  assert(context.holdings !== null, 'links are opened by members');
  return {
    peer: party.device,
    party,
    under,
    channel,
    code,
    membership: judge(context.holdings, party),
    openedMs: context.ports.clock.monotonicMs(),
    heardMs: context.ports.clock.monotonicMs(),
    theirs: null,
    frontier: new Map(),
    claimed: new Map(),
    told: new Map(),
    ...{ toldFactSet: null, toldGround: null, toldHeads: null },
    ...{ said: null, step: null, ownWord: null, word: null, isOwed: false },
    healedMs: context.ports.clock.monotonicMs(),
    agreedMs: context.ports.clock.monotonicMs(),
    healWaitMs: 2_000,
    isHealing: false,
    sending: 0,
    offences: 0,
    meter: meterOf(party.device),
    takesUpdates: true,
    shown: new Set(),
    isOpen: true,
  };
};
