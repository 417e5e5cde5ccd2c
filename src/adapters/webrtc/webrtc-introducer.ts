import type { Channel } from '../../ports/transport.js';
import type { Introducer } from '../../ports/introducer.js';
import { partToSdp, sdpToPart } from './compact-sdp.js';
import { NativePeer } from './native-peer.js';
import type { ConnectionPart } from '../../core/links/offline-code.js';
import { parseSignal } from './signals.js';

/** Milliseconds that people take to show each other two codes. */
const PEOPLE_MS_MAX = 15 * 60_000;
/** Milliseconds within which a browser tells where it can be reached, with no server to ask. */
const GATHERING_MS_MAX = 3_000;

/**
 * Creates what connects two devices by two codes (rules N1, N2, N9), with the same peer, wire and
 * gate as every other connection. Names of the local network (`.local`) are carried as they are.
 */
export const createWebrtcIntroducer = (): Introducer => {
  const open = async (
    isInitiator: boolean,
    onChannel: (channel: Channel) => void,
    begin: (peer: NativePeer) => void,
  ): Promise<{ readonly part: ConnectionPart; readonly peer: NativePeer }> => {
    const peer = new NativePeer({
      initiator: isInitiator,
      purpose: 'pairing',
      iceServers: [],
      connectMsMax: PEOPLE_MS_MAX,
      onChannel,
      onStart: () => undefined,
    });
    const gathered = gather(peer);
    begin(peer);
    const part = await gathered;
    if (part !== undefined && part.candidates.length > 0) return { part, peer };
    peer.destroy();
    throw new Error('no address to be reached at');
  };

  return {
    offer: async (onChannel) => {
      const { part, peer } = await open(true, onChannel, () => undefined);
      return {
        part,
        accept: (answer) => peer.signal({ type: 'answer', sdp: partToSdp(answer, 'answer') }),
        leave: () => peer.destroy(),
      };
    },
    answer: async (offer, onChannel) => {
      const { part, peer } = await open(false, onChannel, (begun) =>
        begun.signal({ type: 'offer', sdp: partToSdp(offer, 'offer') }),
      );
      return { part, leave: () => peer.destroy() };
    },
  };
};

/** Waits for this end's description and all of its candidates. */
const gather = (peer: NativePeer): Promise<ConnectionPart | undefined> =>
  new Promise((resolve) => {
    const candidates: string[] = [];
    let sdp: string | undefined;
    const finish = (): void => {
      clearTimeout(timer);
      resolve(sdp === undefined ? undefined : sdpToPart(sdp, candidates));
    };
    const timer = setTimeout(finish, GATHERING_MS_MAX);
    peer.on('signal', (value) => {
      const signal = parseSignal(value);
      if (signal?.type === 'candidate') candidates.push(signal.candidate.candidate ?? '');
      else if (signal !== undefined) sdp = signal.sdp;
    });
    peer.on('gathered', finish);
    peer.on('close', finish);
  });
