/** What two ends of a connection tell each other to find one another. */
export type Signal =
  | { readonly type: 'offer' | 'answer'; readonly sdp: string }
  | { readonly type: 'candidate'; readonly candidate: RTCIceCandidateInit };

/** What passes through a room of the rendezvous, decrypted (y-webrtc 10.3). */
export type Announcement =
  | { readonly type: 'announce'; readonly from: string }
  | {
      readonly type: 'signal';
      readonly from: string;
      readonly to: string;
      readonly token: number | undefined;
      readonly signal: Signal;
    };

const SDP_CHARACTERS_MAX = 32 * 1024;
const CANDIDATE_CHARACTERS_MAX = 1024;
const PEER_ID_CHARACTERS_MAX = 64;

/** Reads a signal; undefined for everything else. Never throws. */
export const parseSignal = (value: unknown): Signal | undefined => {
  if (!isRecord(value)) return undefined;
  const { type, sdp, candidate } = value;
  if (type === 'offer' || type === 'answer') {
    return isText(sdp, SDP_CHARACTERS_MAX) ? { type, sdp } : undefined;
  }
  if (type !== 'candidate' || !isRecord(candidate)) return undefined;
  const { candidate: line, sdpMid, sdpMLineIndex, usernameFragment } = candidate;
  if (typeof line !== 'string' || line.length > CANDIDATE_CHARACTERS_MAX) return undefined;
  return {
    type,
    candidate: {
      candidate: line,
      ...(isText(sdpMid, CANDIDATE_CHARACTERS_MAX) ? { sdpMid } : {}),
      ...(isLineIndex(sdpMLineIndex) ? { sdpMLineIndex } : {}),
      ...(isText(usernameFragment, CANDIDATE_CHARACTERS_MAX) ? { usernameFragment } : {}),
    },
  };
};

/** Reads what a member of the room said; undefined for everything else. Never throws. */
export const parseAnnouncement = (value: unknown): Announcement | undefined => {
  if (!isRecord(value)) return undefined;
  const { type, from, to, token } = value;
  if (!isText(from, PEER_ID_CHARACTERS_MAX)) return undefined;
  if (type === 'announce') return { type, from };
  if (type !== 'signal' || !isText(to, PEER_ID_CHARACTERS_MAX)) return undefined;
  const signal = parseSignal(value['signal']);
  if (signal === undefined) return undefined;
  return { type, from, to, token: isToken(token) ? token : undefined, signal };
};

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isText = (value: unknown, charactersMax: number): value is string =>
  typeof value === 'string' && value.length > 0 && value.length <= charactersMax;

const isLineIndex = (value: unknown): value is number =>
  typeof value === 'number' && Number.isInteger(value) && value >= 0 && value < 256;

const isToken = (value: unknown): value is number =>
  typeof value === 'number' && Number.isFinite(value) && value > 0;
