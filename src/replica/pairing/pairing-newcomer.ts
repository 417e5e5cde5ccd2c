import { type Result, err, ok } from '../../core/base/result.js';
import { checkDeviceName } from '../../core/authority/device-name.js';
import { rosterHashOf } from '../../core/authority/roster.js';
import { consentSigningBytes } from '../../core/authority/transition.js';
import type { PairingEvent, PairingOffer } from '../../core/links/pairing.js';
import { type EnteredCode, parseEnteredCode } from '../../core/links/entered-code.js';
import type { Cancel } from '../../ports/clock.js';
import type { StoreError } from '../../ports/store.js';
import type { Channel, Room } from '../../ports/transport.js';
import type { Done } from '../commands.js';
import type { Context, PendingJoin } from '../context.js';
import type { Envelope } from '../membership/epoch-secrets.js';
import type { Holdings } from '../journal/holdings.js';
import { FAILURE_BY_BYE, FAILURE_BY_CLOSING, failureOf, isDecided } from './pairing-failures.js';
import { comparingView } from './pairing-invitation.js';
import { checkOffer, readChain } from './pairing-offer.js';
import { enterPlace } from './pairing-places.js';
import {
  type Keying,
  type PairingSession,
  type SessionHooks,
  type Unproven,
  leaveAfterLastWord,
  openPairingSession,
} from './pairing-session.js';
import { wallNowMs } from '../loop/wall-time.js';
import { KEYS, deleteRow } from '../storage/rows.js';
import { type PendingJoins, memberRows, pendingRow } from './pending-join.js';
import type { PairingFailure } from '../view.js';

/** The side that scans or types a code and becomes a member (rules N9, A2). */
export interface PairingNewcomer {
  readonly join: (code: string, deviceName: string) => Done;
  readonly confirm: (areSame: boolean) => void;
  /** Ends it, and forgets the account if this device had consented; an error if it cannot. */
  readonly cancel: () => Promise<Result<void, StoreError>>;
  readonly isActive: () => boolean;
  /** The app closes: nothing is taken back that was consented to. */
  readonly close: () => void;
}

interface Joining {
  readonly code: EnteredCode;
  readonly room: Room;
  readonly patience: Cancel;
  session: PairingSession | null;
  peerName: string;
  holdings: Holdings | null;
  /** What it consents to, and to whom. */
  pending: PendingJoin | null;
  envelope: Envelope | null;
  isConsented: boolean;
}

