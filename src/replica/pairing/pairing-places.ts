import type { EnteredCode } from '../../core/links/entered-code.js';
import { pairingRoom, typedRoom } from '../../core/links/rooms.js';
import { type Result, ok } from '../../core/base/result.js';
import type { Channel, Room } from '../../ports/transport.js';
import type { Context } from '../context.js';
import { answerOffline } from './pairing-offline.js';
import type { PairingFailure, PairingView } from '../view.js';

/** Where a newcomer waits for the device that shows the code. */
export interface Place {
  readonly room: Room;
  readonly view: PairingView;
  /** So long it waits there. */
  readonly patienceMs: number;
}

/** So long a newcomer looks for the device that shows the code. */
const PATIENCE_MS = 60_000;

/** Goes to where the code leads. Errors: no-direct-way, for a code that needs one. */
export const enterPlace = async (
  context: Context,
  entered: EnteredCode,
  accept: (channel: Channel) => void,
): Promise<Result<Place, PairingFailure>> => {
  const { clock, transport } = context.ports;
  const nowMs = clock.wallMs();
  if (entered.kind === 'offline') {
    const answered = await answerOffline(context, entered.code, accept);
    // People carry the second code to the first device: that takes as long as the first is good.
    const patienceMs = Math.max(entered.code.expiresMs - nowMs, PATIENCE_MS);
    return answered.ok ? ok({ ...answered.value, patienceMs }) : answered;
  }
  const name =
    entered.kind === 'short' ? typedRoom(entered.code.place) : pairingRoom(entered.code.secret);
  const room = transport.join({ ...name, purpose: 'pairing' }, accept);
  return ok({ room, view: { kind: 'seeking', sinceMs: nowMs }, patienceMs: PATIENCE_MS });
};
