import type { DeviceId, RosterHash } from '../../core/base/brands.js';
import { brandHex, isHex32 } from '../../core/base/brands.js';
import { type Danger, dangerOf, dangerOfMerge } from '../../core/authority/danger.js';
import type { RosterMatter } from '../../core/ceremonies/matter.js';
import type { Cancel } from '../../ports/clock.js';
import type { Change, Row } from '../../ports/store.js';
import { decidersOf, forkBehind } from './choice.js';
import type { BindingCheck } from '../upgrades/binding-votes.js';
import type { Context } from '../context.js';
import { ballotsOf, isRepeated, rosterCeremonies } from './roster-ballots.js';
import { KEYS, deleteRow, numberIn, putRow, readRow, textIn } from '../storage/rows.js';
import { stageNow } from '../decisions/standing-of.js';
import { wallNowMs } from '../loop/wall-time.js';

/** A person's yes to a record, whatever ballot puts it forward. */
export interface Confirmation {
  readonly atMs: number;
  readonly comment: string;
}

/**
 * What people said on this device about records, and how long dangerous ones have been in sight
 * (rule A9).
 *
 * The yes of a person is not yet the vote: the device casts that by itself once the ballot is open
 * and, for a dangerous change, once the delay since its first sight is over and no veto is held.
 * Both are durable. Wall time that jumps back restarts the delay. What would make a bundle binding
 * is in sight only while nothing but time keeps this device from it: its notice begins at the
 * lock-in, however early somebody asked (rule U4).
 */
export interface Confirmations {
  readonly of: (record: RosterHash) => Confirmation | null;
  /** The row for the commit that holds it; `note` once that is durable. */
  readonly rowFor: (record: RosterHash, confirmation: Confirmation) => Change;
  readonly note: (record: RosterHash, confirmation: Confirmation) => void;
  /** When this device may vote for a dangerous record, wall ms; null before its first sight. */
  readonly votesAtMs: (record: RosterHash) => number | null;
  /** Writes down what is seen for the first time, and wakes when a delay ends. */
  readonly settle: () => Promise<void>;
  readonly load: (rows: readonly Row[]) => void;
  readonly close: () => void;
}

/** Clocks are corrected by as much now and then; that restarts no delay. */
const JUMP_MS = 2_000;

export const createConfirmations = (
  context: Context,
  bindingBlocker: BindingCheck,
  due: () => void,
): Confirmations => {
  const yesByRecord = new Map<RosterHash, Confirmation>();
  const firstSightMs = new Map<RosterHash, number>();
  let wakeUp: Cancel | null = null;
  let lastWallMs = Number.NEGATIVE_INFINITY;

  const wallMs = (): number => wallNowMs(context.ports.clock);

  /** A hard fork is announced for longer than other dangerous changes wait (rule U4). */
  const delayMs = (record: RosterHash): number => {
    const { holdings } = context;
    const held = holdings === null ? [] : ballotsOf(holdings, record);
    const isBinding = held.some(({ matter }) => matter.record.activation !== null);
    return isBinding ? context.timing.noticeMs : context.timing.dangerMs;
  };

  const votesAtMs = (record: RosterHash): number | null => {
    const first = firstSightMs.get(record);
    return first === undefined ? null : first + delayMs(record);
  };

  /** Dangerous records that are open: those whose delay runs or begins, and all of them. */
  const openDangers = (): readonly (readonly RosterHash[])[] => {
    const { holdings } = context;
    if (holdings === null) return [];
    const nowMs = context.ports.clock.wallMs();
    const all = rosterCeremonies(holdings)
      .filter((each) => stageNow(holdings, each, nowMs) === 'open')
      .map(({ matter }) => matter)
      .filter((matter) => dangerIn(context, matter) !== null);
    const running = all.filter((matter) => bindingBlocker(matter) === null);
    return [running, all].map((each) => [...new Set(each.map(({ recordHash }) => recordHash))]);
  };

  const settle = async (): Promise<void> => {
    const nowMs = wallMs();
    const isSetBack = nowMs < lastWallMs - JUMP_MS;
    lastWallMs = nowMs;
    const [open = [], all = []] = openDangers();
    const fresh = open.filter((record) => {
      const first = firstSightMs.get(record);
      return first === undefined || isSetBack || nowMs < first - JUMP_MS;
    });
    const held = all.filter((record) => firstSightMs.has(record) && !open.includes(record));
    const rows = [
      ...fresh.map((record) => putRow('own', KEYS.sight(record), { at: nowMs })),
      ...held.map((record) => deleteRow('own', KEYS.sight(record))),
    ];
    if (rows.length > 0 && (await context.commit(rows, 'strict')).ok) {
      for (const record of held) firstSightMs.delete(record);
      for (const record of fresh) firstSightMs.set(record, nowMs);
    }
    const left = open.flatMap((record) => votesAtMs(record) ?? []).filter((at) => at > nowMs);
    wakeUp?.();
    wakeUp = null;
    if (left.length > 0) wakeUp = context.ports.clock.after(Math.min(...left) - nowMs, due);
  };

  return {
    of: (record) => yesByRecord.get(record) ?? null,
    rowFor: (record, { atMs, comment }) =>
      putRow('own', KEYS.confirmed(record), { at: atMs, comment }),
    note: (record, confirmation) => void yesByRecord.set(record, confirmation),
    votesAtMs,
    settle,
    load: (rows) => {
      for (const row of rows) {
        const [kind, name = ''] = row.key.split(':');
        const value = isHex32(name) ? readRow(row.value) : null;
        const at = numberIn(value, 'at');
        if (at === null) continue;
        const record = brandHex<RosterHash>(name);
        if (kind === 'sight') firstSightMs.set(record, at);
        if (kind === 'confirmed') {
          yesByRecord.set(record, { atMs: at, comment: textIn(value, 'comment') ?? '' });
        }
      }
    },
    close: () => wakeUp?.(),
  };
};

/**
 * What makes a proposed record dangerous, seen from the record in force, or from what the branches
 * that it unites have in common: what one of them did was agreed to there.
 */
export const dangerIn = (context: Context, matter: RosterMatter): Danger | null => {
  const { holdings } = context;
  if (holdings === null) return null;
  const fork = forkBehind(holdings, matter);
  if (fork !== null) return dangerOfMerge(fork, matter.record);
  const previous = holdings.chain().recordAt(matter.previous);
  return previous === null ? null : dangerOf(previous, matter.record);
};

/**
 * The member whose veto stops a dangerous record here; null when there is none.
 *
 * A veto holds for every ballot that puts the record forward, and a subject's counts for nothing.
 * Where votes for the record have to be repeated it may have been chosen already: the veto came too
 * late, and the account must be able to go on (rules A3 and A9).
 */
export const vetoOf = (context: Context, matter: RosterMatter): DeviceId | null => {
  const { holdings } = context;
  const danger = dangerIn(context, matter);
  if (holdings === null || danger === null || isRepeated(holdings, matter)) return null;
  const { members } = decidersOf(holdings, matter);
  const vetoes = ballotsOf(holdings, matter.recordHash).flatMap((each) => [...each.vetoes.keys()]);
  const counting = vetoes.filter(
    (device) =>
      !danger.subjects.includes(device) && members.some((member) => member.device === device),
  );
  return counting.sort()[0] ?? null;
};
