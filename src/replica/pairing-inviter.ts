import type { DeviceId, StatementHash } from '../core/base/brands.js';
import { err, ok } from '../core/base/result.js';
import { ALL_CAPABILITIES_MASK } from '../core/authority/capability.js';
import { encodeRosterCompletion } from '../core/authority/roster-completion.js';
import { memberOf, rosterHashOf } from '../core/authority/roster.js';
import { consentSigningBytes } from '../core/authority/transition.js';
import type { PairingEvent } from '../core/links/pairing.js';
import { codeAccountTag, encodePairingCode } from '../core/links/pairing-code.js';
import { CODE_SECRET_BYTES, pairingRoom } from '../core/links/rooms.js';
import type { Cancel } from '../ports/clock.js';
import type { Channel, Room } from '../ports/transport.js';
import type { Done } from './commands.js';
import type { Context } from './context.js';
import { type PairingSession, leaveAfterLastWord, openPairingSession } from './pairing-session.js';
import type { DraftedRecord, RosterService } from './roster-service.js';
import { stageNow } from './standing-of.js';
import type { PairingFailure } from './view.js';

/** The side that shows a code and admits a newcomer (rules N9, A2). */
export interface PairingInviter {
  readonly invite: () => Done;
  readonly confirm: (areSame: boolean) => Promise<void>;
  readonly cancel: () => void;
  readonly isActive: () => boolean;
  /** Looks whether the roster change has come to an end. */
  readonly settle: () => void;
}

interface Invitation {
  readonly secret: Uint8Array;
  readonly expiresMs: number;
  readonly room: Room;
  readonly expiry: Cancel;
  session: PairingSession | null;
  peer: { device: DeviceId; name: string; encryptionKey: string } | null;
  isPeerReady: boolean;
  isConfirmed: boolean;
  draft: DraftedRecord | null;
  statement: StatementHash | null;
  toldMissing: string;
}

