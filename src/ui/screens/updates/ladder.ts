import type { UpgradeView } from '../../../replica/view.js';
import { type Words, wordsFrom } from '../../words/words.js';

/** One step of the ladder, as `Stages` draws it. */
export interface Rung {
  readonly key: string;
  readonly label: string;
  readonly state: 'done' | 'now' | 'next' | 'failed';
  readonly note?: string;
  readonly fraction?: number | null;
}

type Place = readonly [at: number, hasFailed: boolean];

/** What lies with the files themselves is found by comparing them, not by fetching. */
const FETCHING_FAULTS: readonly string[] = ['no-room'];

/** How many steps are behind this device, and whether the next one failed. */
const placeOf = ({ mine }: UpgradeView): Place => {
  switch (mine.kind) {
    case 'none':
    case 'declined':
      return [0, false];
    case 'fetching':
      return [mine.files < mine.filesOf ? 0 : 1, false];
    case 'awaited':
      return [mine.reason === 'unreachable' ? 0 : 1, false];
    case 'refused':
      return [FETCHING_FAULTS.includes(mine.reason) ? 0 : 1, true];
    case 'verified':
      return [2, false];
    case 'trial':
      return [3, false];
    case 'rolled-back':
      return [3, true];
    case 'running':
      return [4, false];
  }
};

/** When or by whom it goes on from `Activate`. */
const activateNote = (upgrade: UpgradeView, words: Words, nowMs: number): string => {
  const say = wordsFrom(words.later.updates).stepNote;
  const { activateBlocker: blocker, verified, needed } = upgrade;
  if (upgrade.mine.kind !== 'verified') return say.ready(verified, needed);
  switch (blocker?.kind) {
    case undefined:
      return say.yourTurn;
    case 'not-locked-in':
      return say.ready(blocker.have, blocker.need);
    case 'grace':
      return say.at(words.format.age(blocker.untilMs, nowMs));
    case 'wave':
      return say.others;
    default:
      return say.stopped;
  }
};

/** Download, verify, activate, confirm; of a hard fork also: make it binding. */
export const upgradeToLadder = (
  upgrade: UpgradeView,
  before: string | null,
  words: Words,
  nowMs: number,
): readonly Rung[] => {
  const { step, stepNote: say } = wordsFrom(words.later.updates);
  const { mine, fork, fence } = upgrade;
  const [at, hasFailed] = placeOf(upgrade);
  const stateAt = (index: number): Rung['state'] => {
    if (index < at) return 'done';
    if (index > at) return 'next';
    return hasFailed ? 'failed' : 'now';
  };
  const isFetching = mine.kind === 'fetching';
  const files = say.files(isFetching ? mine.files : upgrade.files, upgrade.files);
  const back = before === null ? say.elseBackPlain : say.elseBack(before);
  const went = before === null || mine.kind !== 'rolled-back' ? back : say.wentBack(before);
  const rungs: readonly Rung[] = [
    {
      ...{ key: 'download', label: step.download, state: stateAt(0) },
      note: at > 0 || isFetching ? files : words.format.bytes(upgrade.bytes),
      ...(isFetching && at === 0 ? { fraction: mine.bytes / Math.max(1, mine.bytesOf) } : {}),
    },
    {
      ...{ key: 'verify', label: step.verify, state: stateAt(1) },
      ...(at > 1 ? { note: say.allMatch } : {}),
      ...(isFetching && at === 1 ? { fraction: null } : {}),
    },
    {
      ...{ key: 'activate', label: step.activate, state: stateAt(2) },
      ...(at < 3 ? { note: activateNote(upgrade, words, nowMs) } : {}),
    },
    {
      ...{ key: 'confirm', label: step.confirm, state: stateAt(3) },
      ...(at < 4 ? { note: went } : {}),
      ...(mine.kind === 'trial' ? { fraction: null } : {}),
    },
  ];
  if (fork === 'soft') return rungs;
  const asked = upgrade.decision !== null && fence === null;
  return [
    ...rungs,
    {
      ...{
        key: 'bind',
        label: fence === null ? step.bind : step.bound,
        state: fence === null ? stateAt(4) : 'done',
      },
      note: asked ? say.asked : say.runIt(upgrade.ready, upgrade.needed),
    },
  ];
};
