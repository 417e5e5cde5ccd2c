import type { DeviceId, HeadId, PayloadId } from '../../core/base/brands.js';
import type { Cancel } from '../../ports/clock.js';
import { LIMITS } from '../../core/base/limits.js';
import type { PayloadPartMessage, WantPayloadMessage } from '../../core/links/messages.js';
import { type Recomputer, adoptHead, readPayloadOf } from './adoption.js';
import { roomWaitMs } from '../loop/back-off.js';
import type { Context } from '../context.js';
import type { PeerAct } from '../../core/links/peer-score.js';
import { type Link, sendOn } from '../links/link.js';
import { KEYS } from '../storage/rows.js';

/** Fetching payloads from peers, part by part, and giving them out (rule S7). */
export interface PayloadExchange {
  /** Asks this peer for a payload that is missing here, if it holds it and nobody was asked. */
  readonly ask: (link: Link) => void;
  readonly give: (link: Link, want: WantPayloadMessage) => Promise<void>;
  /** Takes a part in; true when a head was adopted with it. */
  readonly take: (link: Link, part: PayloadPartMessage) => Promise<boolean>;
  /** What was asked for over a link that ended is asked for again (rule C5). */
  readonly gone: (link: Link) => void;
  readonly close: () => void;
  /** Bytes received of the payload that is being fetched; null when none is. */
  readonly progress: () => { readonly received: number; readonly total: number | null } | null;
}

/** Whom to ask first, and what is remembered of how it went (rule N5). */
export interface PeerChoice {
  /** Links to members, best first; those below the threshold only where there are no others. */
  readonly ranked: () => readonly Link[];
  readonly note: (device: DeviceId, act: PeerAct) => void;
}

/** A peer that sends no part for so long is not waited for. */
const PATIENCE_MS = 8_000;
/** So long after a part the one payload that is given out is kept at hand for the next one. */
const GIVEN_MS = 30_000;

interface Fetch {
  readonly head: HeadId;
  readonly payload: PayloadId;
  readonly link: Link;
  readonly parts: Uint8Array[];
  received: number;
  total: number | null;
}

const NOTHING = { parts: [], received: 0, total: null } as const;