export const createPairingNewcomer = (
  context: Context,
  becameMember: (holdings: Holdings) => Promise<void>,
  pendingJoin: PendingJoins,
): PairingNewcomer => {
  let open: Joining | null = null;
  /** Short codes that had their one try on this device. */
  const spent = new Set<string>();

  const end = (): void => {
    const ended = open;
    open = null;
    ended?.patience();
    leaveAfterLastWord(ended);
  };

  const fail = (reason: PairingFailure): void => {
    if (open?.isConsented === true) {
      context.run(async () => void (await pendingJoin.forget()));
    }
    end();
    context.stage = 'empty';
    context.pairing = { kind: 'failed', role: 'newcomer', reason };
    context.activity.add('pairing-failed', 'warn', null, { reason });
    context.changed();
  };

  const join = async (text: string, deviceName: string): Done => {
    if (context.holdings !== null) return err({ kind: 'has-account' });
    const name = checkDeviceName(deviceName);
    if (!name.ok) return name;
    const code = parseEnteredCode(text, context.ports.clock.wallMs());
    if (!code.ok) return err({ kind: 'pairing', reason: failureOf(code.error.kind) });
    if (code.value.kind === 'short' && spent.has(code.value.code.secret)) {
      return err({ kind: 'pairing', reason: 'code-used' });
    }
    end();
    context.deviceName = name.value;
    context.keys = (await context.ports.vault.load()) ?? (await context.ports.vault.create());
    const place = await enterPlace(context, code.value, accept);
    if (!place.ok) return err({ kind: 'pairing', reason: place.error });
    const { room, view, patienceMs } = place.value;
    const patience = context.ports.clock.after(patienceMs, () => {
      if (open?.peerName === '') fail('nobody-there');
    });
    open = {
      ...{ code: code.value, room, patience, session: null, peerName: '' },
      ...{ holdings: null, pending: null, envelope: null, isConsented: false },
    };
    context.stage = 'pairing';
    context.pairing = view;
    context.changed();
    return ok(undefined);
  };

  const accept = (channel: Channel): void => {
    const { keys } = context;
    if (open === null || open.session !== null || keys === null) return channel.close();
    const self = {
      role: 'newcomer',
      device: keys.signer.device,
      encryptionKey: keys.sealer.encryptionKey,
      name: context.deviceName,
    } as const;
    const { code } = open;
    const keying: Keying =
      code.kind === 'short' ? code : { kind: 'secret', secret: code.code.secret };
    open.session = openPairingSession(context, channel, keying, self, hooks);
  };

  /** One try was made with what was typed, or the other side says that the code is spent. */
  const unproven = (session: PairingSession, why: Unproven): void => {
    if (open?.session !== session) return;
    const { code } = open;
    const isWrong = why.kind === 'closed' ? why.reason === 'wrong-code' : why.kind === 'wrong-code';
    if (isWrong && code.kind === 'short') spent.add(code.code.secret);
    if (why.kind === 'wrong-code') return fail('code-wrong');
    if (why.kind === 'closed') return fail(FAILURE_BY_CLOSING[why.reason]);
    if (why.kind === 'newer-version') return fail('code-newer-version');
    void session.close();
    open.session = null;
  };

  const lost = (session: PairingSession): void => {
    if (open?.session !== session) return;
    const { holdings, pending, peerName } = open;
    // Once this device consented it can be made a member at any time: it waits where it will be
    // met.
    if (holdings !== null && pending !== null && open.isConsented) {
      end();
      return context.run(() => pendingJoin.wait(holdings, pending));
    }
    if (peerName !== '') return fail('connection-lost');
    open.session = null;
  };

  const happened = (session: PairingSession, event: PairingEvent): void => {
    if (open === null) return;
    switch (event.kind) {
      case 'words':
        open.peerName = event.peer.name;
        context.pairing = comparingView('newcomer', event);
        return context.changed();
      case 'offer':
        return context.run(() => consider(session, event.offer));
      case 'progress':
        context.pairing = {
          kind: 'waiting',
          role: 'newcomer',
          peerName: open.peerName,
          decision: event.statement,
          missing: event.missing,
        };
        return context.changed();
      case 'welcome':
        return context.run(() => enter(event.chain));
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
    const isSaid = how.kind === 'peer-left' || how.kind === 'left';
    const isOver = how.kind === 'left' || (isSaid && isDecided(how.reason));
    if (how.kind === 'not-authentic' || (open.isConsented && !isSaid)) {
      context.activity.add('link-refused', 'warn', null, { reason: how.kind });
    }
    // What was consented to may be in force already: no false or harmed word undoes it.
    if (open.isConsented && !isOver) return lost(session);
    if (how.kind === 'not-authentic') {
      void open.session?.close();
      open.session = null;
      return;
    }
    if (how.kind === 'peer-lied') return fail('peer-lied');
    if (how.kind === 'newer-version') return fail('code-newer-version');
    fail(FAILURE_BY_BYE[how.reason] ?? 'withdrawn');
  };

  /** Signs that this device wants in, once all that is offered holds and is durable here. */
  const consider = async (session: PairingSession, offer: PairingOffer): Promise<void> => {
    const { keys } = context;
    if (open?.session !== session || keys === null) return;
    const sound = await checkOffer(context, open.code, offer);
    if (open?.session !== session) return;
    if (!sound.ok) return sound.error === 'other-account' ? fail(sound.error) : lie(session);
    const { holdings, record, envelope } = sound.value;
    open.holdings = holdings;
    const { peerName } = open;
    const sinceMs = wallNowMs(context.ports.clock);
    open.pending = { record, peerName, sinceMs };
    open.envelope = envelope;
    const hash = rosterHashOf(record);
    const waiting = pendingRow(offer.record, peerName, sinceMs);
    const rows = [...memberRows(context, holdings, hash, envelope), waiting];
    const done = await context.commit(rows, 'strict');
    if (!done.ok) {
      session.say({ kind: 'leave', reason: 'store-failed' });
      return open?.session === session ? fail('store-failed') : undefined;
    }
    // The other side left meanwhile: no consent went out, so nothing is waited for.
    if (open?.session !== session) return void (await pendingJoin.forget());
    open.isConsented = true;
    const message = consentSigningBytes(holdings.account, hash);
    session.say({ kind: 'consent', signature: await keys.signer.sign(message) });
  };

  const lie = (session: PairingSession): void => {
    session.say({ kind: 'leave', reason: 'peer-lied' });
    if (open !== null) fail('peer-lied');
  };

  /** The account is this device's from the moment that all of it is durable. */
  const enter = async (chain: readonly Uint8Array[]): Promise<void> => {
    const { keys } = context;
    if (open?.pending == null || open.envelope === null || keys === null) return;
    const { session, pending } = open;
    const hash = rosterHashOf(pending.record);
    const holdings = await readChain(context, chain, keys.signer.device);
    if (holdings?.chain().recordAt(hash) == null) {
      return session === null ? fail('peer-lied') : lost(session);
    }
    const done = await context.commit(
      [...memberRows(context, holdings, hash, open.envelope), deleteRow('profile', KEYS.pending)],
      'strict',
    );
    if (!done.ok) {
      // It is a member already: what its consent made durable is enough to be met again.
      end();
      return pendingJoin.wait(holdings, pending);
    }
    const { peerName } = open;
    end();
    context.pairing = { kind: 'done', role: 'newcomer', peerName };
    context.activity.add('joined', 'good', null, { name: peerName });
    await becameMember(holdings);
  };

  return {
    join,
    confirm: (areSame) => {
      open?.session?.say({ kind: 'words', areSame });
      if (areSame && context.pairing.kind === 'comparing') {
        context.pairing = { ...context.pairing, isConfirmed: true };
        context.changed();
      }
    },
    cancel: async () => {
      if (open === null) return ok(undefined);
      const { isConsented } = open;
      open.session?.say({ kind: 'leave', reason: 'withdrawn' });
      end();
      context.stage = 'empty';
      return isConsented ? pendingJoin.forget() : ok(undefined);
    },
    isActive: () => open !== null,
    close: end,
  };
};
