import { leavingFault, leavingSigningBytes, mayLeave } from '../../core/authority/leaving.js';
import {
  encodeRosterRecord,
  parseRosterRecord,
  rosterHashOf,
} from '../../core/authority/roster.js';
import { type DeviceId, type RosterHash, brandHex, isHex32 } from '../../core/base/brands.js';
import { compareText, sortedUnique } from '../../core/base/ordering.js';
import { err, ok } from '../../core/base/result.js';
import type { LeavingMessage, Message } from '../../core/links/messages.js';
import type { Change, Row } from '../../ports/store.js';
import type { Done } from '../commands.js';
import type { Context } from '../context.js';
import { isFormatNewer } from '../journal/heads.js';
import type { Holdings } from '../journal/holdings.js';
import type { LeavingFiles } from './leaving-content.js';
import {
  type GivenAnswer,
  type OwnLeaving,
  givenAnswerRow,
  leavingRow,
  readGivenAnswer,
  readLeaving,
  withAnswer,
} from './leaving-rows.js';
import { type Asked, viewLeaving } from './leaving-standing.js';
import type { LeavingCommands, LeavingView } from './leaving-view.js';
import { headOfBase, leftBy } from './left-account.js';
import { type Link, isPresentMember, sendOn } from '../links/link.js';
import { KEYS, deleteRow, putRow } from '../storage/rows.js';
import { wallNowMs } from '../loop/wall-time.js';

/** Leaving an account together with others (rule A12): asking, answering, founding. */
export interface LeavingService {
  /** Its commands, each in its turn. */
  readonly commandsIn: (then: <T>(command: () => Done<T>) => Done<T>) => LeavingCommands;
  readonly view: (holdings: Holdings) => LeavingView;
  readonly load: (own: readonly Row[]) => void;
  /** Asks whoever was not reached yet, or did not answer. */
  readonly opened: (link: Link) => void;
  /** What to wait for of a message about leaving; null for any other. */
  readonly received: (link: Link, message: Message) => Promise<void> | null;
}

/** What makes the new account is fetched when one is made. */
const fetchFounding = () => import('./leaving-founding.js').catch(() => null);

