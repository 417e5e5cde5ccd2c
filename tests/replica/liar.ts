import { createMemoryKeys } from '../../src/adapters/memory/memory-keys.js';
import { createMemoryStore } from '../../src/adapters/memory/memory-store.js';
import { createSeededRandomness } from '../../src/adapters/memory/seeded-randomness.js';
import type { AccountId, DeviceId, Hash, SessionId } from '../../src/core/base/brands.js';
import { sha256Hex } from '../../src/core/base/hash.js';
import { assert } from '../../src/core/base/result.js';
import type { Body } from '../../src/core/facts/bodies.js';
import {
  type EnvelopeFields,
  type Fact,
  encodeFact,
  factSigningBytes,
} from '../../src/core/facts/codec.js';
import { sessionIdOf } from '../../src/core/facts/session.js';
import {
  type LinkParty,
  proofBytes,
  receiveHello,
  receiveProof,
  startHandshake,
} from '../../src/core/links/handshake.js';
import {
  type FactRun,
  type KnownMessage,
  type Message,
  encodeMessage,
  parseMessage,
} from '../../src/core/links/messages.js';
import { accountRoom } from '../../src/core/links/rooms.js';
import type { DeviceKeys } from '../../src/ports/keys.js';
import type { Channel, RoomConfig } from '../../src/ports/transport.js';
import { envelopeContext } from '../../src/replica/membership/epoch-secrets.js';
import type { Holdings } from '../../src/replica/journal/holdings.js';
import { selfParty } from '../../src/replica/links/link.js';
import { openStore } from '../../src/replica/storage/opening.js';
import { KEYS, readRow } from '../../src/replica/storage/rows.js';
import type { Household } from './household.js';

/** A proven link of the liar to one honest device; what it says is up to the test. */
export interface LiarLink {
  readonly peer: DeviceId;
  readonly channel: Channel;
  readonly heard: Message[];
  readonly say: (message: KnownMessage) => void;
  readonly isOpen: () => boolean;
}

/** A member's keys and store in the hands of someone who keeps to no rule. */
export interface Liar {
  readonly device: DeviceId;
  readonly keys: DeviceKeys;
  readonly holdings: Holdings;
  /** Of the epoch in force. */
  readonly secret: Uint8Array;
  readonly room: RoomConfig;
  /** The newest open link to that device; throws when there is none. */
  readonly to: (device: DeviceId) => LiarLink;
  readonly isLinkedTo: (device: DeviceId) => boolean;
  readonly leave: () => void;
}

/** Takes over what a stopped device of the household left, and enters the account's room with it. */
export const createLiar = async (home: Household, name: string): Promise<Liar> => {
  const keys = createMemoryKeys(name);
  const { device } = keys.signer;
  const opened = await openStore(createMemoryStore(home.disk(name)), device);
  assert(opened.ok && opened.value.holdings !== null, 'the device was a member');
  const { holdings } = opened.value;
  const secret = await secretOf(home, name, keys, holdings);
  const room = { ...accountRoom(secret, holdings.account), purpose: 'account' as const };
  const links: LiarLink[] = [];
  const open = new Set<LiarLink>();
  const transport = home.network.transport(`${name} the liar`);
  const joined = transport.join(room, (channel) => {
    prove(keys, holdings, channel, (link) => {
      links.push(link);
      open.add(link);
      channel.onClose(() => open.delete(link));
    });
  });
  const find = (peer: DeviceId) => links.findLast((each) => each.peer === peer && open.has(each));
  return {
    ...{ device, keys, holdings, secret, room },
    to: (peer) => {
      const link = find(peer);
      assert(link !== undefined, 'the liar is connected');
      return link;
    },
    isLinkedTo: (peer) => find(peer) !== undefined,
    leave: () => {
      joined.leave();
      transport.close();
    },
  };
};

const secretOf = async (
  home: Household,
  name: string,
  keys: DeviceKeys,
  holdings: Holdings,
): Promise<Uint8Array> => {
  const { tip, tipHash } = holdings.chain();
  const row = home.disk(name).rowsOf('governance').get(KEYS.envelopes(tipHash));
  const envelopes = (row === undefined ? [] : readRow(row)) as [Uint8Array, Uint8Array][];
  const bound = envelopeContext(holdings.account, tip.commitment);
  for (const [, envelope] of envelopes) {
    const secret = await keys.sealer.open(envelope, bound);
    if (secret.ok) return secret.value;
  }
  throw new Error('the device never had the secret of its epoch');
};

