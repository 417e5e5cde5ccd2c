import type { DeviceId } from '../../core/base/brands.js';
import type { DecisionView, DeviceView, SnapshotView } from '../../replica/view.js';
import { isStopped } from '../stopped.js';

/** One dot for one device: it said yes or no, it is this one's turn, it is awaited, or away. */
export type Dot = 'yes' | 'turn' | 'awaited' | 'away' | 'no';

const ORDER: readonly Dot[] = ['yes', 'turn', 'awaited', 'away', 'no'];

/** The dots of a decision as `me` sees it: yeses first, refusals last. */
export const decisionToDots = (decision: DecisionView, me: DeviceId | null): readonly Dot[] =>
  decision.answers
    .map(({ device, answer, isUncounted }): Dot => {
      if (isUncounted) return 'awaited';
      if (answer === 'yes' || answer === 'no') return answer;
      if (isStopped(decision)) return 'away';
      if (device === me) return decision.needsMe ? 'turn' : 'awaited';
      return answer;
    })
    .sort((a, b) => ORDER.indexOf(a) - ORDER.indexOf(b));

/** How many yeses count towards a decision, as things stand here. */
export const yesesOf = ({ answers }: DecisionView): number =>
  answers.filter(({ answer, isUncounted }) => answer === 'yes' && !isUncounted).length;

/** Who said a yes that completes nothing here, by the account's own rule. */
export const uncountedOf = ({ answers }: DecisionView): readonly DeviceId[] =>
  answers.filter(({ isUncounted }) => isUncounted).map(({ device }) => device);

/** The dot of a device by itself: `yes` holds the same, `awaited` is catching up, or it is away. */
export const deviceToDot = (device: DeviceView): 'yes' | 'awaited' | 'away' => {
  if (device.isMe) return 'yes';
  if (device.presence === 'away') return 'away';
  return device.isInStep ? 'yes' : 'awaited';
};

/** So many of so many: what a rule asks for, before anyone has answered. */
export const shareToDots = (needed: number, of: number): readonly Dot[] =>
  Array.from({ length: of }, (_, index) => (index < needed ? 'yes' : 'away'));

/** The dots of a completed snapshot: who signed, and who did not need to. */
export const signersToDots = (snapshot: SnapshotView): readonly Dot[] =>
  shareToDots(snapshot.signers.length, snapshot.rosterSize);
