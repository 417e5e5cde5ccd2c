import { need } from '../../core/authority/capability.js';
import { devicesOf, memberOf } from '../../core/authority/roster.js';
import type { DeviceId, StatementHash } from '../../core/base/brands.js';
import type { PairingEvent, PairingSelf } from '../../core/links/pairing.js';
import type { CodeClosing } from '../../core/links/typed-meeting.js';
import type { Ceremony } from '../../core/ceremonies/ceremony.js';
import type { Cancel } from '../../ports/clock.js';
import type { Channel } from '../../ports/transport.js';
import type { CommandError, Done } from '../commands.js';
import type { Context } from '../context.js';
import { vetoOf } from '../membership/confirmations.js';
import type { Holdings } from '../journal/holdings.js';
import type { JoinOffer, Newcomer } from './join-offer.js';
import type { Doors } from './pairing-doors.js';
import {
  type Keying,
  type PairingSession,
  type SessionHooks,
  openPairingSession,
} from './pairing-session.js';
import { isSetAside } from '../journal/set-aside.js';
import { isTurnedDown, stageNow } from '../decisions/standing-of.js';
import type { PairingView } from '../view.js';

/** The side that shows a code and admits a newcomer (rules N9, A2). */
export interface PairingInviter {
  /** Shows a code to scan or type; with `isOffline` the first of two that need no network. */
  readonly invite: (isOffline: boolean, replaces: DeviceId | null) => Done;
  /** Takes the second of the two, which the newcomer shows. */
  readonly takeAnswer: (text: string) => Done;
  /** `replaces`: whose place the newcomer takes; null: as the invitation says. */
  readonly confirm: (areSame: boolean, replaces: DeviceId | null) => Done;
  readonly cancel: () => void;
  /** Whoever still comes to the last code meets nobody. */
  readonly close: () => void;
  readonly isActive: () => boolean;
  /** Looks whether the roster change has come to an end. */
  readonly settle: () => void;
}

/** So long a newcomer may take to store what it got before the channel is closed on it. */
export const WELCOME_MS_MAX = 30_000;

/**
 * Who came and has not shown yet that it has the code: one by the scanned form, one by the typed,
 * whose room a stranger may find.
 */
export type Callers = Map<Keying['kind'], PairingSession>;

/** Begins with who came; whoever comes while another by the same form is at it may try again. */
export const receive = (
  context: Context,
  { callers, self }: Pick<Invitation, 'callers' | 'self'>,
  channel: Channel,
  keying: Keying,
  hooks: SessionHooks,
): void => {
  if (callers.has(keying.kind)) return channel.close();
  callers.set(keying.kind, openPairingSession(context, channel, keying, self, hooks));
};

/** All but one, which is a caller no more, are told why the code is good no more. */
export const dismissAll = (
  callers: Callers,
  why: CodeClosing,
  but: PairingSession | null = null,
): void => {
  const reason = why === 'expired' || why === 'code-used' ? why : 'cancelled';
  for (const session of callers.values()) {
    if (session === but) continue;
    session.say({ kind: 'leave', reason });
    void session.close();
  }
  callers.clear();
};

/** False where it is none of them. */
export const dismiss = (callers: Callers, session: PairingSession): boolean => {
  const kind = [...callers.keys()].find((each) => callers.get(each) === session);
  if (kind === undefined) return false;
  callers.delete(kind);
  void session.close();
  return true;
};

/** One code that this device shows, and how far its pairing went. */
export interface Invitation {
  readonly self: PairingSelf;
  readonly doors: Doors;
  /** Waits until the code runs out; once the newcomer consented, until the decision does. */
  expiry: Cancel;
  /** Whose new keys the newcomer brings; null for one more device. */
  replaces: DeviceId | null;
  readonly callers: Callers;
  /** Of whoever showed first that it has the code. */
  session: PairingSession | null;
  peer: Newcomer | null;
  isPeerReady: boolean;
  isConfirmed: boolean;
  offer: JoinOffer | null;
  hasConsented: boolean;
  /** The decision about it; null before one, and where it is in force already. */
  statement: StatementHash | null;
  toldMissing: string;
}

/** An invitation that nobody came to yet. */
export const newInvitation = (
  self: PairingSelf,
  doors: Doors,
  expiry: Cancel,
  replaces: DeviceId | null,
): Invitation => ({
  ...{ self, doors, expiry, replaces, callers: new Map(), session: null, peer: null },
  ...{
    isPeerReady: false,
    isConfirmed: false,
    offer: null,
    hasConsented: false,
    statement: null,
    toldMissing: '',
  },
});

