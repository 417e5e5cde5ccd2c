import { replicaOf } from '../device.js';
import type { CreateChecker } from './checker.js';

/** 21: what a screen shows as "M of N" is what is stored: yeses with their signatures. */
export const checkShownCounts: CreateChecker = (scene) => ({
  step: (device) => {
    const view = replicaOf(device)?.view();
    if (view?.account == null || view.stage !== 'member') return;
    for (const decision of view.decisions) {
      const what = `${device.name} ${decision.id.slice(0, 8)}`;
      const { snapshotThreshold, governanceThreshold } = view.account;
      const isSnapshot = decision.subject.kind === 'snapshot';
      const need = isSnapshot ? snapshotThreshold : governanceThreshold;
      if (decision.stage !== 'open') continue;
      if (decision.needed !== need) scene.fail('21 shown is what the state says', `${what} needs`);
      // Who proposes a record is shown as for it, although its vote comes last.
      const isAsked = (id: string): boolean => isSnapshot || id !== decision.proposer;
      const said = decision.answers.filter((each) => each.answer === 'yes' && isAsked(each.device));
      if (new Set(said.map((each) => each.device)).size !== said.length) {
        scene.fail('21 shown is what the state says', `${what} shows one twice`);
      }
      for (const yes of said) {
        const key = `share:${decision.id}:${yes.device}`;
        if (device.disk.rowsOf('governance').has(key)) continue;
        scene.fail('21 shown is what the state says', `${what} shows a yes that is not held`);
      }
    }
  },
});
