import { type RosterRecord, devicesOf } from '../authority/roster.js';
import type { DeviceId, FactId, Hash } from '../base/brands.js';
import type { UpgradeWord } from '../journal/upgrade-marks.js';
import type {
  Upgrade,
  UpgradeFailure,
  UpgradeGround,
  UpgradeStage,
  UpgradeState,
} from './upgrade.js';
import {
  type Entry,
  entryOf,
  judgeProposal,
  noteRunning,
  noteSwitch,
  readyIn,
  takeObjection,
  takeReadiness,
  takeTrial,
  takeWords,
  weigh,
} from './upgrade-entries.js';

/** A device alone with a key on paper decides alone: paper runs nothing (rule A5). */
export const readinessNeeded = (tip: RosterRecord): number =>
  Math.max(1, Math.min(tip.governanceThreshold, devicesOf(tip).length));

/**
 * The same under a rule: never fewer than decide, and never more than there are, so that a device
 * that is taken out is waited for no longer (rule U4).
 */
export const readinessRuled = (tip: RosterRecord, asked: number | null): number =>
  Math.max(readinessNeeded(tip), Math.min(asked ?? 0, devicesOf(tip).length));

/**
 * What becomes of each upgrade, read out of what was said in one fixed order.
 *
 * The words are gone through by (lamport, session, seq), so the same words give the same stages on
 * every replica, whatever order they came in. Who counts, and how many are needed, is said by the
 * roster in force alone: a word under an old roster with a lower threshold gains nothing. A rule
 * may ask for more from where it was said on, never for more than there are devices; what locked in
 * before it stays. What as many members as decide run by their own word is agreed to, whatever was
 * said of it later; and so is what a record names, since each of its voters saw that (a device that
 * slept through it may never hear more than who went back from it before, and is left with that
 * version alone).
 * Source: rules U2, U3, U4, U7, U9.
 */
export const readUpgrades = (ground: UpgradeGround): UpgradeState => {
  const { words, rules, tip, bundleOf } = ground;
  const devices = devicesOf(tip).map(({ device }) => device);
  const least = readinessNeeded(tip);
  const isMember = new Set<DeviceId>(devices);
  const entries = new Map<FactId, Entry>();
  const rolledBack = new Map<Hash, Set<DeviceId>>();
  const spent = new Set<string>();
  const isRun = (content: Hash): boolean =>
    devices.filter((device) => bundleOf(device)?.content === content).length >= least;

  let needed = least;
  /** What waits is weighed anew by the rules that stand right before a word. */
  const takeRules = (before: number): void => {
    for (const { after, devices: asked, atMs } of rules) {
      if (after !== before) continue;
      needed = readinessRuled(tip, asked);
      for (const entry of entries.values()) {
        if (atMs <= entry.body.expires) weigh(entry, atMs, entries, needed);
      }
    }
  };

  for (const [index, word] of words.entries()) {
    takeRules(index);
    const { body, author } = word;
    if (body.kind === 'upgrade.proposed') {
      const entry = entryOf(word as UpgradeWord<'upgrade.proposed'>);
      judgeProposal(entry, [...entries.values()]);
      entries.set(entry.id, entry);
    } else if (body.kind === 'upgrade.switched') {
      if (isMember.has(author)) noteSwitch(rolledBack, body, author);
    } else {
      const entry = entries.get(body.upgrade);
      const counts = isMember.has(author) || body.kind !== 'upgrade.readied';
      if (entry === undefined) continue;
      if (body.kind === 'upgrade.readied') {
        noteRunning(entry, word as UpgradeWord<'upgrade.readied'>);
      }
      if (!counts) continue;
      if (body.kind === 'upgrade.readied') {
        takeReadiness(entry, word as UpgradeWord<'upgrade.readied'>);
        weigh(entry, word.wallMs, entries, needed);
      } else if (body.kind === 'upgrade.declined') {
        takeWords(entry, word as UpgradeWord<'upgrade.declined'>);
      } else if (body.kind === 'upgrade.tried') {
        takeTrial(entry, word as UpgradeWord<'upgrade.tried'>);
      } else if (body.kind !== 'upgrade.vetoed' || isMember.has(author)) {
        takeObjection(entry, word, spent);
      }
    }
  }
  takeRules(words.length);
  const everRun = runByEnough(ground, isMember, least);
  const upgrades = concluded([...entries.values()], ground, { needed, isRun, everRun });
  const binding = upgrades.filter(({ fence }) => fence !== null).map(({ body }) => body.content);
  const quarantined = [...rolledBack].flatMap(([content, by]) =>
    by.size > 0 && !isRun(content) && !binding.includes(content) ? [content] : [],
  );
  const agreed = upgrades.filter((each) => each.approvedMs !== null && !isTakenBack(each));
  return {
    upgrades,
    rolledBack,
    quarantined: new Set(quarantined),
    approved: new Set([...agreed.map(({ body }) => body.content), ...everRun]),
  };
};

