import type { ConnectionPart } from '../../core/links/offline-code.js';
import type { Introducer } from '../../ports/introducer.js';
import type { Channel } from '../../ports/transport.js';
import { createMemoryLink } from './memory-link.js';
import type { MemoryNetwork } from './memory-transport.js';

interface Waiting {
  readonly owner: string;
  readonly part: ConnectionPart;
  readonly onChannel: (channel: Channel) => void;
  isLeft: boolean;
}

/**
 * The twin of direct connections for tests: two ends connect when each was given the other's part,
 * whatever the rendezvous does, unless the network is cut between them.
 */
export const createMemoryIntroductions = (
  network: Pick<MemoryNetwork, 'isCut'>,
): { readonly introducer: (name: string) => Introducer } => {
  const ends: Waiting[] = [];

  const begin = (owner: string, onChannel: (channel: Channel) => void): Waiting => {
    const place = ends.length + 1;
    const part: ConnectionPart = {
      fragment: `end${place}`,
      password: 'p'.repeat(24),
      fingerprint: new Uint8Array(32).fill(place),
      candidates: [{ address: '127.0.0.1', port: 1_000 + place }],
    };
    const waiting: Waiting = { owner, part, onChannel, isLeft: false };
    ends.push(waiting);
    return waiting;
  };
  const find = (part: ConnectionPart): Waiting | undefined =>
    ends.find((each) => each.part.fragment === part.fragment);

  const connect = (offering: Waiting, answering: Waiting | undefined): void => {
    if (answering === undefined || offering.isLeft || answering.isLeft) return;
    if (network.isCut(offering.owner, answering.owner)) return;
    const [left, right] = [offering, answering].map(({ owner, part }, index) => ({
      owner,
      purpose: 'pairing' as const,
      localFingerprint: part.fingerprint,
      remoteFingerprint: (index === 0 ? answering : offering).part.fingerprint,
    }));
    if (left === undefined || right === undefined) return;
    const carrier = {
      schedule: queueMicrotask,
      isCut: network.isCut,
      onGone: () => undefined,
    };
    const link = createMemoryLink(`direct-${ends.length}`, left, right, carrier);
    offering.onChannel(link.initiator);
    answering.onChannel(link.responder);
  };
  const leaveOf = (waiting: Waiting) => (): void => {
    waiting.isLeft = true;
  };

  return {
    introducer: (name) => ({
      offer: async (onChannel) => {
        const waiting = begin(name, onChannel);
        return {
          part: waiting.part,
          leave: leaveOf(waiting),
          accept: (answer) => connect(waiting, find(answer)),
        };
      },
      answer: async (_, onChannel) => {
        const waiting = begin(name, onChannel);
        return { part: waiting.part, leave: leaveOf(waiting) };
      },
    }),
  };
};
