import { parseMessage } from '../../src/core/links/messages.js';
import type { Transport } from '../../src/ports/transport.js';

/** A transport that sends, for each message to the other end of a channel, others, in that order. */
export const sendingOthers = (
  transport: Transport,
  instead: (bytes: Uint8Array, channel: string) => readonly Uint8Array[],
): Transport => ({
  ...transport,
  join: (config, onChannel) =>
    transport.join(config, (channel) =>
      onChannel({
        ...channel,
        send: async (bytes) => {
          for (const each of instead(bytes, channel.id)) await channel.send(each);
        },
      }),
    ),
});

/** What kind of message these bytes are; what is none belongs to the handshake. */
export const kindOf = (bytes: Uint8Array): string => {
  const read = parseMessage(bytes);
  return read.ok ? read.value.kind : 'handshake';
};
