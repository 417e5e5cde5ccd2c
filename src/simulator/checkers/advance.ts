import { type SimDevice, replicaOf } from '../device.js';
import type { CreateChecker } from './checker.js';
import { headsOn, mayHaveFallen } from './head-book.js';
import { bookOf, entriesOn, statementIn } from './roster-book.js';

const SHARE = 'share:';

/** A member's signature that no completion on the same disk holds: somebody may still need it. */
const isOpenShare = ({ disk }: SimDevice, { key }: { readonly key: string }): boolean => {
  if (!key.startsWith(SHARE)) return false;
  const statement = key.slice(SHARE.length).split(':')[0] ?? '';
  if (disk.rowsOf('governance').has(`head:${statement}`)) return false;
  const book = bookOf(disk);
  return !entriesOn(disk).some((entry) => statementIn(book, entry) === statement);
};

/** Whether no snapshot of that index on this disk has to stand still. */
const hasFallen = ({ disk }: SimDevice, index: number): boolean =>
  [...headsOn(disk).values()].every((each) => each.index !== index || mayHaveFallen(disk, each));

/**
 * 10: epochs never go back, nor do indexes of snapshots unless one falls by a later record;
 * governance is never deleted.
 */
export const checkAdvance: CreateChecker = (scene) => {
  const stood = new Map<SimDevice, { readonly epoch: number; readonly index: number }>();
  return {
    commit: ({ device, changes }) => {
      for (const change of changes) {
        if (change.kind !== 'delete' || change.table !== 'governance') continue;
        const isKept = /^(?:roster|head|evidence):/.test(change.key) || isOpenShare(device, change);
        if (!isKept) continue;
        // A newcomer that was turned down forgets an account that it never belonged to.
        const isMember = replicaOf(device)?.view().stage === 'member';
        if (isMember) scene.fail('S5 governance stays', `${device.name} ${change.key}`);
      }
    },
    step: (device) => {
      const view = replicaOf(device)?.view();
      if (view?.account == null || view.stage !== 'member' || device.mayRepeat) return;
      const standing = view.snapshots.filter(({ isStanding }) => isStanding);
      const index = Math.max(0, ...standing.map((each) => each.index));
      const epoch = view.account.identityEpoch;
      const before = stood.get(device) ?? { epoch: 0, index: 0 };
      const isBack = index < before.index && !view.account.isForked;
      if (epoch < before.epoch || (isBack && !hasFallen(device, before.index))) {
        const now = `${epoch}/${index}`;
        scene.fail('10 nothing goes back', `${device.name} ${before.epoch}/${before.index} ${now}`);
      }
      stood.set(device, { epoch, index });
    },
  };
};