/** A true handshake, so that everything after it comes from whom it says; `claim` is what it says. */
export const prove = (
  keys: DeviceKeys,
  holdings: Holdings,
  channel: Channel,
  proven: (link: LiarLink) => void,
  claim: Partial<LinkParty> = {},
): void => {
  const nonce = createSeededRandomness(`liar ${channel.id}`).bytes(32);
  const self = { ...selfParty(holdings), device: keys.signer.device, ...claim };
  const start = startHandshake(holdings.account, self, channel, nonce);
  const heard: Message[] = [];
  let phase: 'hello' | 'proof' | 'open' = 'hello';
  let awaiting: Parameters<typeof receiveProof>[0] | null = null;
  let isOpen = true;
  channel.onClose(() => {
    isOpen = false;
  });
  channel.onMessage((bytes) => {
    if (phase === 'hello') {
      const hello = receiveHello(start.state, bytes);
      if (!hello.ok) return channel.close();
      awaiting = hello.value.state;
      phase = 'proof';
      void keys.signer.sign(hello.value.toSign).then((each) => channel.send(proofBytes(each)));
    } else if (phase === 'proof' && awaiting !== null) {
      const proof = receiveProof(awaiting, bytes);
      if (!proof.ok) return channel.close();
      phase = 'open';
      channel.setMessageBytesMax(16 * 1024 * 1024);
      const say = (message: KnownMessage): void => void channel.send(encodeMessage(message));
      proven({ peer: proof.value.peer.device, channel, heard, say, isOpen: () => isOpen });
    } else {
      const message = parseMessage(bytes);
      if (message.ok) heard.push(message.value);
    }
  });
  void channel.send(start.send);
};

/** A session written by hand. */
export interface Pen {
  readonly session: SessionId;
  readonly facts: readonly Fact[];
  /** Appends a fact; `twist` makes its envelope say what it should not. */
  readonly write: (body: Body, twist?: Partial<EnvelopeFields>) => Fact;
  /** The facts from one seq to another (both included) with the signature of the last. */
  readonly run: (from?: number, to?: number) => Promise<FactRun>;
  /** Another chain that parts from this one after that seq. */
  readonly fork: (afterSeq: number) => Pen;
}

/** Opens a session of the liar's own, on any account. */
export const createPen = (liar: Liar, seed: string, account?: AccountId): Pen => {
  const of = account ?? liar.holdings.account;
  const nonce = sha256Hex(new TextEncoder().encode(seed)) as Hash;
  const session = sessionIdOf(of, liar.device, nonce);
  const pen = penOf(liar, of, session, []);
  pen.write({ kind: 'session.opened', nonce, head: null });
  return pen;
};

const penOf = (
  liar: Liar,
  account: AccountId,
  session: SessionId,
  before: readonly Fact[],
): Pen => {
  const facts = [...before];
  const { tip, tipHash } = liar.holdings.chain();
  return {
    session,
    facts,
    write: (body, twist = {}) => {
      const last = facts.at(-1);
      const fact = encodeFact(
        {
          ...{ account, session, author: liar.device, seq: facts.length, prev: last?.id ?? null },
          ...{
            lamport: 1000 + facts.length,
            wallMs: 1_700_000_000_000,
            epoch: tip.epoch,
            roster: tipHash,
          },
          ...twist,
        },
        body,
      );
      facts.push(fact);
      return fact;
    },
    run: async (from = 0, to = facts.length - 1) => {
      const chosen = facts.slice(from, to + 1);
      const last = chosen.at(-1);
      assert(last !== undefined, 'there is something to send');
      const signature = await liar.keys.signer.sign(factSigningBytes(last.id));
      return {
        session,
        firstSeq: chosen[0]?.envelope.seq ?? 0,
        facts: chosen.map((fact) => fact.bytes),
        signatures: [{ seq: last.envelope.seq, signature }],
      };
    },
    fork: (afterSeq) => penOf(liar, account, session, facts.slice(0, afterSeq + 1)),
  };
};