export const createPayloadExchange = (
  context: Context,
  recomputer: Recomputer,
  wanted: () => readonly HeadId[],
  askAgain: () => void,
  peers: PeerChoice,
): PayloadExchange => {
  let fetch: Fetch | null = null;
  /** What came of the last one that a link, or patience, ended: that peer is asked to go on. */
  let left: Fetch | null = null;
  let patience: Cancel | null = null;
  /** How often this device's store refused one, and until when none is asked for because of it. */
  let refusals = 0;
  let rest: Cancel | null = null;
  /** Whoever asks for one part asks for all: the store reads a payload whole each time. */
  let given: { readonly payload: PayloadId; readonly bytes: Uint8Array } | null = null;
  let forgetting: Cancel | null = null;
  /** Who did not give what it said it holds, or gave something else. */
  const failedBy = new Map<PayloadId, Set<DeviceId>>();

  const giveUp = (failed: Fetch): void => {
    const devices = failedBy.get(failed.payload) ?? new Set();
    failedBy.set(failed.payload, devices.add(failed.link.peer));
    ended();
    askAgain();
  };

  /** Others are asked first; once nobody else is left, everyone has another chance. */
  const mayAsk = (payload: PayloadId, link: Link): boolean => {
    const failed = failedBy.get(payload);
    if (failed?.has(link.peer) !== true) return true;
    context.run(async () => {
      if (failedBy.delete(payload)) askAgain();
    });
    return false;
  };

  const wait = (): void => {
    patience?.();
    const waited = fetch;
    patience = context.ports.clock.after(PATIENCE_MS, () => {
      if (waited === null || fetch !== waited) return;
      peers.note(waited.link.peer, 'kept-waiting');
      giveUp(waited);
    });
  };

  const ended = (): void => {
    if (fetch === null) return;
    fetch.link.meter.load -= 1;
    left = fetch;
    fetch = null;
  };

  /** Parts of one peer are joined to nobody else's: who gave something false can be told. */
  const leftOf = (payload: PayloadId, { peer }: Link): Fetch | null =>
    left?.payload === payload && left.link.peer === peer ? left : null;

  const holds = (link: Link, payload: PayloadId): boolean =>
    link.isOpen && link.theirs?.heldPayloads.includes(payload) === true;

  const ask = (from: Link): void => {
    const { holdings } = context;
    if (holdings === null || from.theirs === null || rest !== null) return;
    if (fetch !== null && fetch.link.isOpen && wanted().includes(fetch.head)) return;
    ended();
    if (left !== null && !wanted().includes(left.head)) left = null;
    for (const head of wanted()) {
      const payload = holdings.completions().get(head)?.completion.payload;
      if (payload === undefined || !holds(from, payload)) continue;
      const asked = failedBy.get(payload);
      const others = peers.ranked().filter((each) => holds(each, payload));
      const able = others.filter((each) => asked?.has(each.peer) !== true);
      const link = able.find((each) => leftOf(payload, each) !== null) ?? able[0] ?? from;
      if (!mayAsk(payload, link)) continue;
      link.meter.load += 1;
      const { parts, received, total } = leftOf(payload, link) ?? NOTHING;
      fetch = { head, payload, link, parts: [...parts], received, total };
      left = null;
      sendOn(link, { kind: 'wantPayload', payload, part: fetch.parts.length });
      wait();
      context.changed();
      return;
    }
  };

  const bytesOf = async (payload: PayloadId): Promise<Uint8Array | null> => {
    if (given?.payload !== payload) {
      const read = await context.ports.store.get('payloads', KEYS.payload(payload));
      if (!read.ok || read.value === null) return null;
      given = { payload, bytes: read.value };
    }
    forgetting?.();
    forgetting = context.ports.clock.after(GIVEN_MS, () => (given = null));
    return given.bytes;
  };

  const give = async (link: Link, want: WantPayloadMessage): Promise<void> => {
    const bytes = await bytesOf(want.payload);
    if (bytes === null) return;
    const size = LIMITS.payloadPartBytes;
    const parts = Math.max(1, Math.ceil(bytes.length / size));
    if (want.part >= parts) return;
    sendOn(link, {
      kind: 'payloadPart',
      payload: want.payload,
      part: want.part,
      parts,
      totalBytes: bytes.length,
      bytes: bytes.slice(want.part * size, (want.part + 1) * size),
    });
  };

  const take = async (link: Link, part: PayloadPartMessage): Promise<boolean> => {
    const { holdings } = context;
    const isAsked = fetch !== null && fetch.link === link && fetch.payload === part.payload;
    if (fetch === null || holdings === null || !isAsked) return false;
    if (part.part !== fetch.parts.length || part.totalBytes > LIMITS.payloadBytesMax) return false;
    fetch.parts.push(part.bytes);
    fetch.received += part.bytes.length;
    fetch.total = part.totalBytes;
    context.changed();
    if (fetch.parts.length < part.parts) {
      sendOn(link, { kind: 'wantPayload', payload: part.payload, part: fetch.parts.length });
      wait();
      return false;
    }
    const done = fetch;
    const { head } = done;
    const bytes = joined(fetch.parts);
    ended();
    left = null;
    const state = readPayloadOf(holdings, head, bytes);
    // Somebody may have said meanwhile that the past is still needed.
    if (state === null || !wanted().includes(head)) return false;
    if (!state.ok) {
      link.offences += 1;
      peers.note(link.peer, 'gave-wrong');
      context.activity.add('payload-refused', 'bad', link.peer, { reason: state.error.kind });
      giveUp(done);
      return false;
    }
    peers.note(link.peer, 'gave');
    const isKept = await adoptHead(context, recomputer, head, { bytes, state: state.value });
    if (isKept) refusals = 0;
    else restAWhile();
    return isKept;
  };

  /** A disk that is full does not get room by what comes over the network again and again. */
  const restAWhile = (): void => {
    refusals += 1;
    rest?.();
    rest = context.ports.clock.after(roomWaitMs(refusals), () => {
      rest = null;
      askAgain();
    });
  };

  return {
    ask,
    give,
    take,
    gone: (link) => {
      if (fetch?.link !== link) return;
      ended();
      askAgain();
    },
    close: () => {
      patience?.();
      rest?.();
      forgetting?.();
    },
    progress: () => (fetch === null ? null : { received: fetch.received, total: fetch.total }),
  };
};

const joined = (parts: readonly Uint8Array[]): Uint8Array => {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
};
