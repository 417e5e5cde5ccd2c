import { type Ceremony, stageOf } from '../core/ceremonies/ceremony.js';
import type { Stage } from '../core/ceremonies/protocol.js';
import type { Holdings } from './holdings.js';

/** Whether what a ceremony builds on is past: another roster, or another set of heads. */
export const isSuperseded = (holdings: Holdings, ceremony: Ceremony): boolean => {
  const { matter } = ceremony;
  const { tipHash, choiceHash } = holdings.chain();
  if (matter.purpose === 'roster') return matter.previous !== choiceHash;
  if (ceremony.roster !== tipHash) return true;
  return matter.subject.predecessors.join() !== holdings.tips().join();
};

/** Where a ceremony stands for this replica at that wall time. */
export const stageNow = (holdings: Holdings, ceremony: Ceremony, nowMs: number): Stage => {
  const { matter, statement } = ceremony;
  const isCompleted =
    matter.purpose === 'snapshot'
      ? holdings.completions().has(statement)
      : holdings.transitions().has(matter.recordHash);
  return stageOf(ceremony, { isCompleted, isSuperseded: isSuperseded(holdings, ceremony), nowMs });
};
