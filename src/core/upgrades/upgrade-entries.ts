import type { DeviceId, FactId, Hash } from '../base/brands.js';
import { LIMITS } from '../base/limits.js';
import type { BodyOf } from '../facts/bodies.js';
import type { UpgradeWord } from '../journal/upgrade-marks.js';
import type { Objection, Readiness, UpgradeFailure } from './upgrade.js';

/** An upgrade while its words are read one after the other. */
export interface Entry {
  readonly id: FactId;
  readonly body: BodyOf<'upgrade.proposed'>;
  readonly author: DeviceId;
  readonly atMs: number;
  readonly readiness: Map<DeviceId, Readiness>;
  readonly everRunBy: Set<DeviceId>;
  readonly vetoes: Objection[];
  failure: UpgradeFailure | null;
  approvedMs: number | null;
  lockedInMs: number | null;
  /** How many that took; null before. */
  lockedInBy: number | null;
  halted: Objection | null;
  revoked: Objection | null;
}

/** An upgrade as its proposal puts it. */
export const entryOf = ({
  fact,
  body,
  author,
  wallMs,
}: UpgradeWord<'upgrade.proposed'>): Entry => ({
  ...{ id: fact, body, author, atMs: wallMs, readiness: new Map(), vetoes: [] },
  everRunBy: new Set(),
  ...{ failure: null, approvedMs: null, lockedInMs: null, lockedInBy: null },
  ...{ halted: null, revoked: null },
});

/** Whether it waits for its lock-in, as things stood at that wall time. */
const isPending = (entry: Entry, atMs: number): boolean =>
  entry.failure === null && entry.lockedInMs === null && entry.body.expires > atMs;

/** A proposal that comes too late, too early or beside a twin fails as it is read. */
export const judgeProposal = (entry: Entry, others: readonly Entry[]): void => {
  const { sequence, content } = entry.body;
  const rivals = others.filter(({ body }) => body.package === entry.body.package);
  const twin = rivals.find(({ body }) => body.sequence === sequence && body.content !== content);
  if (twin !== undefined) {
    entry.failure = { kind: 'two-of-one-sequence', other: twin.id };
    if (twin.lockedInMs === null) {
      twin.failure ??= { kind: 'two-of-one-sequence', other: entry.id };
    }
  } else if (rivals.some((each) => each.lockedInMs !== null && each.body.sequence >= sequence)) {
    entry.failure = { kind: 'older-release' };
  } else {
    const waiting = others.filter((each) => isPending(each, entry.atMs)).length;
    if (waiting >= LIMITS.pendingUpgradesMax) entry.failure = { kind: 'too-many' };
  }
};

/** Replaceable until lock-in; from then on who is ready stays so, and others may still come. */
export const takeReadiness = (
  entry: Entry,
  { author, body, wallMs }: UpgradeWord<'upgrade.readied'>,
) => {
  const held = entry.readiness.get(author);
  const isFixed = entry.lockedInMs !== null && held !== undefined && counts(entry.body, held);
  const isLate = entry.lockedInMs === null && wallMs > entry.body.expires;
  if (isFixed || isLate) return;
  const { verdict, reason, bundle } = body;
  const said = { verdict, reason, bundle, atMs: wallMs, words: '', trial: null };
  entry.readiness.set(author, said);
};

/** Who said that it runs what this one announces stands for it, a member by now or not. */
export const noteRunning = (
  { everRunBy, body: { content } }: Entry,
  { author, body }: UpgradeWord<'upgrade.readied'>,
): void => {
  if (body.verdict === 'ready' && body.bundle === content) everRunBy.add(author);
};

/** Words belong to the no that stands when they come, and go with it. */
export const takeWords = (
  { readiness }: Pick<Entry, 'readiness'>,
  { author, body }: UpgradeWord<'upgrade.declined'>,
): void => {
  const said = readiness.get(author);
  if (said?.reason === 'declined') readiness.set(author, { ...said, words: body.reason });
};

/** What a trial showed belongs to the word that it comes with, and goes with it. */
export const takeTrial = (
  { readiness }: Pick<Entry, 'readiness'>,
  { author, body }: UpgradeWord<'upgrade.tried'>,
): void => {
  const said = readiness.get(author);
  if (said === undefined) return;
  const { outcome, from, to, lossy, duration, bytes } = body;
  const trial = { outcome, from, to, lossy, durationMs: duration, bytes };
  readiness.set(author, { ...said, trial });
};

/** Of a hard fork ready means that the new bundle runs there already (rule U4). */
const counts = (body: Entry['body'], { verdict, bundle }: Readiness): boolean =>
  verdict === 'ready' && (body.fork === 'soft' || bundle === body.content);

/** Devices whose readiness counts, sorted: only members' was taken. */
export const readyIn = (entry: Entry): readonly DeviceId[] =>
  [...entry.readiness]
    .filter(([, said]) => counts(entry.body, said))
    .map(([device]) => device)
    .sort();

/** Looks whether enough devices are ready now; then what is older and still waits is superseded. */
export const weigh = (
  entry: Entry,
  atMs: number,
  entries: ReadonlyMap<FactId, Entry>,
  needed: number,
): void => {
  if (entry.failure !== null || entry.lockedInMs !== null) return;
  const checked = [...entry.readiness.values()].filter(({ verdict }) => verdict === 'ready');
  if (checked.length >= needed) entry.approvedMs ??= atMs;
  if (readyIn(entry).length < needed) return;
  entry.lockedInMs = atMs;
  entry.lockedInBy = needed;
  for (const other of entries.values()) {
    const isOlder = other.body.sequence <= entry.body.sequence;
    const isSame = other.body.package === entry.body.package;
    if (other === entry || !isSame || !isOlder || other.lockedInMs !== null) continue;
    other.failure ??= { kind: 'superseded', by: entry.id };
  }
};

/** A device has one veto against one content: what is published again, it stops no more. */
export const takeObjection = (entry: Entry, word: UpgradeWord, spent: Set<string>): void => {
  const { author: device, body } = word;
  const objection = { device, reason: 'reason' in body ? (body.reason ?? '') : '' };
  switch (body.kind) {
    case 'upgrade.vetoed': {
      const veto = `${device}/${entry.body.content}`;
      if (spent.has(veto) || entry.lockedInMs !== null) return;
      spent.add(veto);
      entry.vetoes.push(objection);
      entry.failure ??= { kind: 'vetoed', ...objection };
      return;
    }
    case 'upgrade.revoked':
      if (entry.lockedInMs === null) entry.failure ??= { kind: 'revoked', ...objection };
      else entry.revoked ??= objection;
      return;
    case 'upgrade.halted':
      entry.halted = objection;
      return;
    case 'upgrade.resumed':
      entry.halted = null;
      return;
  }
};

/** Keeps who went back from which content; a later good end takes that back. */
export const noteSwitch = (
  rolledBack: Map<Hash, Set<DeviceId>>,
  body: BodyOf<'upgrade.switched'>,
  device: DeviceId,
): void => {
  if (body.outcome === 'good') {
    rolledBack.get(body.to)?.delete(device);
    return;
  }
  const by = rolledBack.get(body.from) ?? new Set();
  rolledBack.set(body.from, by.add(device));
};
