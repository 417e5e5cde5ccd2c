import type { View } from '../../replica/view.js';
import { type SimDevice, replicaOf } from '../device.js';
import type { CreateChecker } from './checker.js';

/** 1: equal fact sets give equal states, whenever and wherever, whatever was pruned. */
export const checkEqualSets: CreateChecker = (scene) => {
  const digestBySet = new Map<string, { readonly digest: string; readonly where: string }>();
  const lookedAt = new Map<SimDevice, View>();
  return {
    step: (device) => {
      const replica = replicaOf(device);
      const view = replica?.view();
      if (replica === null || view?.account == null || view.stage !== 'member') return;
      // Whatever changes makes another view.
      if (lookedAt.get(device) === view) return;
      lookedAt.set(device, view);
      // Where somebody told two stories, sets are compared without the branches.
      if (view.problems.some(({ kind }) => kind === 'equivocation')) return;
      const { digest, factSet, base } = replica.inspect();
      const key = `${factSet}:${view.account.rosterHash}`;
      const held = digestBySet.get(key);
      const where = `${device.name} on base ${base?.slice(0, 8)}`;
      if (held === undefined) digestBySet.set(key, { digest: digest ?? '', where });
      else if (held.digest !== digest) {
        scene.fail('1 equal sets, equal states', `${held.where} and ${where} differ`);
      }
    },
  };
};
