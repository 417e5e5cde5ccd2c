import type { RecordVersionView } from '../../../replica/record-history.js';

/** A version of a record, and what it changed against the one before. */
export interface VersionStep {
  readonly version: RecordVersionView;
  /** The title before; null where it stayed. */
  readonly titleBefore: string | null;
  readonly hasOtherText: boolean;
  readonly labelsAdded: readonly string[];
  readonly labelsTaken: readonly string[];
  /** True for the one that stands now. */
  readonly isNow: boolean;
}

/** Steps of a history, newest first. */
export const versionsToSteps = (versions: readonly RecordVersionView[]): readonly VersionStep[] =>
  versions
    .map((version, index): VersionStep => {
      const before = versions[index - 1] ?? null;
      const labels = before?.labels ?? version.labels;
      return {
        version,
        titleBefore: before !== null && before.title !== version.title ? before.title : null,
        hasOtherText: before === null || before.text !== version.text,
        labelsAdded: version.labels.filter((label) => !labels.includes(label)),
        labelsTaken: labels.filter((label) => !version.labels.includes(label)),
        isNow: index === versions.length - 1,
      };
    })
    .reverse();
