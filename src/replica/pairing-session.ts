import {
  type PairingEvent,
  type PairingInput,
  type PairingMisuse,
  type PairingSelf,
  type PairingState,
  startPairing,
  stepPairing,
} from '../core/links/pairing.js';
import { pairingKey } from '../core/links/rooms.js';
import type { Result } from '../core/base/result.js';
import { ok } from '../core/base/result.js';
import type { Channel } from '../ports/transport.js';
import type { Context } from './context.js';

/** One pairing on one channel: the pure protocol with its bytes carried to and fro. */
export interface PairingSession {
  readonly state: () => PairingState;
  /** This device's own move; what it sends is on its way when this returns. */
  readonly say: (input: PairingInput) => Result<void, PairingMisuse>;
  readonly close: () => void;
}

/** Runs the protocol of rule N9 on a channel of the pairing room. */
export const openPairingSession = (
  context: Context,
  channel: Channel,
  codeSecret: Uint8Array,
  self: PairingSelf,
  happened: (session: PairingSession, event: PairingEvent) => void,
  lost: (session: PairingSession) => void,
): PairingSession => {
  const nonce = context.ports.randomness.bytes(32);
  const started = startPairing(self, channel, pairingKey(codeSecret), nonce);
  let state = started.state;
  let isClosed = false;

  const say = (input: PairingInput): Result<void, PairingMisuse> => {
    const step = stepPairing(state, input);
    if (!step.ok) return step;
    state = step.value.state;
    for (const bytes of step.value.send) void channel.send(bytes);
    if (step.value.event !== null) happened(session, step.value.event);
    return ok(undefined);
  };

  const session: PairingSession = {
    state: () => state,
    say,
    close: () => {
      if (isClosed) return;
      isClosed = true;
      channel.close();
    },
  };
  channel.onMessage((bytes) => void say({ kind: 'received', bytes }));
  channel.onClose(() => {
    if (!isClosed && state.end === null) lost(session);
  });
  for (const bytes of started.send) void channel.send(bytes);
  return session;
};
