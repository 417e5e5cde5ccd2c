import type { RosterRecord } from '../../core/authority/roster.js';
import type { DeviceId, RosterHash, StatementHash } from '../../core/base/brands.js';
import type { SimDevice } from '../device.js';
import type { LedgerEntry } from '../ledger.js';
import type { Commit, CreateChecker } from './checker.js';
import { createPromiseBook } from './promise-book.js';
import { bookOf, holds } from './roster-book.js';
import { type ProposedRecord, proposedIn } from './roster-words.js';

/** What a device knows of a dangerous record. */
interface Sight {
  readonly sinceMs: number;
  readonly skewMs: number;
  readonly vetoedBy: Set<DeviceId>;
}

/**
 * A9: no honest device votes for a removal, another admin, other thresholds or a hard fork before
 * the delay (of the last the notice, U4) is over since it first saw that, by a clock that nobody
 * set meanwhile, nor while it holds a veto.
 *
 * A value that a ballot has to repeat may be chosen already, so no veto stops it; it waits as any
 * other. And no honest device vetoes what is done to itself.
 */
export const checkDangers: CreateChecker = (scene) => {
  const sights = new Map<SimDevice, Map<RosterHash, Sight>>();
  const proposals = new Map<StatementHash, ProposedRecord>();
  const promises = createPromiseBook();

  const sightOf = (device: SimDevice, record: RosterHash): Sight => {
    const held = sights.get(device) ?? new Map<RosterHash, Sight>();
    sights.set(device, held);
    const { skewMs } = device;
    const sight = held.get(record) ?? { sinceMs: scene.nowMs(), skewMs, vetoedBy: new Set() };
    held.set(record, sight);
    return sight;
  };

  const hear = (device: SimDevice, entry: LedgerEntry): void => {
    const proposed = proposedIn(entry);
    if (proposed !== null) sightOf(device, proposed.record);
    const { body, fact } = entry;
    if (scene.deviceOf(fact.envelope.author)?.isLiar === false) promises.hear(device, entry);
    if (body?.kind !== 'roster.vetoed') return;
    const about = proposals.get(body.statement);
    const by = scene.deviceOf(fact.envelope.author);
    if (about === undefined || by === null || by.isLiar) return;
    if (fact.envelope.roster !== about.previous) return;
    sightOf(device, about.record).vetoedBy.add(fact.envelope.author);
  };

  /** Who a change is done to has no veto, and its screen offers none. */
  const lookAtVeto = ({ body, fact: { envelope } }: LedgerEntry): void => {
    const about = body?.kind === 'roster.vetoed' ? proposals.get(body.statement) : undefined;
    const device = about === undefined ? null : scene.deviceOf(envelope.author);
    if (about === undefined || device === null || device.isLiar) return;
    const before = bookOf(device.disk).get(about.previous)?.record;
    const subjects = before === undefined ? null : subjectsOf(before, about.content);
    if (subjects?.has(envelope.author) !== true) return;
    scene.fail('A9 nobody vetoes what is done to it', device.name);
  };

  const judge = ({ device }: Commit, { body }: LedgerEntry): void => {
    const proposed = body?.kind === 'roster.approved' ? proposals.get(body.statement) : undefined;
    if (proposed === undefined || device.mayRepeat) return;
    const before = bookOf(device.disk).get(proposed.previous)?.record;
    const subjects = before === undefined ? null : subjectsOf(before, proposed.content);
    if (before === undefined || subjects === null) return;
    const { sinceMs, skewMs, vetoedBy } = sightOf(device, proposed.record);
    const isBinding = proposed.content.activation !== null;
    const delayMs = isBinding ? scene.timing.noticeMs : scene.timing.dangerMs;
    const isLate = scene.nowMs() - sinceMs >= delayMs;
    const what = `${device.name} ${proposed.record.slice(0, 8)}`;
    if (!isLate && skewMs === device.skewMs) scene.fail('A9 what is dangerous waits', what);
    const vetoer = [...vetoedBy].find((each) => !subjects.has(each) && holds(before, each, null));
    if (vetoer === undefined || promises.mayBeChosen(device, proposed, before)) return;
    scene.fail('A9 a veto stops it', what);
  };

  return {
    wrote: (entry) => {
      lookAtVeto(entry);
      const proposed = proposedIn(entry);
      if (proposed === null) return;
      if (!proposals.has(proposed.statement)) proposals.set(proposed.statement, proposed);
      promises.list(proposed);
    },
    commit: (commit) => {
      for (const entry of commit.entries) hear(commit.device, entry);
      // What a snapshot covers is seen with its payload: its facts never lie on that disk.
      if (commit.changes.some(({ kind, table }) => kind === 'put' && table === 'payloads')) {
        for (const { record } of proposals.values()) sightOf(commit.device, record);
      }
      const me = commit.device.keys.signer.device;
      for (const entry of commit.fresh) {
        if (entry.fact.envelope.author === me) judge(commit, entry);
      }
    },
  };
};

/** Those it is done to; null where nothing of it is dangerous for certain. */
const subjectsOf = (before: RosterRecord, after: RosterRecord): ReadonlySet<DeviceId> | null => {
  const gone = before.members.flatMap(({ device }) => (holds(after, device, null) ? [] : device));
  const isAdminNew = before.admin !== after.admin;
  const areSame = gone.length === 0 && before.members.length === after.members.length;
  const areThresholdsNew =
    before.snapshotThreshold !== after.snapshotThreshold ||
    before.governanceThreshold !== after.governanceThreshold;
  const isBinding = after.activation !== null;
  if (gone.length === 0 && !isAdminNew && !isBinding && !(areSame && areThresholdsNew)) return null;
  return new Set(isAdminNew ? [...gone, before.admin] : gone);
};
