import type { DeviceId } from '../core/base/brands.js';
import { err, ok } from '../core/base/result.js';
import { parseRosterCompletion } from '../core/authority/roster-completion.js';
import {
  type RosterRecord,
  accountOf,
  memberOf,
  parseRosterRecord,
  rosterHashOf,
} from '../core/authority/roster.js';
import { consentSigningBytes } from '../core/authority/transition.js';
import { secretCommitment } from '../core/links/rooms.js';
import type { PairingEvent, PairingOffer } from '../core/links/pairing.js';
import { isCodeOf, parsePairingCode, type PairingCode } from '../core/links/pairing-code.js';
import { pairingRoom } from '../core/links/rooms.js';
import type { Cancel } from '../ports/clock.js';
import type { Channel, Room } from '../ports/transport.js';
import type { Done } from './commands.js';
import type { Context } from './context.js';
import { type Envelope, envelopeContext } from './epoch-secrets.js';
import { NOTHING_OFFERED, admitGovernance } from './governance.js';
import { type Holdings, createHoldings } from './holdings.js';
import { type PairingSession, leaveAfterLastWord, openPairingSession } from './pairing-session.js';
import { KEYS, deleteRow } from './rows.js';
import { type PendingJoins, memberRows, pendingRow } from './pending-join.js';
import type { PairingFailure } from './view.js';

/** The side that scans or types a code and becomes a member (rules N9, A2). */
export interface PairingNewcomer {
  readonly join: (code: string, deviceName: string) => Done;
  readonly confirm: (areSame: boolean) => void;
  readonly cancel: () => void;
  readonly isActive: () => boolean;
  /** The app closes: nothing is taken back that was consented to. */
  readonly close: () => void;
}

interface Joining {
  readonly code: PairingCode;
  readonly room: Room;
  readonly patience: Cancel;
  session: PairingSession | null;
  peerName: string;
  holdings: Holdings | null;
  record: RosterRecord | null;
  envelope: Envelope | null;
  isConsented: boolean;
}

/** So long a newcomer looks for the device that shows the code. */
const PATIENCE_MS = 60_000;

