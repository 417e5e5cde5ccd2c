import {
  type PairingBye,
  type PairingEvent,
  type PairingInput,
  type PairingMisuse,
  type PairingSelf,
  type PairingState,
  type PairingStep,
  startPairing,
  stepPairing,
} from '../../core/links/pairing.js';
import { pairingKey } from '../../core/links/rooms.js';
import type { ShortCode } from '../../core/links/short-code.js';
import {
  type CodeClosing,
  type MeetingError,
  encodeOpening,
  hearMeeting,
  parseOpening,
  startMeeting,
} from '../../core/links/typed-meeting.js';
import type { Result } from '../../core/base/result.js';
import { err, ok } from '../../core/base/result.js';
import type { Channel, Room } from '../../ports/transport.js';
import type { Context } from '../context.js';

/** What both sides know of one code: the secret of a scanned one, or a short one that was typed. */
export type Keying =
  | { readonly kind: 'secret'; readonly secret: Uint8Array }
  | { readonly kind: 'short'; readonly code: ShortCode };

/** Why no pairing came about on a channel where a short code was to be shown first. */
export type Unproven = MeetingError | { readonly kind: 'wrong-code' };

/** One pairing on one channel: the pure protocol with its bytes carried to and fro. */
export interface PairingSession {
  /** This device's own move; what it sends is on its way when this returns. */
  readonly say: (input: PairingInput) => Result<void, PairingMisuse>;
  /** Says in the clear why the code is good no more. */
  readonly turnAway: (reason: CodeClosing) => void;
  /** Resolves once all that was said is handed over, the last word too, and the channel closed. */
  readonly close: () => Promise<void>;
}

export interface SessionHooks {
  readonly happened: (session: PairingSession, event: PairingEvent) => void;
  /** The channel closed before the pairing ended. */
  readonly lost: (session: PairingSession) => void;
  /**
   * The other side did not show that it has the short code. `wrong-code`: it had one try with
   * another code, so this one is spent (rule N9).
   */
  readonly unproven: (session: PairingSession, why: Unproven) => void;
}

/** So long the other side may take to show that it has the code; no person is waited for. */
export const HANDSHAKE_MS_MAX = 15_000;

/**
 * Runs the protocol of rule N9 on a channel of the pairing room.
 *
 * Whoever does not show in time that it has the code is let go of, so that somebody who is in the
 * room by chance, and silent, keeps nobody out.
 * With a short code the PAKE goes first. Then the newcomer speaks under the key that it gave, and
 * the inviter says nothing under it before that was authentic: so whoever guesses a code has to
 * show its guess, and is noticed.
 */
export const openPairingSession = (
  context: Context,
  channel: Channel,
  keying: Keying,
  self: PairingSelf,
  hooks: SessionHooks,
): PairingSession => {
  const { clock, randomness } = context.ports;
  const isShort = keying.kind === 'short';
  const opened = isShort
    ? startMeeting(keying.code, channel, self.role, randomness.bytes(32))
    : null;
  let state: PairingState | null = null;
  let held: readonly Uint8Array[] = [];
  let isProven = !isShort;
  let isClosed = false;
  let said: Promise<unknown> = Promise.resolve();

  const send = (messages: readonly Uint8Array[]): void => {
    said = Promise.all([said, ...messages.map((bytes) => channel.send(bytes))]);
  };
  const begin = (key: Uint8Array): void => {
    const started = startPairing(self, channel, key, randomness.bytes(32));
    state = started.state;
    if (isShort && self.role === 'inviter') held = started.send;
    else send(started.send);
  };
  const take = (step: PairingStep): void => {
    state = step.state;
    send([...held, ...step.send]);
    held = [];
    if (step.event?.kind === 'words') limit();
    if (step.event !== null) hooks.happened(session, step.event);
  };
  const turnAway = (reason: CodeClosing): void => {
    send([encodeOpening({ kind: 'closed', reason })]);
  };

  /** The first words of the other side, until one of them shows that it has the code. */
  const hearUnproven = (bytes: Uint8Array): void => {
    if (state === null) {
      if (opened === null) return;
      const heard = hearMeeting(opened.meeting, bytes);
      if (heard.ok) begin(heard.value);
      else hooks.unproven(session, heard.error);
      return;
    }
    const opening = parseOpening(bytes);
    if (opening.ok && opening.value.kind === 'closed') {
      return hooks.unproven(session, opening.value);
    }
    const step = stepPairing(state, { kind: 'received', bytes });
    if (!step.ok || step.value.event?.kind === 'ended') {
      return hooks.unproven(session, { kind: 'wrong-code' });
    }
    isProven = true;
    take(step.value);
  };

  const say = (input: PairingInput): Result<void, PairingMisuse> => {
    if (!isProven && input.kind === 'leave') return ok(turnAway(closingOf(input.reason)));
    if (state === null) return err({ kind: 'not-now', message: 'commit' });
    const step = stepPairing(state, input);
    if (!step.ok) return step;
    return ok(take(step.value));
  };

  const session: PairingSession = {
    say,
    turnAway,
    close: async () => {
      if (isClosed) return;
      isClosed = true;
      limit();
      await said;
      channel.close();
    },
  };
  channel.onMessage((bytes) => {
    if (isClosed) return;
    if (isProven) say({ kind: 'received', bytes });
    else hearUnproven(bytes);
  });
  const limit = clock.after(HANDSHAKE_MS_MAX, () => {
    hooks.lost(session);
    void session.close();
  });
  channel.onClose(() => {
    limit();
    if (!isClosed && (state === null || state.end === null)) hooks.lost(session);
  });
  if (keying.kind === 'secret') begin(pairingKey(keying.secret));
  else if (opened !== null) send([opened.send]);
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

/** What a side that leaves says where there is no key to say it under. */
export const closingOf = (reason: PairingBye): CodeClosing =>
  reason === 'expired' || reason === 'code-used' ? reason : 'withdrawn';