export const createLeavingService = (
  context: Context,
  files: LeavingFiles,
  linkTo: (device: DeviceId) => Link | null,
): LeavingService => {
  let own: OwnLeaving | null = null;
  const askedBy = new Map<DeviceId, Asked>();
  const given = new Map<RosterHash, GivenAnswer>();

  const put = async (changes: readonly Change[]): Done => {
    const done = await context.commit(changes, 'strict');
    if (!done.ok) return err({ kind: 'store', error: done.error });
    context.changed();
    return done;
  };

  const keep = async (next: OwnLeaving): Done => {
    const done = await put([leavingRow(next)]);
    if (done.ok) own = next;
    return done;
  };

  const tell = (device: DeviceId, message: LeavingMessage): void => {
    const link = linkTo(device);
    if (link !== null && isPresentMember(link)) sendOn(link, message);
  };

  const askOrEnd = (device: DeviceId): void => {
    if (own === null || !own.asked.includes(device)) return;
    const { record, tail, foundedMs, answers } = own;
    const founding = rosterHashOf(record);
    if (foundedMs !== null) tell(device, { kind: 'leavingOver', founding, isFounded: true });
    else if (answers.every((each) => each.device !== device)) {
      tell(device, { kind: 'leavingAsked', record: encodeRosterRecord(record), tail });
    }
  };

  const start: LeavingCommands['start'] = async ({ with: others, tail }) => {
    const { holdings, keys } = context;
    const { homes } = context.ports;
    if (holdings === null || keys === null) return err({ kind: 'no-account' });
    if (homes === undefined) return err({ kind: 'leaving-unsupported' });
    if (own !== null && own.foundedMs === null) return err({ kind: 'leaving-open' });
    const asked = sortedUnique(others, compareText);
    const members = mayLeave(holdings.chain());
    const isSound = asked.every((each) => each !== holdings.me && members.includes(each));
    if (!isSound || !members.includes(holdings.me)) return err({ kind: 'unknown-device' });
    if (isFormatNewer(holdings)) return err({ kind: 'newer-format' });
    const head = headOfBase(holdings);
    const isWhole = holdings.tips().every((each) => holdings.payloadStates().has(each));
    if (!isWhole) return err({ kind: 'payload-awaited', from: [] });
    const code = await fetchFounding();
    if (code === null) return err({ kind: 'busy' });
    const origin = { account: holdings.account, head };
    const drafted = await code.draftNewAccount(context, homes, origin);
    const founding = rosterHashOf(drafted.record);
    const signature = await keys.signer.sign(leavingSigningBytes(origin, founding));
    const done = await keep({
      ...drafted,
      // Without a snapshot there is nothing but what came since the beginning.
      ...{ tail: tail || head === null, asked, foundedMs: null },
      answers: [{ device: holdings.me, signature }],
    });
    if (!done.ok) return done;
    asked.forEach(askOrEnd);
    return ok(founding);
  };

  const answer: LeavingCommands['answer'] = async (founding, isYes) => {
    const { holdings, keys } = context;
    if (holdings === null || keys === null) return err({ kind: 'no-account' });
    if (given.has(founding)) return err({ kind: 'leaving-answered' });
    const asked = [...askedBy.values()].find((each) => rosterHashOf(each.record) === founding);
    if (asked === undefined) return err({ kind: 'leaving-unknown' });
    const blocker = isYes ? leavingFault(asked.record, leftBy(holdings)) : null;
    if (blocker !== null) return err({ kind: 'leaving-blocked', blocker });
    const atMs = wallNowMs(context.ports.clock);
    const profile = isYes ? ((await context.ports.homes?.nextProfile()) ?? null) : null;
    const said = { by: asked.by, isYes, profile, atMs, isFounded: false };
    const done = await put([putRow('own', KEYS.leavingAnswer(founding), givenAnswerRow(said))]);
    if (!done.ok) return done;
    given.set(founding, said);
    await sayAgain(asked);
    return ok(undefined);
  };

  /** What was said is signed anew each time: the same words, whatever became of the first. */
  const sayAgain = async ({ by, record }: Asked): Promise<void> => {
    const { keys } = context;
    const founding = rosterHashOf(record);
    const said = given.get(founding);
    if (keys === null || said === undefined || record.origin === null) return;
    const signature = said.isYes
      ? await keys.signer.sign(leavingSigningBytes(record.origin, founding))
      : null;
    tell(by, { kind: 'leavingAnswered', founding, signature });
  };

  const found: LeavingCommands['found'] = async () => {
    const { holdings } = context;
    if (holdings === null || own === null) return err({ kind: 'leaving-unknown' });
    const { profile, asked } = own;
    if (own.foundedMs !== null) return ok(profile);
    const code = await fetchFounding();
    if (code === null) return err({ kind: 'busy' });
    const done = await code.foundAccount(context, holdings, own, files);
    if (!done.ok) return done;
    const kept = await keep({ ...own, foundedMs: wallNowMs(context.ports.clock) });
    if (!kept.ok) return kept;
    context.activity.add('leaving-founded', 'good', holdings.me, { signers: done.value });
    asked.forEach(askOrEnd);
    return ok(profile);
  };

  const cancel: LeavingCommands['cancel'] = async () => {
    if (own === null || own.foundedMs !== null) return ok(undefined);
    const { profile, asked, record } = own;
    const code = await fetchFounding();
    if (code === null) return err({ kind: 'busy' });
    const done = await put([deleteRow('own', KEYS.leaving)]);
    if (!done.ok) return done;
    own = null;
    const founding = rosterHashOf(record);
    for (const each of asked) tell(each, { kind: 'leavingOver', founding, isFounded: false });
    // Where an account was made under these keys after all, they are all that opens it.
    const isMade = await code.hasAccount(context, profile);
    if (!isMade) await context.ports.homes?.vault(profile).erase();
    return ok(undefined);
  };

  const takeAsked = async (link: Link, message: Asked): Promise<void> => {
    askedBy.set(link.peer, message);
    if (given.has(rosterHashOf(message.record))) await sayAgain(message);
    context.changed();
  };

  const takeAnswer = async (
    { peer }: Link,
    { founding, signature }: Extract<LeavingMessage, { kind: 'leavingAnswered' }>,
  ): Promise<void> => {
    if (own === null || own.foundedMs !== null || rosterHashOf(own.record) !== founding) return;
    const { origin } = own.record;
    const isNews = own.asked.includes(peer) && own.answers.every((each) => each.device !== peer);
    if (!isNews || origin === null) return;
    if (signature !== null) {
      const message = leavingSigningBytes(origin, founding);
      const check = { key: peer, message, signature };
      if ((await context.ports.verifier.verify([check]))[0] !== true) return;
    }
    await keep(withAnswer(own, { device: peer, signature }));
  };

  const takeOver = async (
    { peer }: Link,
    { founding, isFounded }: Extract<LeavingMessage, { kind: 'leavingOver' }>,
  ): Promise<void> => {
    const asked = askedBy.get(peer);
    if (asked !== undefined && rosterHashOf(asked.record) === founding) askedBy.delete(peer);
    const said = given.get(founding);
    if (isFounded && said?.by === peer && said.isYes && !said.isFounded) {
      const next = { ...said, isFounded };
      const row = putRow('own', KEYS.leavingAnswer(founding), givenAnswerRow(next));
      if ((await put([row])).ok) given.set(founding, next);
    }
    context.changed();
  };

  const received = (link: Link, message: Message): Promise<void> | null => {
    const isOurs =
      message.kind === 'leavingAsked' ||
      message.kind === 'leavingAnswered' ||
      message.kind === 'leavingOver';
    if (!isOurs) return null;
    if (!link.isOpen || !isPresentMember(link) || context.stage !== 'member') {
      return Promise.resolve();
    }
    if (message.kind === 'leavingAnswered') return takeAnswer(link, message);
    if (message.kind === 'leavingOver') return takeOver(link, message);
    const record = parseRosterRecord(message.record);
    if (!record.ok) return Promise.resolve();
    return takeAsked(link, { by: link.peer, record: record.value, tail: message.tail });
  };

  return {
    commandsIn: (then) => ({
      start: (choice) => then(() => start(choice)),
      answer: (...said) => then(() => answer(...said)),
      found: () => then(found),
      cancel: () => then(cancel),
    }),
    view: (holdings) =>
      viewLeaving(holdings, {
        ...{ own, given, asked: askedBy.values() },
        canLeave: context.ports.homes !== undefined,
      }),
    load: (rows) => {
      for (const { key, value } of rows) {
        const founding = key.startsWith('leaving:') ? key.slice('leaving:'.length) : '';
        if (key === KEYS.leaving) own = readLeaving(value);
        const said = isHex32(founding) ? readGivenAnswer(value) : null;
        if (said !== null) given.set(brandHex<RosterHash>(founding), said);
      }
    },
    opened: (link) => {
      if (isPresentMember(link)) askOrEnd(link.peer);
    },
    received,
  };
};
