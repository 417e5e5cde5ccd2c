/** What a client of the y-webrtc signaling protocol may say (y-webrtc 10.3, bin/server.js). */
export type RendezvousFrame =
  | { readonly type: 'subscribe'; readonly topics: readonly string[] }
  | { readonly type: 'unsubscribe'; readonly topics: readonly string[] }
  | { readonly type: 'publish'; readonly topic: string; readonly data: unknown }
  | { readonly type: 'ping' };

/** Characters of the longest room name. */
const ROOM_NAME_CHARACTERS_MAX = 256;

/**
 * Reads one frame of text; undefined for everything that is not a frame of the protocol.
 *
 * Never throws. Names that are no text, empty or too long are left out of a list of topics; the
 * data of a publication are passed on unread.
 */
export const parseFrame = (text: string): RendezvousFrame | undefined => {
  const value = parseJson(text);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const frame = value as Readonly<Record<string, unknown>>;
  switch (frame['type']) {
    case 'subscribe':
    case 'unsubscribe': {
      const topics: unknown = frame['topics'];
      if (!Array.isArray(topics)) return undefined;
      return { type: frame['type'], topics: topics.filter(isRoomName) };
    }
    case 'publish': {
      const { topic, data } = frame;
      return isRoomName(topic) && data !== undefined ? { type: 'publish', topic, data } : undefined;
    }
    case 'ping':
      return { type: 'ping' };
    default:
      return undefined;
  }
};

const isRoomName = (value: unknown): value is string =>
  typeof value === 'string' && value.length > 0 && value.length <= ROOM_NAME_CHARACTERS_MAX;

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

/**
 * Writes a publication as subscribers receive it; undefined when it is nested too deeply to write.
 */
export const formatPublication = (
  frame: RendezvousFrame & { readonly type: 'publish' },
  clients: number,
): string | undefined => {
  try {
    return JSON.stringify({ ...frame, clients });
  } catch {
    return undefined;
  }
};
