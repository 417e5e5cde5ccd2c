import type { RecordVersionView } from '../../../replica/records/record-history.js';
import { dayKeyOf } from '../../words/day-name.js';

/** A version of a record, and what it changed against the one before. */
export interface VersionStep {
  readonly version: RecordVersionView;
  /** The title before; null where it stayed. */
  readonly titleBefore: string | null;
  readonly hasOtherText: boolean;
  readonly labelsAdded: readonly string[];
  readonly labelsTaken: readonly string[];
  /** It changed nothing of these: files, or the day to look at the record again. */
  readonly isElsewhere: boolean;
  /** True for the one that stands now. */
  readonly isNow: boolean;
  /** Its writer's clock cannot have been right: it is at odds with the order, or yet to come. */
  readonly isTimeDoubtful: boolean;
}

/** What was changed on one day, as its writers' clocks say, newest first. */
export interface VersionDay {
  readonly atMs: number;
  readonly steps: readonly VersionStep[];
}

/** Clocks are that far apart without anybody noticing. */
const SLACK_MS = 2 * 60_000;

/** Steps of a history, newest first. Order is by what each writer knew, never by clocks (F7). */
export const versionsToSteps = (
  versions: readonly RecordVersionView[],
  nowMs: number,
): readonly VersionStep[] => {
  const isDoubtful = doubtsOf(versions, nowMs);
  return versions
    .map((version, index): VersionStep => {
      const before = versions[index - 1] ?? null;
      const labels = before?.labels ?? version.labels;
      const titleBefore = before !== null && before.title !== version.title ? before.title : null;
      const hasOtherText = before === null || before.text !== version.text;
      const labelsAdded = version.labels.filter((label) => !labels.includes(label));
      const labelsTaken = labels.filter((label) => !version.labels.includes(label));
      const isPlain = titleBefore === null && !hasOtherText;
      return {
        ...{ version, titleBefore, hasOtherText, labelsAdded, labelsTaken },
        isElsewhere:
          version.kind === 'edited' && isPlain && labelsAdded.length + labelsTaken.length === 0,
        isNow: index === versions.length - 1,
        isTimeDoubtful: isDoubtful(index),
      };
    })
    .reverse();
};

/** A time before one that came earlier, or after one that came later, or after now. */
const doubtsOf = (
  versions: readonly RecordVersionView[],
  nowMs: number,
): ((index: number) => boolean) => {
  const times = versions.map(({ atMs }) => atMs);
  return (index) => {
    const atMs = times[index] ?? 0;
    const latestBefore = Math.max(...times.slice(0, index));
    const earliestAfter = Math.min(nowMs, ...times.slice(index + 1));
    return atMs < latestBefore - SLACK_MS || atMs > earliestAfter + SLACK_MS;
  };
};

/** Gathers steps that follow one another on one local day; order stays. */
export const stepsToDays = (steps: readonly VersionStep[]): readonly VersionDay[] => {
  const days: { readonly atMs: number; readonly steps: VersionStep[] }[] = [];
  for (const step of steps) {
    const { atMs } = step.version;
    const last = days.at(-1);
    if (last !== undefined && dayKeyOf(last.atMs) === dayKeyOf(atMs)) last.steps.push(step);
    else days.push({ atMs, steps: [step] });
  }
  return days;
};
