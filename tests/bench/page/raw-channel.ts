/** A data channel with nothing above it, between two pages whose words are carried by hand. */
let connection: RTCPeerConnection | null = null;
let opened: Promise<RTCDataChannel> | null = null;
let received = 0;

const MESSAGE_BYTES = 64 * 1024;
const BUFFERED_BYTES_MAX = 1024 * 1024;

/** Resolves with a description that names every address, so that one word each way is enough. */
const described = async (connecting: RTCPeerConnection): Promise<string> => {
  await connecting.setLocalDescription();
  if (connecting.iceGatheringState !== 'complete') {
    await new Promise<void>((resolve) => {
      connecting.addEventListener('icegatheringstatechange', () => {
        if (connecting.iceGatheringState === 'complete') resolve();
      });
    });
  }
  return JSON.stringify(connecting.localDescription);
};

const begin = (): RTCPeerConnection => {
  connection = new RTCPeerConnection();
  const channel = connection.createDataChannel('raw', { negotiated: true, id: 0 });
  channel.binaryType = 'arraybuffer';
  channel.bufferedAmountLowThreshold = BUFFERED_BYTES_MAX / 2;
  channel.onmessage = ({ data }: MessageEvent<ArrayBuffer>) => {
    received += data.byteLength;
  };
  opened = new Promise((resolve) => {
    channel.onopen = () => resolve(channel);
  });
  return connection;
};

const read = (description: string): RTCSessionDescriptionInit =>
  JSON.parse(description) as RTCSessionDescriptionInit;

/** What the tools of this folder do with the bare channel. */
export const raw = {
  offer: (): Promise<string> => described(begin()),
  answer: async (offer: string): Promise<string> => {
    const answering = begin();
    await answering.setRemoteDescription(read(offer));
    return described(answering);
  },
  accept: (answer: string): Promise<void> | undefined =>
    connection?.setRemoteDescription(read(answer)),
  /** Sends so many bytes as fast as the channel takes them; resolves when the last was handed over. */
  send: async (bytes: number): Promise<void> => {
    const channel = await opened;
    const message = new Uint8Array(MESSAGE_BYTES);
    for (let sent = 0; channel !== null && sent < bytes; sent += MESSAGE_BYTES) {
      if (channel.bufferedAmount > BUFFERED_BYTES_MAX) {
        await new Promise<void>((resolve) => {
          channel.onbufferedamountlow = () => resolve();
        });
      }
      channel.send(message);
    }
  },
  open: async (): Promise<void> => void (await opened),
  /** Resolves with the wall ms at which so many bytes were here. */
  holds: async (bytes: number): Promise<number> => {
    while (received < bytes) await new Promise((resolve) => setTimeout(resolve));
    received = 0;
    return Date.now();
  },
  close: (): void => connection?.close(),
};