/** Why this device lets nobody in, or not in the place of that member. */
export const whyNoInvitation = (
  holdings: Holdings,
  replaces: DeviceId | null,
): CommandError | null => {
  const { tip } = holdings.chain();
  if (!need('roster_change')(tip, holdings.me) || isSetAside(holdings, holdings.me)) {
    return { kind: 'not-allowed', capability: 'roster_change' };
  }
  if (replaces === null) return null;
  if (replaces === holdings.me) return { kind: 'only-device' };
  return memberOf(tip, replaces) === null ? { kind: 'unknown-device' } : null;
};

/** The code on the screen, and whose new keys it is for. */
export const invitingView = (shown: PairingView, replaces: DeviceId | null): PairingView =>
  shown.kind === 'inviting' && replaces !== null ? { ...shown, replaces } : shown;

/** What either screen shows while two people compare. */
export const comparingView = (
  role: 'inviter' | 'newcomer',
  { peer, shown }: Extract<PairingEvent, { kind: 'words' }>,
): Extract<PairingView, { kind: 'comparing' }> => ({
  kind: 'comparing',
  role,
  peerName: peer.name,
  words: shown.words,
  emoji: shown.emoji.map((each) => each.symbol),
  isConfirmed: false,
});

/** What the inviter's screen shows then; whose place it is is asked where nobody said so yet. */
export const invitersView = (
  { holdings }: Context,
  { replaces }: Invitation,
  event: Extract<PairingEvent, { kind: 'words' }>,
): PairingView => {
  const shown = comparingView('inviter', event);
  const mayReplace =
    holdings === null || replaces !== null ? null : namesakeOf(holdings, event.peer);
  return mayReplace === null ? shown : { ...shown, mayReplace };
};

/** What the inviter's screen shows while the others decide. */
export const waitingView = (
  { replaces }: Invitation,
  peerName: string,
  decision: StatementHash,
  missing: readonly string[],
): PairingView => ({
  ...{ kind: 'waiting', role: 'inviter', peerName, decision, missing },
  ...(replaces === null ? {} : { replaces }),
});

/** The one other member that bears a newcomer's name; null also for a member that comes back. */
const namesakeOf = (holdings: Holdings, { device, name }: Newcomer): DeviceId | null => {
  const { tip } = holdings.chain();
  if (memberOf(tip, device) !== null) return null;
  const others = devicesOf(tip).filter((each) => each.device !== holdings.me);
  const [first, second] = others.filter((each) => each.name === name);
  return first === undefined || second !== undefined ? null : first.device;
};

/** Whoever answers nothing brings no news: that the decision ran out has to be looked for. */
export const wakeAtExpiry = (
  { holdings, ports, run }: Context,
  invitation: Invitation,
  settleAll: () => Promise<void>,
): void => {
  const { statement } = invitation;
  const asked = statement === null ? undefined : holdings?.ceremonies().get(statement);
  if (asked === undefined) return;
  invitation.expiry();
  const leftMs = Math.max(0, asked.expiresMs - ports.clock.wallMs());
  invitation.expiry = ports.clock.after(leftMs + 1, () => run(settleAll));
};

/** Why no yes can let a newcomer in any more (rules C3, C5, A9). */
export type JoinEnd = 'refused-by-members' | 'lapsed' | 'superseded' | 'withdrawn';

/** Which devices still have to say yes to a newcomer, and why no yes can help any more, if so. */
export const decisionCourse = (
  context: Context,
  holdings: Holdings,
  statement: StatementHash,
): { readonly over: JoinEnd | null; readonly missing: readonly string[] } | null => {
  const ceremony = holdings.ceremonies().get(statement);
  if (ceremony === undefined) return null;
  const missing = holdings
    .chain()
    .tip.members.filter(({ device, storage }) => device !== holdings.me && storage !== 'paper')
    .filter(({ device }) => !ceremony.approvals.has(device))
    .map((each) => each.name);
  return { over: endOf(context, holdings, ceremony), missing };
};

const endOf = (context: Context, holdings: Holdings, ceremony: Ceremony): JoinEnd | null => {
  const { matter } = ceremony;
  const stage = stageNow(holdings, ceremony, context.ports.clock.wallMs());
  if (stage === 'completed') return null;
  if (stage === 'superseded') return stage;
  const isVetoed = matter.purpose === 'roster' && vetoOf(context, matter) !== null;
  if (isVetoed || isTurnedDown(holdings, ceremony)) return 'refused-by-members';
  if (stage === 'expired') return 'lapsed';
  return stage === 'withdrawn' ? stage : null;
};
