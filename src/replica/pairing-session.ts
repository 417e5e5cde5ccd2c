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
import type { Channel, Room } from '../ports/transport.js';
import type { Context } from './context.js';

/** One pairing on one channel: the pure protocol with its bytes carried to and fro. */
export interface PairingSession {
  readonly state: () => PairingState;
  /** This device's own move; what it sends is on its way when this returns. */
  readonly say: (input: PairingInput) => Result<void, PairingMisuse>;
  /** Resolves once all that was said is handed over, the last word too, and the channel closed. */
  readonly close: () => Promise<void>;
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
  let said: Promise<unknown> = Promise.resolve();

  const send = (messages: readonly Uint8Array[]): void => {
    said = Promise.all([said, ...messages.map((bytes) => channel.send(bytes))]);
  };
  const say = (input: PairingInput): Result<void, PairingMisuse> => {
    const step = stepPairing(state, input);
    if (!step.ok) return step;
    state = step.value.state;
    send(step.value.send);
    if (step.value.event !== null) happened(session, step.value.event);
    return ok(undefined);
  };

  const session: PairingSession = {
    state: () => state,
    say,
    close: async () => {
      if (isClosed) return;
      isClosed = true;
      await said;
      channel.close();
    },
  };
  channel.onMessage((bytes) => {
    if (!isClosed) say({ kind: 'received', bytes });
  });
  channel.onClose(() => {
    if (!isClosed && state.end === null) lost(session);
  });
  send(started.send);
  return session;
};

/** Ends a pairing's channel, then its room: leaving at once would cut off why it ended. */
export const leaveAfterLastWord = (
  ended: { readonly session: PairingSession | null; readonly room: Room } | null,
): void => {
  if (ended === null) return;
  if (ended.session === null) return ended.room.leave();
  void ended.session.close().then(() => ended.room.leave());
};