export const createPairingNewcomer = (
  context: Context,
  becameMember: (holdings: Holdings) => Promise<void>,
  pendingJoin: PendingJoins,
): PairingNewcomer => {
  let open: Joining | null = null;

  const end = (): void => {
    const ended = open;
    open = null;
    ended?.patience();
    leaveAfterLastWord(ended);
  };

  const fail = (reason: PairingFailure): void => {
    if (open?.isConsented === true) context.run(() => pendingJoin.forget());
    end();
    context.stage = 'empty';
    context.pairing = { kind: 'failed', role: 'newcomer', reason };
    context.activity.add('pairing-failed', 'warn', null, { reason });
    context.changed();
  };

  const join = async (text: string, deviceName: string): Done => {
    if (context.holdings !== null) return err({ kind: 'has-account' });
    const name = deviceName.trim().slice(0, 64);
    if (name === '') return err({ kind: 'empty', field: 'name' });
    const code = parsePairingCode(text, context.ports.clock.wallMs());
    if (!code.ok) return err({ kind: 'pairing', reason: failureOf(code.error.kind) });
    end();
    context.deviceName = name;
    context.keys = (await context.ports.vault.load()) ?? (await context.ports.vault.create());
    const { clock, transport } = context.ports;
    const room = transport.join({ ...pairingRoom(code.value.secret), purpose: 'pairing' }, accept);
    const patience = clock.after(PATIENCE_MS, () => {
      if (open?.peerName === '') fail('nobody-there');
    });
    open = {
      ...{ code: code.value, room, patience, session: null, peerName: '' },
      ...{ holdings: null, record: null, envelope: null, isConsented: false },
    };
    context.stage = 'pairing';
    context.pairing = { kind: 'seeking', sinceMs: clock.wallMs() };
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
    open.session = openPairingSession(context, channel, open.code.secret, self, happened, lost);
  };

  const lost = (session: PairingSession): void => {
    if (open?.session !== session) return;
    const { holdings, record, peerName } = open;
    // Once this device consented it can be made a member at any time: it waits where it will be
    // met.
    if (holdings !== null && record !== null && open.isConsented) {
      end();
      return context.run(() => pendingJoin.wait(holdings, { record, peerName }));
    }
    if (peerName !== '') return fail('connection-lost');
    open.session = null;
  };

  const happened = (session: PairingSession, event: PairingEvent): void => {
    if (open === null) return;
    switch (event.kind) {
      case 'words':
        open.peerName = event.peer.name;
        context.pairing = {
          kind: 'comparing',
          role: 'newcomer',
          peerName: event.peer.name,
          words: event.shown.words,
          emoji: event.shown.emoji.map((each) => each.symbol),
          isConfirmed: false,
        };
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

  const ended = (
    session: PairingSession,
    { end: how }: Extract<PairingEvent, { kind: 'ended' }>,
  ): void => {
    if (how.kind === 'welcomed' || open === null) return;
    const isLeft = how.kind === 'peer-left' && how.reason !== 'refused-by-members';
    if (isLeft && open.isConsented) return lost(session);
    if (how.kind === 'not-authentic') {
      context.activity.add('link-refused', 'warn', null, { reason: 'not-authentic' });
      void open.session?.close();
      open.session = null;
      return;
    }
    if (how.kind === 'peer-lied') return fail('peer-lied');
    if (how.kind === 'newer-version') return fail('code-newer-version');
    const byReason = { 'words-differ': 'words-differ', 'refused-by-members': 'refused-by-members' };
    const reason = byReason[how.reason as keyof typeof byReason] as PairingFailure | undefined;
    fail(reason ?? (how.reason === 'code-used' ? 'code-used' : 'withdrawn'));
  };

  /** Checks everything that is offered before signing that this device wants in. */
  const consider = async (session: PairingSession, offer: PairingOffer): Promise<void> => {
    const { keys } = context;
    if (open?.session !== session || keys === null) return;
    const holdings = await readChain(context, offer.chain, keys.signer.device);
    const record = parseRosterRecord(offer.record);
    if (holdings === null || !record.ok) return lie(session);
    if (!isCodeOf(open.code, holdings.account)) return fail('other-account');
    const me = memberOf(record.value, keys.signer.device);
    const follows = record.value.previous === holdings.chain().tipHash;
    if (!follows || me?.encryptionKey !== keys.sealer.encryptionKey) return lie(session);
    const bound = envelopeContext(holdings.account, record.value.commitment);
    const secret = await keys.sealer.open(offer.envelope, bound);
    if (!secret.ok || secret.value.length !== 32) return lie(session);
    if (secretCommitment(secret.value) !== record.value.commitment) return lie(session);
    open.holdings = holdings;
    open.record = record.value;
    open.envelope = { device: me.device, envelope: offer.envelope };
    const hash = rosterHashOf(record.value);
    const done = await context.commit(
      [
        ...memberRows(context, holdings, hash, open.envelope),
        pendingRow(offer.record, open.peerName),
      ],
      'strict',
    );
    if (!done.ok) {
      session.say({ kind: 'leave', reason: 'store-failed' });
      return fail('store-failed');
    }
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
    if (open?.record == null || open.envelope === null || keys === null) return;
    const hash = rosterHashOf(open.record);
    const holdings = await readChain(context, chain, keys.signer.device);
    if (holdings?.chain().recordAt(hash) == null) return fail('peer-lied');
    const done = await context.commit(
      [...memberRows(context, holdings, hash, open.envelope), deleteRow('profile', KEYS.pending)],
      'strict',
    );
    if (!done.ok) {
      // It is a member already: what its consent made durable is enough to be met again.
      const { record, peerName } = open;
      end();
      return pendingJoin.wait(holdings, { record, peerName });
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
    cancel: () => {
      if (open === null) return;
      open.session?.say({ kind: 'leave', reason: 'withdrawn' });
      end();
      context.stage = 'empty';
    },
    isActive: () => open !== null,
    close: end,
  };
};

/** Verifies a chain from its first record; null when any of it does not hold. */
const readChain = async (
  context: Context,
  chain: readonly Uint8Array[],
  me: DeviceId,
): Promise<Holdings | null> => {
  const first = chain[0] === undefined ? null : parseRosterCompletion(chain[0]);
  if (first === null || !first.ok || first.value.record.previous !== null) return null;
  const holdings = createHoldings(accountOf(first.value.record), me);
  const offer = { ...NOTHING_OFFERED, transitions: chain };
  const news = await admitGovernance(holdings, context.ports.verifier, offer);
  if (news.refused.length > 0 || news.transitions.length !== chain.length) return null;
  for (const transition of news.transitions) holdings.addTransition(transition);
  return holdings;
};

const failureOf = (
  kind: 'malformed' | 'mistyped' | 'expired' | 'other-purpose' | 'newer-version',
): PairingFailure => `code-${kind}` as const;