export const createPairingInviter = (
  context: Context,
  rosters: RosterService,
  settleAll: () => Promise<void>,
): PairingInviter => {
  let open: Invitation | null = null;

  const end = (): void => {
    const ended = open;
    open = null;
    ended?.expiry();
    leaveAfterLastWord(ended);
  };

  const fail = (reason: PairingFailure): void => {
    letGo();
    end();
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

  const invite = async (): Done => {
    const { holdings } = context;
    if (holdings === null) return err({ kind: 'no-account' });
    if (holdings.chain().tip.admin !== holdings.me) {
      return err({ kind: 'not-allowed', capability: 'roster_change' });
    }
    end();
    const { clock, randomness, transport } = context.ports;
    const secret = randomness.bytes(CODE_SECRET_BYTES);
    const expiresMs = clock.wallMs() + context.timing.pairingMs;
    const accountTag = codeAccountTag(holdings.account);
    const { text, groups } = encodePairingCode({ purpose: 'join', secret, expiresMs, accountTag });
    const room = transport.join({ ...pairingRoom(secret), purpose: 'pairing' }, accept);
    const expiry = clock.after(context.timing.pairingMs, () => {
      if (open !== null && open.peer === null) fail('code-expired');
    });
    open = {
      ...{ secret, expiresMs, room, expiry, session: null, peer: null, isPeerReady: false },
      ...{ isConfirmed: false, draft: null, statement: null, toldMissing: '' },
    };
    context.pairing = { kind: 'inviting', uri: text, groups, expiresMs };
    context.changed();
    return ok(undefined);
  };

  const accept = (channel: Channel): void => {
    const { holdings, keys } = context;
    if (open === null || holdings === null || keys === null) return channel.close();
    const self = {
      role: 'inviter',
      device: holdings.me,
      encryptionKey: keys.sealer.encryptionKey,
      name: memberOf(holdings.chain().tip, holdings.me)?.name ?? context.deviceName,
    } as const;
    if (open.session === null) {
      open.session = openPairingSession(context, channel, open.secret, self, happened, lost);
    } else if (open.peer === null) channel.close();
    else {
      // Somebody else has this code and was first: whoever comes later is told so.
      const ignored = (): void => undefined;
      const { say } = openPairingSession(context, channel, open.secret, self, ignored, ignored);
      say({ kind: 'leave', reason: 'code-used' });
      context.activity.add('link-refused', 'warn', null, { reason: 'code-used' });
    }
  };

  const lost = (session: PairingSession): void => {
    if (open?.session !== session) return;
    // A newcomer that already consented is being decided about; it will come by another way.
    if (open.statement !== null) return;
    if (open.peer !== null) return fail('connection-lost');
    open.session = null;
  };

  const happened = (session: PairingSession, event: PairingEvent): void => {
    if (open === null) return;
    switch (event.kind) {
      case 'words':
        open.peer = event.peer;
        context.pairing = {
          kind: 'comparing',
          role: 'inviter',
          peerName: event.peer.name,
          words: event.shown.words,
          emoji: event.shown.emoji.map((each) => each.symbol),
          isConfirmed: false,
        };
        return context.changed();
      case 'peer-ready':
        open.isPeerReady = true;
        return soon(offer);
      case 'consent':
        return soon(() => take(event.signature));
      case 'ended':
        return ended(session, event);
      default:
        return;
    }
  };

  const ended = (_: PairingSession, event: Extract<PairingEvent, { kind: 'ended' }>): void => {
    const { end: how } = event;
    if (how.kind === 'welcomed' || open === null) return;
    if (how.kind === 'not-authentic') {
      // Whoever that was did not hold the code; the code is as good as before.
      context.activity.add('link-refused', 'warn', null, { reason: 'not-authentic' });
      void open.session?.close();
      open.session = null;
      return;
    }
    if (how.kind === 'peer-lied') return fail('peer-lied');
    if (how.kind === 'newer-version') return fail('code-newer-version');
    if (how.kind === 'peer-left' || how.kind === 'left') {
      fail(how.reason === 'words-differ' ? 'words-differ' : 'withdrawn');
    }
  };

  const offer = async (): Promise<void> => {
    const { holdings } = context;
    if (open?.peer == null || !open.isPeerReady || !open.isConfirmed || holdings === null) return;
    if (open.draft !== null || open.session === null) return;
    const { device, encryptionKey, name } = open.peer;
    const member = {
      ...{ device, encryptionKey: encryptionKey as never, name },
      ...{ capabilities: ALL_CAPABILITIES_MASK, storage: 'soft' as const },
    };
    const drafted = await rosters.draft({ add: [member] });
    if (!drafted.ok) return fail('peer-lied');
    open.draft = drafted.value;
    const envelope = drafted.value.envelopes.find((each) => each.device === device)?.envelope;
    if (envelope === undefined) return fail('peer-lied');
    const record = drafted.value.recordBytes;
    open.session.say({ kind: 'offer', offer: { chain: chainOf(context), record, envelope } });
  };

  const take = async (signature: Uint8Array): Promise<void> => {
    const { holdings } = context;
    if (open?.draft == null || open.peer === null || holdings === null) return;
    const { device, name } = open.peer;
    const message = consentSigningBytes(holdings.account, rosterHashOf(open.draft.record));
    const [isValid] = await context.ports.verifier.verify([{ key: device, message, signature }]);
    if (isValid !== true) return fail('peer-lied');
    const proposed = await rosters.propose(open.draft, [{ device, signature }], '');
    if (!proposed.ok) {
      open.session?.say({ kind: 'leave', reason: 'store-failed' });
      return fail('store-failed');
    }
    open.statement = proposed.value;
    context.activity.add('join-proposed', 'plain', holdings.me, { name });
    await settleAll();
    settle();
  };

  const settle = (): void => {
    const { holdings } = context;
    if (open?.draft == null || open.statement === null || open.peer === null || holdings === null) {
      return;
    }
    const { name } = open.peer;
    if (holdings.transitions().has(rosterHashOf(open.draft.record))) {
      open.session?.say({ kind: 'welcome', chain: chainOf(context) });
      const { session, room, expiry } = open;
      expiry();
      open = null;
      // The newcomer closes the channel once it has stored what it got; this is the last resort.
      // Leaving the room before would cut the channel off with the welcome still on its way.
      context.ports.clock.after(30_000, () => {
        void session?.close();
        room.leave();
      });
      context.pairing = { kind: 'done', role: 'inviter', peerName: name };
      return context.changed();
    }
    const ceremony = holdings.ceremonies().get(open.statement);
    if (ceremony === undefined) return;
    const stage = stageNow(holdings, ceremony, context.ports.clock.wallMs());
    const { members, governanceThreshold } = holdings.chain().tip;
    const isHopeless = members.length - ceremony.refusals.size < governanceThreshold;
    if (stage !== 'open' || isHopeless) {
      open.session?.say({ kind: 'leave', reason: 'refused-by-members' });
      return fail('refused-by-members');
    }
    const missing = members
      .filter((each) => each.device !== holdings.me && !ceremony.approvals.has(each.device))
      .map((each) => each.name);
    tellProgress(missing, open.statement, name);
  };

  const tellProgress = (
    missing: readonly string[],
    statement: StatementHash,
    name: string,
  ): void => {
    if (open === null || open.toldMissing === missing.join()) return;
    open.toldMissing = missing.join();
    open.session?.say({ kind: 'progress', missing, statement });
    context.pairing = {
      kind: 'waiting',
      role: 'inviter',
      peerName: name,
      decision: statement,
      missing,
    };
    context.changed();
  };

  return {
    invite,
    confirm: async (areSame) => {
      if (open?.session == null) return;
      open.isConfirmed = areSame;
      open.session.say({ kind: 'words', areSame });
      if (!areSame) return;
      if (context.pairing.kind === 'comparing') {
        context.pairing = { ...context.pairing, isConfirmed: true };
        context.changed();
      }
      await offer();
    },
    cancel: () => {
      open?.session?.say({ kind: 'leave', reason: 'cancelled' });
      letGo();
      end();
    },
    isActive: () => open !== null,
    settle,
  };
};

/** Every record from the first to the one in force, as completions. */
const chainOf = (context: Context): readonly Uint8Array[] => {
  const { holdings } = context;
  return (holdings?.chain().lineage ?? []).flatMap((hash) => {
    const transition = holdings?.transitions().get(hash);
    return transition === undefined ? [] : [encodeRosterCompletion(transition.completion)];
  });
};
