import type { ActivityView } from '../../replica/view.js';
import { type SimDevice, replicaOf } from '../device.js';
import type { CreateChecker } from './checker.js';

/**
 * 20: a fact that folds to nothing is refused for one reason, the same on every device.
 *
 * Which of two rival records counts may be learnt late, so that reason alone may follow another.
 */
export const checkRefusals: CreateChecker = (scene) => {
  const reasonByFact = new Map<unknown, { readonly reason: unknown; readonly where: string }>();
  const lookedAt = new Map<SimDevice, readonly ActivityView[]>();
  return {
    step: (device) => {
      const lines = replicaOf(device)?.view().activity ?? [];
      if (device.isLiar || lookedAt.get(device) === lines) return;
      lookedAt.set(device, lines);
      for (const { kind, details } of lines) {
        const { fact, reason } = details;
        if (kind !== 'fact-refused' || fact === undefined || reason === 'rival-roster') continue;
        const held = reasonByFact.get(fact);
        if (held === undefined) reasonByFact.set(fact, { reason, where: device.name });
        else if (held.reason !== reason) {
          const what = `${held.where} says ${held.reason}, ${device.name} says ${reason}`;
          scene.fail('20 a fact is refused for one reason', `${fact}: ${what}`);
        }
      }
    },
  };
};
