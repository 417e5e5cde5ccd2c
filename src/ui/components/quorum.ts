import type { DeviceId } from '../../core/base/brands.js';
import type { DecisionView } from '../../replica/view.js';

/** One dot for one device: it said yes or no, it is this one's turn, it is awaited, or away. */
export type Dot = 'yes' | 'turn' | 'awaited' | 'away' | 'no';

const ORDER: readonly Dot[] = ['yes', 'turn', 'awaited', 'away', 'no'];

/** The dots of a decision as `me` sees it: yeses first, refusals last. */
export const decisionToDots = (decision: DecisionView, me: DeviceId | null): readonly Dot[] =>
  decision.answers
    .map(({ device, answer }): Dot => {
      if (answer === 'yes' || answer === 'no') return answer;
      if (device === me) return decision.needsMe ? 'turn' : 'awaited';
      return answer;
    })
    .sort((a, b) => ORDER.indexOf(a) - ORDER.indexOf(b));
