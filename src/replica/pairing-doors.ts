import { pairingRoom, shortCodeSeed, typedRoom } from '../core/links/rooms.js';
import { type ShortCode, shortCodeFrom } from '../core/links/short-code.js';
import { type CodeClosing, encodeOpening } from '../core/links/typed-meeting.js';
import type { PairingSelf } from '../core/links/pairing.js';
import type { Channel } from '../ports/transport.js';
import type { Context } from './context.js';
import { type Keying, openPairingSession } from './pairing-session.js';

/** Where an invitation can be met: by its scanned code, and by its short one. */
export interface Doors {
  readonly short: ShortCode;
  /**
   * From now on whoever comes is told why the code is good no more; after two minutes nobody is.
   */
  readonly shut: (why: CodeClosing) => void;
  readonly leave: () => void;
}

/** So long a code that is good no more still answers. */
export const LINGER_MS = 120_000;

/**
 * Opens the rooms of a code; `accept` gets each channel with what is known at its end.
 *
 * The short code comes from the scanned one's secret; knowing the short one tells nothing of it.
 */
export const openDoors = (
  context: Context,
  secret: Uint8Array,
  self: PairingSelf,
  accept: (channel: Channel, keying: Keying) => void,
): Doors => {
  const { clock, transport } = context.ports;
  const short = shortCodeFrom(shortCodeSeed(secret));
  let closing: CodeClosing | null = null;

  const met = (keying: Keying) => (channel: Channel) => {
    if (closing === null) accept(channel, keying);
    else turnAway(context, channel, keying, self, closing);
  };
  const rooms = [
    transport.join({ ...pairingRoom(secret), purpose: 'pairing' }, met({ kind: 'secret', secret })),
    transport.join(
      { ...typedRoom(short.place), purpose: 'pairing' },
      met({ kind: 'short', code: short }),
    ),
  ];
  const leave = (): void => {
    for (const room of rooms.splice(0)) room.leave();
  };
  return {
    short,
    shut: (why) => {
      closing = why;
      clock.after(LINGER_MS, leave);
    },
    leave,
  };
};

/** Tells whoever is at the other end why the code is good no more, and closes. */
export const turnAway = (
  context: Context,
  channel: Channel,
  keying: Keying,
  self: PairingSelf,
  why: CodeClosing,
): void => {
  if (keying.kind === 'short') {
    const said = channel.send(encodeOpening({ kind: 'closed', reason: why }));
    return void said.then(() => channel.close());
  }
  const ignored = (): void => undefined;
  const hooks = { happened: ignored, lost: ignored, unproven: ignored };
  const session = openPairingSession(context, channel, keying, self, hooks);
  session.say({ kind: 'leave', reason: why === 'wrong-code' ? 'code-used' : why });
  void session.close();
};
