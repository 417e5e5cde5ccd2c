import type { StatementHash } from '../../core/base/brands.js';
import { err, ok } from '../../core/base/result.js';
import { memberOf, rosterHashOf } from '../../core/authority/roster.js';
import { consentSigningBytes } from '../../core/authority/transition.js';
import type { PairingBye, PairingEvent } from '../../core/links/pairing.js';
import { codeAccountTag } from '../../core/links/pairing-code.js';
import { CODE_SECRET_BYTES } from '../../core/links/rooms.js';
import type { CodeClosing } from '../../core/links/typed-meeting.js';
import type { Channel } from '../../ports/transport.js';
import type { Done } from '../commands.js';
import type { Context } from '../context.js';
import type { EpochSecrets } from '../membership/epoch-secrets.js';
import { chainOf, joinOfferFor } from './join-offer.js';
import { type Doors, showCodes, turnAway } from './pairing-doors.js';
import {
  WELCOME_MS_MAX,
  type Invitation,
  type PairingInviter,
  decisionCourse,
  dismiss,
  dismissAll,
  invitersView,
  invitingView,
  newInvitation,
  receive,
  waitingView,
  wakeAtExpiry,
  whyNoInvitation,
} from './pairing-invitation.js';
import { notAsked } from './pairing-failures.js';
import { DIRECT_MS_MAX, showOffline } from './pairing-offline.js';
import type { Keying, PairingSession, SessionHooks, Unproven } from './pairing-session.js';
import type { RosterService } from '../membership/roster-service.js';
import type { PairingFailure } from '../view.js';

