import { pairingRoom, shortCodeSeed, typedRoom } from '../../core/links/rooms.js';
import { encodePairingCode } from '../../core/links/pairing-code.js';
import { encodeShortCode, shortCodeFrom } from '../../core/links/short-code.js';
import { type CodeClosing, encodeOpening } from '../../core/links/typed-meeting.js';
import type { PairingSelf } from '../../core/links/pairing.js';
import type { Cancel } from '../../ports/clock.js';
import type { Channel } from '../../ports/transport.js';
import type { Result } from '../../core/base/result.js';
import type { Context } from '../context.js';
import { type Keying, openPairingSession } from './pairing-session.js';
import type { PairingFailure, PairingView } from '../view.js';

/** What a code is made of, and what happens with who comes by it. */
export interface ToShow {
  readonly secret: Uint8Array;
  readonly expiresMs: number;
  readonly accountTag: Uint8Array;
  readonly self: PairingSelf;
  readonly accept: (channel: Channel, keying: Keying) => void;
}

/** What stands on the screen, and where it can be met. */
export interface Shown {
  readonly doors: Doors;
  readonly view: PairingView;
}

/** Where an invitation can be met. */
export interface Doors {
  /**
   * From now on whoever comes is told why the code is good no more; after two minutes nobody is.
   */
  readonly shut: (why: CodeClosing) => void;
  readonly leave: () => void;
  /** Takes the newcomer's code, where the two devices meet by two codes. */
  readonly answer?: (text: string) => Result<void, PairingFailure>;
}

/** So long a code that is good no more still answers. */
export const LINGER_MS = 120_000;

/**
 * Shows a code to scan and one to type, and opens their rooms.
 *
 * The short code comes from the scanned one's secret; knowing the short one tells nothing of it.
 */
export const showCodes = (
  context: Context,
  { secret, expiresMs, accountTag, self, accept }: ToShow,
): Shown => {
  const { clock, transport } = context.ports;
  const short = shortCodeFrom(shortCodeSeed(secret));
  let closing: CodeClosing | null = null;
  let lingering: Cancel | null = null;

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
    lingering?.();
    for (const room of rooms.splice(0)) room.leave();
  };
  const shut = (why: CodeClosing): void => {
    closing = why;
    lingering ??= clock.after(LINGER_MS, leave);
  };
  const { text } = encodePairingCode({ purpose: 'join', secret, expiresMs, accountTag });
  const groups = encodeShortCode(short);
  return { doors: { shut, leave }, view: { kind: 'inviting', uri: text, groups, expiresMs } };
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
