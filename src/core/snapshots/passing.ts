import { type AdmittedCompletion, headsDownFrom } from '../authority/completion.js';
import type { DeviceId, HeadId } from '../base/brands.js';
import { type Frontier, seqIn } from '../journal/frontier.js';

/** What decides whether a standing head is waited for whose payload is not held here. */
export interface PassingCase {
  readonly completions: ReadonlyMap<HeadId, AdmittedCompletion>;
  /** The cut that the journal continues from here. */
  readonly cut: Frontier;
  /** Members that keep payloads: all but keys on paper. */
  readonly devices: ReadonlySet<DeviceId>;
  /** The last head that each of them took over, by its own word. */
  readonly tookOver: ReadonlyMap<DeviceId, HeadId>;
}

/**
 * Whether a snapshot is passed by: the next one need not build on it (rules S12, C3).
 *
 * Either all that it covers is covered here too, so that its payload tells of no fact that is not
 * in the base; or nobody who may hold the payload belongs to the account any more: who signed it
 * computed it, and who took it over or went beyond it says so. It stands all the same: should its
 * payload turn up, its state is joined as that of any rival.
 */
export const isPassedBy = (head: HeadId, known: PassingCase): boolean =>
  isCovered(head, known) || whoMayHold(head, known).length === 0;

const isCovered = (head: HeadId, { completions, cut }: PassingCase): boolean => {
  for (const each of headsDownFrom(completions, [head])) {
    const advance = completions.get(each)?.completion.advance;
    // What it builds on is not known here, and so not how far it goes.
    if (advance === undefined) return false;
    for (const { session, seq, id } of advance) {
      const covered = seqIn(cut, session);
      if (seq > covered || (seq === covered && cut.get(session)?.id !== id)) return false;
    }
  }
  return true;
};

/** Members that may hold a payload: who signed it, took it over or went beyond it; sorted. */
export const whoMayHold = (
  head: HeadId,
  { completions, devices, tookOver }: PassingCase,
): readonly DeviceId[] => {
  const signers = completions.get(head)?.signers ?? [];
  const wentOn = [...tookOver].flatMap(([device, last]) =>
    headsDownFrom(completions, [last]).has(head) ? device : [],
  );
  return [...new Set([...signers, ...wentOn])].filter((device) => devices.has(device)).sort();
};
