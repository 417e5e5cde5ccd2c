import type { DeviceId, StatementHash } from '../../core/base/brands.js';
import { type RosterMember, devicesOf, memberOf } from '../../core/authority/roster.js';
import type { Row } from '../../ports/store.js';
import type { Done, Replica } from '../commands.js';
import type { Confirmations } from '../membership/confirmations.js';
import type { Context } from '../context.js';
import { onFetched } from '../loop/fetched-part.js';
import type { PaperVotes } from './paper-votes.js';
import { type RecoveryNote, askedPlaces, checkDueMs, readNotes } from './recovery-check.js';
import type { RecoveryView } from './recovery-view.js';
import { rosterCeremonies } from '../membership/roster-ballots.js';
import type { RosterService } from '../membership/roster-service.js';
import { stageNow } from '../decisions/standing-of.js';

/** The commands about the key on paper. */
export type RecoveryCommands = Pick<
  Replica['devices'],
  'addRecoveryKey' | 'checkRecoveryKey' | 'useRecoveryKey' | 'recoverAccount'
>;

/** Runs a command in its turn. */
export type Then = <T>(command: () => Done<T>) => Done<T>;

/** A recovery key as a member that is held on paper or in a file (rule A5). */
export interface Recovery {
  /** What they take is fetched with the first of them. */
  readonly commands: (then: Then) => RecoveryCommands;
  readonly view: () => RecoveryView | null;
  readonly load: (own: readonly Row[]) => void;
}

/** What the commands work on. */
export interface RecoveryParts {
  readonly rosters: RosterService;
  readonly confirmations: Confirmations;
  readonly votes: PaperVotes;
  readonly notes: Map<DeviceId, RecoveryNote>;
  readonly paperMember: () => RosterMember | null;
  /** The open decision that would bring another key. */
  readonly openDecision: () => StatementHash | null;
}

export const createRecovery = (
  context: Context,
  given: Pick<RecoveryParts, 'rosters' | 'confirmations' | 'votes'>,
): Recovery => {
  const notes = new Map<DeviceId, RecoveryNote>();

  const paperMember = (): RosterMember | null =>
    context.holdings?.chain().tip.members.find(({ storage }) => storage === 'paper') ?? null;

  const openDecision = (): StatementHash | null => {
    const { holdings } = context;
    if (holdings === null) return null;
    const { tip } = holdings.chain();
    const nowMs = context.ports.clock.wallMs();
    const found = rosterCeremonies(holdings).find(
      (each) =>
        stageNow(holdings, each, nowMs) === 'open' &&
        each.matter.record.members.some(
          ({ device, storage }) => storage === 'paper' && memberOf(tip, device) === null,
        ),
    );
    return found?.statement ?? null;
  };

  const parts: RecoveryParts = { ...given, notes, paperMember, openDecision };

  const view = (): RecoveryView | null => {
    const { holdings } = context;
    if (holdings === null) return null;
    const { tip } = holdings.chain();
    const member = paperMember()?.device ?? null;
    const note = member === null ? undefined : notes.get(member);
    const decision = openDecision();
    const isOfUse = devicesOf(tip).length > 1 && memberOf(tip, holdings.me) !== null;
    return {
      ...{ member, decision },
      addedMs: note?.addedMs ?? null,
      lastCheckedMs: note?.checkedMs ?? null,
      checkDueMs: note === undefined ? null : checkDueMs(note),
      asked: note === undefined ? [] : askedPlaces(note),
      isPromptDue: member === null && decision === null && isOfUse,
    };
  };

  const commands = (then: Then): RecoveryCommands => {
    /** The words come with the commands: where one of both does not, nothing is begun. */
    const fetched = <T>(command: (found: RecoveryCommands) => Done<T>): Done<T> =>
      onFetched(
        Promise.all([import('./recovery-commands.js'), context.ports.paper.wordList()]),
        ([{ createRecoveryCommands }]) => command(createRecoveryCommands(context, parts, then)),
      );
    return {
      addRecoveryKey: () => fetched((found) => found.addRecoveryKey()),
      checkRecoveryKey: (answers) => fetched((found) => found.checkRecoveryKey(answers)),
      useRecoveryKey: (...said) => fetched((found) => found.useRecoveryKey(...said)),
      recoverAccount: (...said) => fetched((found) => found.recoverAccount(...said)),
    };
  };

  return {
    commands,
    view,
    load: (own) => {
      for (const [member, note] of readNotes(own)) notes.set(member, note);
    },
  };
};
