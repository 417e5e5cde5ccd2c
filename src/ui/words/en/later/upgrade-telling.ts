import type { DeviceId } from '../../../../core/base/brands.js';
import type { MigrationTrial, ReadinessView, UpgradeView } from '../../../../replica/view.js';
import { plainName } from '../../../names.js';
import { format } from '../common.js';
import { upgradeReason } from '../upgrade-errors.js';

/** Whether it can be undone, before anyone is asked to take it. */
const undo = ({ fork, canUndo }: UpgradeView): string => {
  if (!canUndo) return 'It cannot be undone; only a later version follows it.';
  return fork === 'soft'
    ? 'It can be undone.'
    : 'It can be undone until your devices make it binding.';
};

/** Who needs it: the fence, in plain words. */
const fork = ({ fork: kind, fence }: UpgradeView): string => {
  if (kind === 'soft') return 'Devices that stay with the old version go on as before.';
  return fence === null
    ? 'Once your devices have made it binding, every device needs this version.'
    : 'Every device needs this version.';
};

/** What Home says of it in a line or two. */
const prompt = (upgrade: UpgradeView, by: string): string => {
  const { mine, fork: kind } = upgrade;
  if (mine.kind === 'verified') return 'Checked and ready here. Switch when it suits you.';
  if (mine.kind === 'running')
    return 'Enough devices run it well. Now it can become the version that all of them need.';
  if (mine.kind === 'awaited')
    return 'No true copy of it has come yet. This device asks again by itself.';
  if (mine.kind === 'refused') return `${upgradeReason(mine.reason, mine.detail)} Try again.`;
  const size = format.bytes(upgrade.bytes);
  const undone = kind === 'soft' ? 'it can be undone' : 'all devices will need it';
  return `${plainName(by)} offers it: ${size}, ${undone}.`;
};

/** Names of fields as people know them, of what a trial lost. */
const LOST: Readonly<Record<string, string>> = {
  title: 'titles',
  text: 'texts',
  label: 'labels',
  file: 'files',
  date: 'days to look again',
};

/** What trying it on a copy of the records showed, in the row of one device. */
const tried = (trial: MigrationTrial | null): string => {
  if (trial === null || trial.outcome !== 'fits') return '';
  return trial.lossy.length === 0 ? ', tried on a copy' : `, but it loses ${lost(trial)}`;
};

/** What trying it there showed, where that was why it was not taken. */
const triedThere = (shown: MigrationTrial | null): string => {
  switch (shown?.outcome) {
    case 'hangs':
      return 'not taken: tried on a copy, it did not come to an end';
    case 'unreadable':
      return 'not taken: tried on a copy, it could not read the records';
    case 'too-large':
      return 'not taken: tried on a copy, the records became too large';
    case 'breaks':
      return 'not taken: tried on a copy, it broke, or lost records';
    default:
      return 'not taken: its data could not be carried over';
  }
};

const lost = ({ lossy }: MigrationTrial): string =>
  format.list(lossy.map((name) => LOST[name] ?? 'something'));

/** The same of this very device, in full. */
const triedHere = (shown: MigrationTrial): string => {
  switch (shown.outcome) {
    case 'fits': {
      const seconds = format.number(Math.max(shown.durationMs, 100) / 1000);
      const loss = shown.lossy.length === 0 ? 'nothing is lost' : `it loses ${lost(shown)}`;
      return `Tried on a copy of your records: fits, ${seconds} s, ${loss}.`;
    }
    case 'hangs':
      return 'Tried on a copy of your records: it did not come to an end.';
    case 'breaks':
      return 'Tried on a copy of your records: it broke, or lost records.';
    case 'unreadable':
      return 'Tried on a copy of your records: it could not read them.';
    case 'too-large':
      return 'Tried on a copy of your records: they became too large.';
    case 'untried':
      return 'It could not be tried on a copy of your records here.';
  }
};

/** What one device says, for the second line of its row. */
const readiness = (row: ReadinessView): string => {
  const runs = row.version === null ? null : `runs ${row.version}`;
  const said = (): string => {
    if (row.hasRolledBack) return 'tried it and went back';
    if (row.isRunning) return 'runs it well';
    if (row.verdict === 'ready') return `ready, every file checked${tried(row.trial)}`;
    if (row.verdict === 'unknown') return 'has not said yet';
    if (row.words !== '') return `said no: “${row.words}”`;
    if (row.reason === 'failed-migration') return triedThere(row.trial);
    return row.reason === null ? 'not ready' : upgradeReason(row.reason, null).replace(/\.$/u, '');
  };
  return row.isRunning || runs === null ? said() : `${said()} · ${runs}`;
};

const past = ({ failure, stage }: UpgradeView, nameOf: (device: DeviceId) => string): string => {
  if (failure === null) return stage === 'past' ? 'A later version followed.' : '';
  switch (failure.kind) {
    case 'expired':
      return 'Too few devices were ready in time.';
    case 'vetoed':
      return `${plainName(nameOf(failure.device))} stopped it: “${failure.reason}”`;
    case 'revoked':
      return `${plainName(nameOf(failure.device))} took it back: “${failure.reason}”`;
    case 'superseded':
      return 'A later version was agreed to first.';
    case 'older-release':
      return 'It is older than what was agreed to before.';
    case 'two-of-one-sequence':
      return 'Two versions claimed one number with different files. One of them is a lie.';
    case 'too-many':
      return 'Too many versions waited when it was offered.';
  }
};

/** There is no rehearsal of it to show. */
const notRehearsed = 'Not rehearsed on a copy of this account.';

/** What is told of one upgrade, or of one device with it. */
export const upgradeTelling = { notRehearsed, undo, fork, prompt, readiness, triedHere, past };