/** Roots that enough members run, or ran and left as good, as what was there at the beginning. */
const runByEnough = (
  { words, bundleOf }: UpgradeGround,
  isMember: ReadonlySet<DeviceId>,
  needed: number,
): readonly Hash[] => {
  const devicesByContent = new Map<Hash, Set<DeviceId>>();
  const note = (content: Hash, device: DeviceId): void => {
    devicesByContent.set(content, (devicesByContent.get(content) ?? new Set()).add(device));
  };
  for (const device of isMember) {
    const content = bundleOf(device)?.content;
    if (content !== undefined) note(content, device);
  }
  for (const { author, body } of words) {
    const isGood = body.kind === 'upgrade.switched' && body.outcome === 'good';
    if (isGood && isMember.has(author)) [body.from, body.to].forEach((each) => note(each, author));
  }
  return [...devicesByContent].flatMap(([content, by]) => (by.size >= needed ? [content] : []));
};

const isTakenBack = ({ failure }: Upgrade): boolean =>
  failure !== null && failure.kind !== 'superseded' && failure.kind !== 'older-release';

interface Count {
  readonly needed: number;
  readonly isRun: (content: Hash) => boolean;
  readonly everRun: readonly Hash[];
}

/** What time and the chain say at the end, and which of several is in force. */
const concluded = (
  entries: readonly Entry[],
  { activations, agreedSinceMs, nowMs }: UpgradeGround,
  { needed, isRun, everRun }: Count,
): readonly Upgrade[] => {
  const read = entries.map((entry): Upgrade => {
    const fence = activations.findLast((each) => each.manifest === entry.body.manifest) ?? null;
    const isAgreed = fence !== null || (entry.body.fork === 'soft' && isRun(entry.body.content));
    const lockedInMs = entry.lockedInMs ?? (isAgreed ? entry.atMs : null);
    const ready = readyIn(entry);
    const failure = isAgreed ? null : failureOf(entry, nowMs);
    const approvedMs = entry.approvedMs ?? (isAgreed ? entry.atMs : null);
    const isGraceOver = isAgreed || everRun.includes(entry.body.content);
    const hasGrace = approvedMs !== null && !isGraceOver && graceOf(entry) > 0;
    const graceEndsMs = hasGrace ? (agreedSinceMs(entry.id) ?? nowMs) + graceOf(entry) : null;
    return {
      ...{ id: entry.id, body: entry.body, author: entry.author, atMs: entry.atMs, ready },
      needed: entry.lockedInBy ?? needed,
      ...{ readiness: entry.readiness, vetoes: entry.vetoes, lockedInMs, failure },
      everRunBy: entry.everRunBy,
      ...{ approvedMs, graceEndsMs },
      // A valid record outranks whatever was said to stop it (rule C10).
      halted: fence === null ? (entry.revoked ?? entry.halted) : null,
      fence: fence?.epoch ?? null,
      stage: stageOf(entry, { failure, lockedInMs, graceEndsMs, isBinding: fence !== null }, nowMs),
    };
  });
  return read.map((each) => (isFollowed(each, read) ? { ...each, stage: 'past' } : each));
};

/** A hard fork has its notice in place of a grace. */
const graceOf = ({ body: { fork, grace } }: Entry): number => (fork === 'soft' ? grace : 0);

const failureOf = (entry: Entry, nowMs: number): UpgradeFailure | null => {
  if (entry.failure !== null) return entry.failure;
  if (entry.revoked !== null) return { kind: 'revoked', ...entry.revoked };
  const isLate = entry.lockedInMs === null && nowMs > entry.body.expires;
  return isLate ? { kind: 'expired' } : null;
};

const stageOf = (
  { body, readiness }: Entry,
  known: {
    readonly failure: UpgradeFailure | null;
    readonly lockedInMs: number | null;
    readonly graceEndsMs: number | null;
    readonly isBinding: boolean;
  },
  nowMs: number,
): UpgradeStage => {
  if (known.failure !== null) return 'failed';
  if (known.isBinding) return 'active';
  if (known.lockedInMs === null) {
    const isStarted = [...readiness.values()].some(({ verdict }) => verdict === 'ready');
    return isStarted ? 'started' : 'proposed';
  }
  const isOver = known.graceEndsMs === null || nowMs >= known.graceEndsMs;
  const isActive = body.fork === 'soft' && isOver;
  return isActive ? 'active' : 'locked-in';
};

/** Of all that are in force in one package the release of the highest number is. */
const isFollowed = (upgrade: Upgrade, all: readonly Upgrade[]): boolean =>
  upgrade.stage === 'active' &&
  all.some(
    (other) =>
      other.stage === 'active' &&
      other !== upgrade &&
      other.body.package === upgrade.body.package &&
      isLater(other, upgrade),
  );

/** Of one release published twice the later word. */
const isLater = (one: Upgrade, other: Upgrade): boolean =>
  one.body.sequence !== other.body.sequence
    ? one.body.sequence > other.body.sequence
    : one.lockedInMs !== other.lockedInMs
      ? (one.lockedInMs ?? 0) > (other.lockedInMs ?? 0)
      : one.id > other.id;