export const createPairingInviter = (
  context: Context,
  rosters: RosterService,
  secrets: EpochSecrets,
  settleAll: () => Promise<void>,
): PairingInviter => {
  let open: Invitation | null = null;
  /** The doors of the code before this one, which may still answer. */
  let shut: Doors | null = null;

  /** The last word goes out first; then whoever comes is told why nobody is let in. */
  const end = (why: CodeClosing): void => {
    const ended = open;
    open = null;
    if (ended === null) return;
    ended.expiry();
    shut = ended.doors;
    ended.doors.shut(why);
    dismissAll(ended.callers, why);
    void ended.session?.close();
  };

  /** `bye`: what the newcomer is told of it, where that has done nothing to bring it about. */
  const fail = (reason: PairingFailure, bye: PairingBye | null = null): void => {
    if (bye !== null) open?.session?.say({ kind: 'leave', reason: bye });
    letGo();
    end(reason === 'code-expired' ? 'expired' : 'code-used');
    context.pairing = { kind: 'failed', role: 'inviter', reason };
    context.activity.add('pairing-failed', 'warn', null, { reason });
    context.changed();
  };

  /** What a newcomer no longer wants is not voted for. */
  const letGo = (): void => {
    const statement = open?.statement ?? null;
    if (statement !== null) context.run(() => rosters.letGo(statement));
  };

  /** A task about this pairing: one that throws was fed with what no honest peer sends. */
  const soon = (task: () => Promise<void>): void =>
    context.run(async () => {
      try {
        await task();
      } catch (thrown) {
        if (open !== null) fail('peer-lied');
        throw thrown;
      }
    });

  const invite: PairingInviter['invite'] = async (isOffline, replaces) => {
    const { holdings, keys } = context;
    if (holdings === null || keys === null) return err({ kind: 'no-account' });
    const refusal = whyNoInvitation(holdings, replaces) ?? (await rosters.whyNoProposal());
    if (refusal !== null) return err(refusal);
    end('withdrawn');
    shut?.leave();
    const { clock, randomness } = context.ports;
    const secret = randomness.bytes(CODE_SECRET_BYTES);
    const expiresMs = clock.wallMs() + context.timing.pairingMs;
    const accountTag = codeAccountTag(holdings.account);
    const self = {
      role: 'inviter',
      device: holdings.me,
      encryptionKey: keys.sealer.encryptionKey,
      name: memberOf(holdings.chain().tip, holdings.me)?.name ?? context.deviceName,
    } as const;
    const toShow = { secret, expiresMs, accountTag, self, accept };
    const shown = isOffline ? await showOffline(context, toShow) : ok(showCodes(context, toShow));
    if (!shown.ok) return err({ kind: 'pairing', reason: shown.error });
    const expiry = clock.after(context.timing.pairingMs, () => {
      if (open?.peer === null) fail('code-expired');
    });
    open = newInvitation(self, shown.value.doors, expiry, replaces);
    context.pairing = invitingView(shown.value.view, replaces);
    context.changed();
    return ok(undefined);
  };

  const takeAnswer = async (text: string): Done => {
    const asked = open;
    if (asked?.doors.answer === undefined) return err({ kind: 'pairing', reason: 'withdrawn' });
    const taken = asked.doors.answer(text);
    if (!taken.ok) return err({ kind: 'pairing', reason: taken.error });
    const { clock } = context.ports;
    context.pairing = { kind: 'seeking', sinceMs: clock.wallMs() };
    clock.after(DIRECT_MS_MAX, () => {
      if (open === asked && asked.peer === null) fail('nobody-there');
    });
    context.changed();
    return ok(undefined);
  };

  const accept = (channel: Channel, keying: Keying): void => {
    if (open === null) return channel.close();
    if (open.peer === null) return receive(context, open, channel, keying, hooks);
    // Somebody else has this code and was first: whoever comes later is told so.
    turnAway(context, channel, keying, open.self, 'code-used');
    context.activity.add('link-refused', 'warn', null, { reason: 'code-used' });
  };

  /** A wrong short code was tried: each is good for one try, so this one is spent. */
  const unproven = (session: PairingSession, why: Unproven): void => {
    if (why.kind === 'wrong-code') session.turnAway('wrong-code');
    const isCaller = open !== null && dismiss(open.callers, session);
    if (isCaller && why.kind === 'wrong-code') fail('code-guessed');
  };

  const lost = (session: PairingSession): void => {
    if (open === null || dismiss(open.callers, session)) return;
    // A newcomer that already consented is being decided about; it will come by another way.
    if (open.session === session && !open.hasConsented) fail('connection-lost');
  };

  const happened = (session: PairingSession, event: PairingEvent): void => {
    if (open === null) return;
    switch (event.kind) {
      case 'words':
        dismissAll(open.callers, 'code-used', session);
        open.session = session;
        open.peer = event.peer;
        context.pairing = invitersView(context, open, event);
        return context.changed();
      case 'peer-ready':
        open.isPeerReady = true;
        return soon(makeOffer);
      case 'consent':
        return soon(() => take(event.signature));
      case 'ended':
        return ended(session, event);
      default:
        return;
    }
  };

  const hooks: SessionHooks = { happened, lost, unproven };

  const ended = (
    session: PairingSession,
    { end: how }: Extract<PairingEvent, { kind: 'ended' }>,
  ): void => {
    if (how.kind === 'welcomed' || open === null) return;
    if (how.kind === 'not-authentic') {
      // Whoever that was did not hold the code; the code is as good as before.
      context.activity.add('link-refused', 'warn', null, { reason: 'not-authentic' });
      void session.close();
      if (!dismiss(open.callers, session)) open.session = null;
      return;
    }
    if (how.kind === 'peer-lied') return fail('peer-lied');
    if (how.kind === 'newer-version') return fail('code-newer-version');
    if (how.kind === 'peer-left' || how.kind === 'left') {
      fail(how.reason === 'words-differ' ? 'words-differ' : 'withdrawn');
    }
  };

  const makeOffer = async (): Promise<void> => {
    const { holdings } = context;
    if (open?.peer == null || !open.isPeerReady || !open.isConfirmed || holdings === null) return;
    if (open.offer !== null || open.session === null) return;
    const { session, peer, replaces } = open;
    const made = await joinOfferFor(context, rosters, secrets, peer, replaces);
    if (open?.session !== session) return;
    if (!made.ok) return fail(...notAsked(made.error));
    open.offer = made.value;
    const { recordBytes: record, envelope } = made.value;
    session.say({ kind: 'offer', offer: { chain: chainOf(context), record, envelope } });
  };

  const take = async (signature: Uint8Array): Promise<void> => {
    const { holdings } = context;
    if (open?.offer == null || open.peer === null || holdings === null) return;
    const { offer, peer, session } = open;
    const { device, name } = peer;
    const message = consentSigningBytes(holdings.account, rosterHashOf(offer.record));
    const [isValid] = await context.ports.verifier.verify([{ key: device, message, signature }]);
    if (open?.session !== session) return;
    if (isValid !== true) return fail('peer-lied');
    open.hasConsented = true;
    open.statement = offer.statement;
    if (offer.draft !== null) {
      const proposed = await rosters.propose(offer.draft, [{ device, signature }], '');
      // It was called off while its proposal was written down.
      if (open?.session !== session) return proposed.ok ? rosters.letGo(proposed.value) : undefined;
      if (!proposed.ok) return fail(...notAsked(proposed.error));
      open.statement = proposed.value;
      context.activity.add('join-proposed', 'plain', holdings.me, { name });
    }
    wakeAtExpiry(context, open, settleAll);
    await settleAll();
    settle();
  };

  const settle = (): void => {
    const { holdings } = context;
    if (open?.offer == null || open.peer === null || holdings === null) return;
    if (!open.hasConsented) return;
    const { name } = open.peer;
    if (holdings.transitions().has(rosterHashOf(open.offer.record))) {
      open.session?.say({ kind: 'welcome', chain: chainOf(context) });
      const { session, doors, expiry } = open;
      expiry();
      open = null;
      shut = doors;
      doors.shut('code-used');
      // The newcomer closes the channel once it has stored what it got; this is the last resort.
      context.ports.clock.after(WELCOME_MS_MAX, () => void session?.close());
      context.pairing = { kind: 'done', role: 'inviter', peerName: name };
      return context.changed();
    }
    if (open.statement === null) return;
    const course = decisionCourse(context, holdings, open.statement);
    if (course === null) return;
    if (course.over === null) return tellProgress(course.missing, open.statement, name);
    fail(course.over, course.over);
  };

  const tellProgress = (
    missing: readonly string[],
    statement: StatementHash,
    name: string,
  ): void => {
    if (open === null || open.toldMissing === missing.join()) return;
    open.toldMissing = missing.join();
    open.session?.say({ kind: 'progress', missing, statement });
    context.pairing = waitingView(open, name, statement, missing);
    context.changed();
  };

  return {
    invite,
    takeAnswer,
    confirm: async (areSame, replaces) => {
      const { holdings } = context;
      if (open?.session == null || holdings === null) return ok(undefined);
      const refusal = replaces === null ? null : whyNoInvitation(holdings, replaces);
      if (refusal !== null) return err(refusal);
      open.replaces = replaces ?? open.replaces;
      open.isConfirmed = areSame;
      open.session.say({ kind: 'words', areSame });
      if (!areSame) return ok(undefined);
      if (context.pairing.kind === 'comparing') {
        context.pairing = { ...context.pairing, isConfirmed: true };
        context.changed();
      }
      await makeOffer();
      return ok(undefined);
    },
    cancel: () => {
      open?.session?.say({ kind: 'leave', reason: 'cancelled' });
      letGo();
      end('withdrawn');
    },
    isActive: () => open !== null,
    close: () => shut?.leave(),
    settle,
  };
};
