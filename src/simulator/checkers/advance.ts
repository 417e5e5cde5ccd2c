import { type SimDevice, replicaOf } from '../device.js';
import type { CreateChecker } from './checker.js';

/** 10: epochs and indexes of snapshots never go back; governance is never deleted. */
export const checkAdvance: CreateChecker = (scene) => {
  const stood = new Map<SimDevice, { readonly epoch: number; readonly index: number }>();
  return {
    commit: ({ device, changes }) => {
      for (const change of changes) {
        if (change.kind !== 'delete' || change.table !== 'governance') continue;
        // A newcomer that was turned down forgets an account that it never belonged to.
        const isMember = replicaOf(device)?.view().stage === 'member';
        const isKept = /^(?:roster|head|share|evidence):/.test(change.key);
        if (isMember && isKept) scene.fail('S5 governance stays', `${device.name} ${change.key}`);
      }
    },
    step: (device) => {
      const view = replicaOf(device)?.view();
      if (view?.account == null || view.stage !== 'member' || device.mayRepeat) return;
      const standing = view.snapshots.filter(({ isStanding }) => isStanding);
      const index = Math.max(0, ...standing.map((each) => each.index));
      const epoch = view.account.identityEpoch;
      const before = stood.get(device) ?? { epoch: 0, index: 0 };
      if (epoch < before.epoch || (index < before.index && !view.account.isForked)) {
        const now = `${epoch}/${index}`;
        scene.fail('10 nothing goes back', `${device.name} ${before.epoch}/${before.index} ${now}`);
      }
      stood.set(device, { epoch, index });
    },
  };
};
