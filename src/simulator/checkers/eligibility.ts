import { replicaOf } from '../device.js';
import type { CreateChecker } from './checker.js';
import { countsStill, headsOn, standingOn } from './head-book.js';
import { bookOf, lineageOf } from './roster-book.js';

/**
 * 8: a snapshot is judged by the record that it was signed under, whatever else came after it; and
 * at the end all devices say of the same heads that they stand.
 *
 * Where no later record takes away what it needs (rule A11), a head under a record of the chain
 * stands. Bits and records are read from the disk; no code of the product that judges is asked.
 */
export const checkEligibility: CreateChecker = (scene) => {
  return {
    step: (device) => {
      const view = replicaOf(device)?.view();
      if (view?.account == null || view.stage !== 'member' || view.account.isForked) return;
      const known = bookOf(device.disk);
      const { rosterHash } = view.account;
      const lineage = lineageOf(known, rosterHash);
      const ours = new Set(lineage.map(({ hash }) => hash));
      const shown = new Map(view.snapshots.map((each) => [each.id, each]));
      const heads = headsOn(device.disk);
      for (const [head, completion] of heads) {
        const told = shown.get(head);
        if (told === undefined || told.isStanding || !ours.has(completion.roster)) continue;
        if (!countsStill(completion, head, { heads, book: known, lineage })) continue;
        const what = `${device.name} voids ${head.slice(0, 8)} of epoch ${completion.epoch}`;
        scene.fail('8 a head is judged by its own record', what);
      }
    },
    end: () => {
      const all = scene.devices.filter(
        (device) => !device.isLiar && replicaOf(device)?.view().stage === 'member',
      );
      const words = all.map((device) => [...standingOn(device)].sort().join());
      if (new Set(words).size <= 1) return;
      const sizes = all.map((device) => `${device.name} ${standingOn(device).size}`).join();
      scene.fail('8 the same heads stand everywhere', sizes);
    },
  };
};
